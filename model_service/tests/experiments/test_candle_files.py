import datetime as dt
from pathlib import Path

import pytest

from model_service.errors import TrainingDataError, UnreadableCsv
from model_service.experiments.candle_files import end_of_day, load_series

HEADER = "Date,Open,High,Low,Close,Volume\n"


def write(folder: Path, name: str, *days: int, close: float = 10.0) -> Path:
    rows = "".join(f"2020-01-{day:02d},10,12,9,{close},100\n" for day in days)
    path = folder / name
    path.write_text(HEADER + rows)
    return path


def test_files_of_one_symbol_are_joined_and_the_first_wins(tmp_path: Path) -> None:
    write(tmp_path, "AAA_1.csv", 2, 3, 6)
    write(tmp_path, "AAA_2.csv", 1, 6, 7, 8, close=11.0)
    loaded = load_series([tmp_path])
    (candles,) = loaded.series
    days = [dt.datetime.fromtimestamp(t, dt.UTC).day for t in candles.time.tolist()]
    assert days == [1, 2, 3, 6, 7, 8]
    assert candles.close.tolist() == [11.0, 10.0, 10.0, 10.0, 11.0, 11.0]


def test_other_files_of_a_folder_are_skipped_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, "AAA.csv", 1, 2, 3)
    (tmp_path / "notes.csv").write_text("a,b\nx,y\n")
    (tmp_path / "readme.md").write_text("no candles")
    loaded = load_series([tmp_path])
    assert [candles.symbol for candles in loaded.series] == ["AAA"]
    assert [name for name, _ in loaded.skipped] == ["notes.csv"]


def test_a_named_file_has_to_be_readable(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("a,b\nx,y\n")
    with pytest.raises(UnreadableCsv):
        load_series([path])


def test_symbols_choose_and_a_missing_one_is_named(tmp_path: Path) -> None:
    write(tmp_path, "AAA.csv", 1, 2, 3)
    write(tmp_path, "BBB.csv", 1, 2, 3)
    assert len(load_series([tmp_path], frozenset({"BBB"})).series) == 1
    with pytest.raises(TrainingDataError, match="CCC"):
        load_series([tmp_path], frozenset({"BBB", "CCC"}))


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError):
        load_series([tmp_path])
    with pytest.raises(TrainingDataError, match="nowhere"):
        load_series([tmp_path / "nowhere"])


def test_a_day_ends_with_its_last_second() -> None:
    assert end_of_day(dt.date(1970, 1, 1)) == 86_399
