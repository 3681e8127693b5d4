"""All shared files: counts, dates, order and issues, against a reading with the csv module."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from model_service.errors import UnreadableCsv
from model_service.market.ingest import Ingested, ingest_csv
from tests.market_data import market_data_folder

pytestmark = pytest.mark.realdata

FOLDER = market_data_folder()
DAY = 86_400


@dataclass(frozen=True)
class Expected:
    """What an independent reading of a file says."""

    times: list[int]
    closes: dict[int, float]
    closes_outside: int
    opens_outside: int
    repeated: int


def text_of(path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return content.decode("utf-8-sig")


def number(cell: str) -> float:
    cell = cell.strip().lstrip("$").replace(",", "")
    return float(cell or "nan")


def day(pattern: str) -> Callable[[str], int]:
    def read(cell: str) -> int:
        return int(datetime.strptime(cell, pattern).replace(tzinfo=UTC).timestamp())

    return read


def local_day(cell: str) -> int:
    return day("%Y-%m-%d")(cell[:10])


def instant(cell: str) -> int:
    return int(datetime.fromisoformat(cell).timestamp())


def epoch_ms(cell: str) -> int:
    return int(cell) // 1000


# name, close column, time column, how a time is read, delimiter, lines above the header
DIRTY: dict[str, tuple[str, str, Callable[[str], int], str, int]] = {
    "cryptocompare_BTC_USD_hour_ms_dupdate": ("close", "time", epoch_ms, ",", 0),
    "cryptodatadownload_Coinbase_BTCUSD_d_banner_crlf_desc": ("close", "date", local_day, ",", 1),
    "histdata_EURUSD_M1_semicolon_headerless_head500": ("c", "t", day("%Y%m%d %H%M%S"), ";", 0),
    "investing_ftse100_bom_thousands_desc": ("price", "date", day("%m/%d/%Y"), ",", 0),
    "nasdaq_AMZN_dollar_spaces_desc": ("close/last", "date", day("%m/%d/%Y"), ",", 0),
    "yf_4063-T-1d-bad-stock-split": ("adj close", "date", local_day, ",", 0),
    "yf_4063-T-1d-bad-stock-split-fixed": ("adj close", "date", local_day, ",", 0),
    "yf_ASAI-L-1h-bad-unit": ("close", "datetime", instant, ",", 0),
    "yf_ASAI-L-1h-bad-unit-fixed": ("close", "datetime", instant, ",", 0),
    "yf_KEN-TA-1d-bad-div": ("adj close", "datetime", local_day, ",", 0),
    "yf_SSW-JO-1d-100x-error": ("close", "date", local_day, ",", 0),
    "yf_SSW-JO-1d-100x-error-fixed": ("close", "date", local_day, ",", 0),
}


def read_independently(
    path: Path, close: str, time: str, read_time: Callable[[str], int], delimiter: str, skip: int
) -> Expected:
    lines = text_of(path).splitlines()[skip:]
    rows = list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True))
    if rows[0][0][0].isdigit():
        names = ["t", "open", "high", "low", "c", "volume"]
    else:
        names = [name.strip().lower() for name in rows.pop(0)]
    closes: dict[int, float] = {}
    outside: dict[int, tuple[bool, bool]] = {}
    repeated = 0
    for row in rows:
        cells = dict(zip(names, row, strict=True))
        value = number(cells[close])
        if np.isnan(value):
            continue
        at = read_time(cells[time])
        repeated += at in closes
        closes[at] = value
        low, high = number(cells["low"]), number(cells["high"])
        raw = number(cells["close"]) if "close" in cells else value
        outside[at] = (not low <= raw <= high, not low <= number(cells["open"]) <= high)
    return Expected(
        times=sorted(closes),
        closes=closes,
        closes_outside=sum(close_out for close_out, _ in outside.values()),
        opens_outside=sum(open_out for _, open_out in outside.values()),
        repeated=repeated,
    )


def ingest(path: Path, *, repair: bool = False, column: str | None = None) -> Ingested:
    return ingest_csv(path.read_bytes(), file_name=path.name, repair=repair, column=column)


def counts(ingested: Ingested) -> Counter[str]:
    found: Counter[str] = Counter()
    for issue in ingested.issues:
        found[issue.kind] += issue.count
    return found


def agree(ingested: Ingested, expected: Expected) -> None:
    candles = ingested.candles
    assert candles.time.tolist() == expected.times
    np.testing.assert_array_equal(candles.close, [expected.closes[t] for t in expected.times])
    found = counts(ingested)
    assert found["close_outside_range"] == expected.closes_outside
    assert found["open_outside_range"] == expected.opens_outside
    assert found["duplicate_time"] + found["conflicting_time"] == expected.repeated
    mixed = expected.closes_outside > 0.05 * len(expected.times)
    assert (candles.price_basis == "mixed") == mixed
    assert ingested.table.num_rows == len(candles)


@pytest.mark.parametrize(
    ("name", "distinct", "first", "last"),
    [
        ("ADANIPOWER", 2928, "2009-08-20", "2021-06-11"),
        ("BLUEDART", 6271, "1996-01-01", "2021-07-01"),
        ("NHPC", 2934, "2009-09-01", "2021-07-01"),
        ("NHPC_lowercase", 2934, "2009-09-01", "2021-07-01"),
    ],
)
def test_nse(name: str, distinct: int, first: str, last: str) -> None:
    path = FOLDER / "nse" / f"{name}.csv"
    ingested = ingest(path)
    agree(ingested, read_independently(path, "close", "date", local_day, ",", 0))
    candles = ingested.candles
    assert (len(candles), candles.interval) == (distinct, "1d")
    assert (candles.time[0], candles.time[-1]) == (local_day(first), local_day(last))
    assert candles.price_basis == "raw"
    assert candles.symbol == name.split("_")[0]
    kinds = {kind: n for kind, n in counts(ingested).items() if "duplicate" not in kind}
    assert kinds == ({"open_outside_range": 23, "suspected_split": 1} if name == "BLUEDART" else {})
    assert "Deliverable Volume" in ingested.table.column_names


def test_the_corporate_action_of_bluedart_is_reported_and_not_repaired() -> None:
    path = FOLDER / "nse" / "BLUEDART.csv"
    found = [issue for issue in ingest(path).issues if issue.kind == "suspected_split"]
    assert [(issue.row, issue.action) for issue in found] == [(1332, "kept")]
    assert text_of(path).splitlines()[1331].startswith("2001-08-13,")


@pytest.mark.parametrize(
    "path", sorted((FOLDER / "tdqn").glob("*_20*.csv")), ids=lambda path: path.stem
)
def test_tdqn(path: Path) -> None:
    ingested = ingest(path)
    agree(ingested, read_independently(path, "close", "timestamp", local_day, ",", 0))
    assert ingested.candles.symbol == path.name.split("_")[0]
    assert set(counts(ingested)) <= {
        "close_outside_range", "open_outside_range", "mixed_price_basis",
    }  # fmt: skip


@pytest.mark.parametrize("name", DIRTY)
def test_dirty(name: str) -> None:
    path = FOLDER / "dirty" / f"{name}.csv"
    ingested = ingest(path)
    agree(ingested, read_independently(path, *DIRTY[name]))
    adjusts = DIRTY[name][0] == "adj close"
    assert ingested.candles.price_basis == ("adjusted" if adjusts else "raw")


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("cryptocompare_BTC_USD_hour_ms_dupdate", {}),
        (
            "cryptodatadownload_Coinbase_BTCUSD_d_banner_crlf_desc",
            {"banner": 1, "newest_first": 1},
        ),
        ("histdata_EURUSD_M1_semicolon_headerless_head500", {"no_header": 1, "assumed_utc": 1}),
        ("investing_ftse100_bom_thousands_desc", {"newest_first": 1}),
        ("nasdaq_AMZN_dollar_spaces_desc", {"newest_first": 1}),
        (
            "yf_4063-T-1d-bad-stock-split",
            {"newest_first": 1, "adjusted_prices": 1, "suspected_split": 1},
        ),
        ("yf_ASAI-L-1h-bad-unit", {"suspected_unit_error": 1}),
        ("yf_ASAI-L-1h-bad-unit-fixed", {}),
        ("yf_KEN-TA-1d-bad-div", {"blank_row": 1, "adjusted_prices": 1, "open_outside_range": 4}),
        (
            "yf_SSW-JO-1d-100x-error",
            {"newest_first": 1, "suspected_unit_error": 22, "open_outside_range": 4},
        ),
    ],
)
def test_issues_of_dirty_files(name: str, kinds: dict[str, int]) -> None:
    assert counts(ingest(FOLDER / "dirty" / f"{name}.csv")) == kinds


def test_closes_of_several_symbols_need_a_choice() -> None:
    path = FOLDER / "dirty" / "ffn_test_data_mdY_crlf_closeonly.csv"
    with pytest.raises(UnreadableCsv) as refusal:
        ingest(path)
    assert (refusal.value.field, refusal.value.row) == ("column", 1)
    assert refusal.value.choices == ["AAPL", "MSFT", "C"]
    rows = list(csv.DictReader(io.StringIO(text_of(path))))
    for name in ("AAPL", "MSFT", "C"):
        candles = ingest(path, column=name).candles
        assert candles.close.tolist() == [float(row[name]) for row in rows]
        assert candles.time.tolist() == [day("%m/%d/%Y")(row["Date"]) for row in rows]


@pytest.mark.parametrize(
    ("name", "first", "last", "count"),
    [
        ("BTC_1m_2022-01", "2021-12-31 23:01", "2022-02-01 05:31", 45_031),
        ("EURUSD_1m_2017H1_headerless_semicolon", "2017-01-02 02:00", "2017-06-30 16:58", 186_348),
    ],
)
def test_intraday(name: str, first: str, last: str, count: int) -> None:
    path = FOLDER / "intraday" / f"{name}.csv.gz"
    ingested = ingest(path)
    candles = ingested.candles
    rows = text_of(path).splitlines()
    header = 0 if rows[0][0].isdigit() else 1
    assert len(candles) == len(rows) - header == count
    read = day("%Y-%m-%d %H:%M")
    assert (candles.time[0], candles.time[-1]) == (read(first), read(last))
    assert candles.interval == "1m"
    last_cells = rows[-1].replace(";", ",").split(",")
    assert candles.close[-1] == float(last_cells[4])
    assert candles.high[0] == float(rows[header].replace(";", ",").split(",")[2])
    kinds = {"assumed_utc": 1} | ({} if header else {"no_header": 1})
    assert counts(ingested) == kinds


@pytest.mark.parametrize(
    ("name", "cells_changed_upstream"),
    [
        ("yf_4063-T-1d-bad-stock-split", 45),
        ("yf_SSW-JO-1d-100x-error", 109),
        ("yf_ASAI-L-1h-bad-unit", 2),
    ],
)
def test_repair_reproduces_the_repaired_twins(
    name: str, cells_changed_upstream: int, record_property: Callable[[str, object], None]
) -> None:
    """The residual that is left is what upstream rounded away (float32 against decimals)."""

    def cells(ingested: Ingested) -> np.ndarray:
        candles = ingested.candles
        columns = (candles.open, candles.high, candles.low, candles.close, candles.volume)
        return np.stack(columns, axis=1)

    path, twin = (FOLDER / "dirty" / f"{name}{suffix}.csv" for suffix in ("", "-fixed"))
    dirty, repaired, fixed = (
        cells(ingest(path)), cells(ingest(path, repair=True)), cells(ingest(twin))
    )  # fmt: skip
    assert (dirty != fixed).sum() == cells_changed_upstream
    differing = int((repaired != fixed).sum())
    largest = float(np.max(np.abs(repaired - fixed) / np.maximum(fixed, 1)))
    record_property("cells", int(fixed.size))
    record_property("cells_that_differ_from_the_twin", differing)
    record_property("largest_relative_difference", largest)
    print(f"{name}: {differing} of {fixed.size} cells differ, by at most {largest:.1e} relative")
    assert largest < 1e-7
    assert ingest(path, repair=True).candles.time.tolist() == ingest(twin).candles.time.tolist()


@pytest.mark.parametrize(
    "name",
    [
        "nse/stock_headlines.csv",
        "nse/finbert_scores_sample.csv",
        "news/headlines_2018_2019.csv",
        "sentfin/SEntFiN.csv",
        "tdqn/expected_sharpe.csv",
    ],
)
def test_files_without_candles_are_refused(name: str) -> None:
    with pytest.raises(UnreadableCsv) as refusal:
        ingest(FOLDER / name)
    assert refusal.value.row == 1
    assert refusal.value.field


def test_nothing_but_known_splits_is_suspected_in_any_file() -> None:
    suspected = {}
    for path in sorted(FOLDER.glob("*/*.csv*")):
        try:
            kinds = counts(ingest(path))
        except UnreadableCsv:
            continue
        found = {kind: n for kind, n in kinds.items() if kind.startswith("suspected")}
        if found:
            suspected[path.stem] = found
    assert suspected == {
        "BLUEDART": {"suspected_split": 1},
        "yf_4063-T-1d-bad-stock-split": {"suspected_split": 1},
        "yf_ASAI-L-1h-bad-unit": {"suspected_unit_error": 1},
        "yf_SSW-JO-1d-100x-error": {"suspected_unit_error": 22},
    }


def test_the_times_of_the_offset_change_are_an_hour_apart_in_utc() -> None:
    candles = ingest(FOLDER / "dirty" / "yf_ASAI-L-1h-bad-unit.csv").candles
    friday, tuesday = (
        int(datetime.fromisoformat(cell).timestamp())
        for cell in ("2024-10-25T15:00:00+01:00", "2024-10-29T15:00:00+00:00")
    )
    assert {friday, tuesday} <= set(candles.time.tolist())
    assert tuesday - friday == timedelta(days=4, hours=1).total_seconds()
