"""The protocol's folder: which files are read, what becomes of gaps, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import BellwetherError, TrainingDataError, UnreadableCsv
from model_service.evaluation.protocols.tdqn_data import MIN_ROWS, fill_gaps, read_tdqn_folder

TRAIN, TEST = "2012-1-1_2018-1-1", "2018-1-1_2020-1-1"
ROWS = MIN_ROWS + 10


def days(start: str, count: int = ROWS) -> list[str]:
    first = dt.date.fromisoformat(start)
    return [(first + dt.timedelta(days=day)).isoformat() for day in range(count)]


def write(
    folder: Path,
    name: str,
    dates: Sequence[str],
    *,
    closes: Sequence[float] | None = None,
    volume: float = 5.0,
) -> None:
    closes = closes if closes is not None else [100.0 + row for row in range(len(dates))]
    rows = [
        f"{date},{close},{close},{close},{close},{volume}"
        for date, close in zip(dates, closes, strict=True)
    ]
    text = "\n".join(["Timestamp,Open,High,Low,Close,Volume", *rows]) + "\n"
    (folder / f"{name}.csv").write_text(text)


def write_both(folder: Path, symbol: str) -> None:
    write(folder, f"{symbol}_{TRAIN}", days("2012-01-03"))
    write(folder, f"{symbol}_{TEST}", days("2018-01-02"))


def date_of(time: int) -> str:
    return dt.datetime.fromtimestamp(int(time), dt.UTC).date().isoformat()


def refusal(folder: Path, symbols: Sequence[str] | None = None) -> BellwetherError:
    with pytest.raises(BellwetherError) as caught:
        read_tdqn_folder(folder, symbols)
    return caught.value


def test_files_of_other_names_are_left_alone(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    write_both(tmp_path, "0700.HK")
    for name in ("AAA", "AAA_2012-1-1_2020-1-1", "AAA_2015-1-1_2016-1-1", "AAA_2012-13-1_2018-1-1"):
        write(tmp_path, name, days("2012-01-03"))
    (tmp_path / "expected_sharpe.csv").write_text("symbol,name\n")
    (tmp_path / f"BBB_{TRAIN}.txt").write_text("")
    read = read_tdqn_folder(tmp_path)
    assert [symbol.symbol for symbol in read] == ["0700.HK", "AAA"]
    assert date_of(read[1].train.time[0]) == "2012-01-03"
    assert date_of(read[1].test.time[0]) == "2018-01-02"
    assert [symbol.symbol for symbol in read_tdqn_folder(tmp_path, ["AAA"])] == ["AAA"]


def test_dates_that_both_files_have_stay_in_both_and_are_joined_once(tmp_path: Path) -> None:
    write(tmp_path, f"AAA_{TRAIN}", days("2017-10-26"))  # to 2018-01-03
    write(tmp_path, f"AAA_{TEST}", days("2018-01-01"))
    (symbol,) = read_tdqn_folder(tmp_path)
    assert date_of(symbol.train.time[-1]) == "2018-01-03"
    assert len(symbol.train) == len(symbol.test) == ROWS
    assert date_of(symbol.context.time[-1]) == "2017-12-31"
    assert len(symbol.context) == symbol.test_first == ROWS - 3
    np.testing.assert_array_equal(symbol.joined.time[symbol.test_first :], symbol.test.time)
    np.testing.assert_array_equal(symbol.joined.close[symbol.test_first :], symbol.test.close)
    assert (np.diff(symbol.joined.time) > 0).all()


def test_volume_of_0_stays_and_a_late_listing_has_fewer_rows(tmp_path: Path) -> None:
    write(tmp_path, f"AAA_{TRAIN}", days("2017-01-03", MIN_ROWS), volume=0.0)
    write(tmp_path, f"AAA_{TEST}", days("2018-01-02"))
    (symbol,) = read_tdqn_folder(tmp_path)
    assert not symbol.train.volume.any()
    assert len(symbol.train) == MIN_ROWS


def test_prices_of_0_are_interpolated(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    closes = [100.0 + row for row in range(ROWS)]
    closes[0] = closes[10] = closes[11] = closes[-1] = 0.0
    write(tmp_path, f"AAA_{TEST}", days("2018-01-02"), closes=closes)
    (symbol,) = read_tdqn_folder(tmp_path)
    for prices in (symbol.test.open, symbol.test.close):
        assert prices[[0, 10, 11]].tolist() == [101.0, 110.0, 111.0]
        assert prices[-1] == prices[-2]


def test_a_gap_is_interpolated_for_5_candles_and_then_repeats() -> None:
    gap = np.array([0.0, 10.0, 0.0, np.nan, 0.0, 0.0, 0.0, 0.0, 80.0, 0.0])
    expected = [10.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 60.0, 80.0, 80.0]
    np.testing.assert_allclose(fill_gaps(gap), expected)
    assert np.isnan(fill_gaps(np.zeros(3))).all()


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 7.0]), min_size=1, max_size=40).filter(any))
def test_filled_gaps_leave_prices_as_they_are(values: list[float]) -> None:
    prices = np.array(values)
    filled = fill_gaps(prices)
    np.testing.assert_array_equal(filled[prices > 0.0], prices[prices > 0.0])
    assert (filled >= prices[prices > 0.0].min()).all()
    assert (filled <= prices.max()).all()
    pd.testing.assert_series_equal(pd.Series(fill_gaps(filled)), pd.Series(filled))


def test_one_price_basis_for_both_files(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    rows = [f"{date},100,101,99,90,5" for date in days("2018-01-02")]
    text = "\n".join(["Timestamp,Open,High,Low,Close,Volume", *rows])
    (tmp_path / f"AAA_{TEST}.csv").write_text(text)
    (symbol,) = read_tdqn_folder(tmp_path)
    assert symbol.train.price_basis == symbol.joined.price_basis == "mixed"


@pytest.mark.parametrize(("kept", "missing"), [(TRAIN, "test"), (TEST, "training")])
def test_a_symbol_with_one_file_is_refused(tmp_path: Path, kept: str, missing: str) -> None:
    write(tmp_path, f"AAA_{kept}", days("2012-01-03"))
    error = refusal(tmp_path)
    assert isinstance(error, TrainingDataError)
    assert f"AAA has no {missing} file" in error.detail


def test_two_files_for_one_window_are_refused(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    write(tmp_path, "AAA_2018-1-1_2019-1-1", days("2018-01-02"))
    assert "AAA has two test files" in refusal(tmp_path).detail


def test_an_unknown_symbol_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    error = refusal(tmp_path, ["AAA", "ZZZ"])
    assert error.field == "symbols"
    assert error.detail == "The folder has no files of ZZZ; it has AAA."


def test_an_empty_folder_and_none_at_all_are_refused(tmp_path: Path) -> None:
    assert "no files SYMBOL_start_end.csv" in refusal(tmp_path).detail
    assert "no folder 'nowhere'" in refusal(tmp_path / "nowhere").detail
    assert "no file SYMBOL_start_end.csv of any symbol" in refusal(tmp_path, ["AAA"]).detail


def test_too_few_rows_are_refused_with_symbol_and_date(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    write(tmp_path, f"AAA_{TEST}", days("2018-01-02", MIN_ROWS - 1))
    detail = refusal(tmp_path).detail
    assert f"AAA has {MIN_ROWS - 1} candles from 2018-01-02 in AAA_{TEST}.csv" in detail


def test_training_that_lies_in_the_test_is_refused(tmp_path: Path) -> None:
    write(tmp_path, f"AAA_{TRAIN}", days("2018-01-01"))
    write(tmp_path, f"AAA_{TEST}", days("2018-01-02"))
    detail = refusal(tmp_path).detail
    assert "AAA has fewer than" in detail
    assert "2018-01-02" in detail


def test_a_test_that_ends_inside_training_is_refused(tmp_path: Path) -> None:
    write(tmp_path, f"AAA_{TRAIN}", days("2017-01-01", 500))
    write(tmp_path, f"AAA_{TEST}", days("2018-01-02"))
    assert "test candles of AAA end on 2018-03-12" in refusal(tmp_path).detail


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({5: "2018-01-06"}, "2018-01-06 is there twice (line 7)"),
        ({5: "2018-01-01"}, "2018-01-01 comes after a later date (line 7)"),
        ({5: "2018-02-31"}, "`Timestamp` is `2018-02-31` in line 7, not a date"),
    ],
)
def test_dates_that_do_not_rise_or_do_not_exist_are_refused(
    tmp_path: Path, change: dict[int, str], says: str
) -> None:
    write_both(tmp_path, "AAA")
    dates = [change.get(row, date) for row, date in enumerate(days("2018-01-02"))]
    write(tmp_path, f"AAA_{TEST}", dates)
    error = refusal(tmp_path)
    assert isinstance(error, UnreadableCsv)
    assert error.row == 7
    assert error.detail.startswith(f"AAA, AAA_{TEST}.csv: ")
    assert says in error.detail


def test_a_file_without_any_price_is_refused(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    write(tmp_path, f"AAA_{TEST}", days("2018-01-02"), closes=[0.0] * ROWS)
    assert f"AAA, AAA_{TEST}.csv: `open` has no price" in refusal(tmp_path).detail


def test_a_file_that_is_no_csv_is_refused_by_name(tmp_path: Path) -> None:
    write_both(tmp_path, "AAA")
    (tmp_path / f"AAA_{TEST}.csv").write_bytes(b"")
    assert refusal(tmp_path).detail == f"AAA, AAA_{TEST}.csv: The file is empty."
