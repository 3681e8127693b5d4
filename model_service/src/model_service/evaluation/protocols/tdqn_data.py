"""The data of the TDQN protocol: a folder with a training and a test file of each symbol.

What the protocol prescribes for gaps holds here and nowhere else: zeros become gaps, which are
interpolated between the prices around them, and that reads later prices. Each file is taken as it
is: where a test file repeats the last dates of the training file, both keep them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from model_service.errors import BellwetherError, TrainingDataError, UnreadableCsv
from model_service.evaluation.dates import date_of
from model_service.market.candles import (
    PRICE_COLUMNS,
    SYMBOL_PATTERN,
    Candles,
    Floats,
    PriceBasis,
    is_mixed,
    outside_range,
)
from model_service.market.ingest.as_written import WrittenCandles, read_as_written
from model_service.market.ingest.columns import OHLC

Window = Literal["training", "test"]

TRAIN_START = dt.date(2012, 1, 1)
TEST_START = dt.date(2018, 1, 1)
MIN_ROWS = 60
"""Fewer candles than twice the longest moving average are no series to judge anything by."""
MAX_GAP = 5
"""Most candles of a gap that are interpolated; the rest repeats the last price."""

_FILE_NAME = re.compile(
    r"(?P<symbol>.+)_(?P<start>\d{4}-\d{1,2}-\d{1,2})_(?P<end>\d{4}-\d{1,2}-\d{1,2})\.csv"
)
_SYMBOL = re.compile(SYMBOL_PATTERN)


@dataclass(frozen=True)
class TdqnSymbol:
    """One symbol's candles.

    Attributes
    ----------
    symbol : str
    train, test : Candles
        The files as they are; the first dates of `test` may repeat the last of `train`.
    """

    symbol: str
    train: Candles
    test: Candles

    @cached_property
    def context(self) -> Candles:
        """The training candles before the first test date: what an agent may learn from."""
        return self.train.slice(0, int(np.searchsorted(self.train.time, self.test.time[0])))

    @property
    def test_first(self) -> int:
        """Row of `joined` that is the first of the test."""
        return len(self.context)

    @cached_property
    def joined(self) -> Candles:
        """`context` and behind it every test candle: an agent decides from `test_first` on."""
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(self.context, name), getattr(self.test, name)])
            for name in ("time", *PRICE_COLUMNS, "volume")
        }
        return replace(self.test, **columns)


def read_tdqn_folder(
    folder: Path, symbols: Collection[str] | None = None
) -> tuple[TdqnSymbol, ...]:
    """Read the files ``SYMBOL_start_end.csv`` of a folder; all others are left alone.

    Parameters
    ----------
    folder : Path
        Files that start in 2012 and end by 2018-01-01 are for training, files that start in 2018
        for the test.
    symbols : collection of str, optional
        Symbols to read; left out, all that have a file.

    Returns
    -------
    tuple of TdqnSymbol
        In the order of their names.

    Raises
    ------
    TrainingDataError
        No such folder, no such symbol, a symbol with one file of the two or with two for one
        window, a file with fewer than `MIN_ROWS` rows, or dates that do not rise.
    UnreadableCsv
        A file that cannot be read; all name symbol or file, and the date or line.
    """
    if not folder.is_dir():
        raise TrainingDataError(f"There is no folder {folder.name!r}.", field="data")
    files: dict[str, dict[Window, Path]] = {}
    for path, symbol, window in _find_files(folder):
        twin = files.setdefault(symbol, {}).setdefault(window, path)
        if twin != path:
            raise TrainingDataError(
                f"{symbol} has two {window} files, {twin.name} and {path.name}.", field="data"
            )
    chosen = sorted(files if symbols is None else set(symbols))
    missing = [symbol for symbol in chosen if symbol not in files]
    if missing:
        raise TrainingDataError(
            f"The folder has no files of {', '.join(missing)}; it has "
            f"{', '.join(sorted(files)) or 'no file SYMBOL_start_end.csv of any symbol'}.",
            field="symbols",
        )
    if not chosen:
        raise TrainingDataError(
            "The folder has no files SYMBOL_start_end.csv that start in 2012 or 2018.",
            field="data",
        )
    return tuple(_read_symbol(symbol, files[symbol]) for symbol in chosen)


def fill_gaps(prices: Floats) -> Floats:
    """Zeros and NaN between prices on a line through them for `MAX_GAP` candles, then repeated.

    Shape (n,) in and out; all NaN where there is no price at all.
    """
    series = pd.Series(np.where(prices == 0.0, np.nan, prices))
    series = series.interpolate(method="linear", limit=MAX_GAP, limit_area="inside")
    filled: Floats = np.asarray(series.ffill().bfill(), dtype=np.float64)
    return filled


def _find_files(folder: Path) -> Iterator[tuple[Path, str, Window]]:
    for path in sorted(folder.iterdir()):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None or not path.is_file() or not _SYMBOL.fullmatch(match["symbol"]):
            continue
        start, end = _date(match["start"]), _date(match["end"])
        if start is None or end is None:
            continue
        if start.year == TEST_START.year:
            yield path, match["symbol"], "test"
        elif start.year == TRAIN_START.year and end <= TEST_START:
            yield path, match["symbol"], "training"


def _date(text: str) -> dt.date | None:
    year, month, day = (int(part) for part in text.split("-"))
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _read_symbol(symbol: str, files: dict[Window, Path]) -> TdqnSymbol:
    windows: tuple[Window, ...] = ("training", "test")
    for window in windows:
        if window not in files:
            start = (TRAIN_START if window == "training" else TEST_START).isoformat()
            raise TrainingDataError(
                f"{symbol} has no {window} file, which would start on {start}.", field="data"
            )
    train, test = (_read_file(symbol, files[window]) for window in windows)
    if int(np.searchsorted(train.time, test.time[0])) < MIN_ROWS:
        raise TrainingDataError(
            f"{symbol} has fewer than {MIN_ROWS} training candles before its test begins on "
            f"{date_of(test.time[0])}.",
            field="data",
            limit=MIN_ROWS,
        )
    if test.time[-1] <= train.time[-1]:
        raise TrainingDataError(
            f"The test candles of {symbol} end on {date_of(test.time[-1])}, its training candles "
            f"not before {date_of(train.time[-1])}.",
            field="data",
        )
    # One basis a symbol: what it was trained on is what it is tested on.
    basis: PriceBasis = "mixed" if "mixed" in (train.price_basis, test.price_basis) else "raw"
    return TdqnSymbol(symbol, replace(train, price_basis=basis), replace(test, price_basis=basis))


def _read_file(symbol: str, path: Path) -> Candles:
    try:
        written = read_as_written(path.read_bytes())
    except BellwetherError as error:
        raise UnreadableCsv(
            f"{symbol}, {path.name}: {error.detail}", field=error.field, row=error.row
        ) from None
    _check_dates(symbol, path, written)
    prices = {role: fill_gaps(written.columns[role]) for role in OHLC}
    for role, values in prices.items():
        if np.isnan(values).any():
            raise UnreadableCsv(f"{symbol}, {path.name}: `{role}` has no price.", field=role)
    outside = outside_range(prices["close"], prices["low"], prices["high"])
    return Candles(
        symbol=symbol,
        time=written.time,
        open=prices["open"],
        high=prices["high"],
        low=prices["low"],
        close=prices["close"],
        volume=np.nan_to_num(written.columns["volume"]),
        price_basis="mixed" if is_mixed(outside) else "raw",
    )


def _check_dates(symbol: str, path: Path, written: WrittenCandles) -> None:
    count = written.time.shape[0]
    if count < MIN_ROWS:
        raise TrainingDataError(
            f"{symbol} has {count} candles from {date_of(written.time[0])} in {path.name}, "
            f"fewer than {MIN_ROWS}.",
            field="data",
            limit=MIN_ROWS,
        )
    steps = np.diff(written.time)
    if (steps <= 0).any():
        row = int(np.argmax(steps <= 0)) + 1
        what = "is there twice" if steps[row - 1] == 0 else "comes after a later date"
        raise UnreadableCsv(
            f"{symbol}, {path.name}: {date_of(written.time[row])} {what} "
            f"(line {written.lines[row]}).",
            field="time",
            row=int(written.lines[row]),
        )
