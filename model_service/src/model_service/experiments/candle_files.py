"""Candles from the files and folders that a person names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from model_service.errors import BellwetherError, TrainingDataError
from model_service.market.candles import PRICE_COLUMNS, SECONDS_PER_DAY, Candles
from model_service.market.ingest import ingest_csv

SUFFIXES = (".csv", ".csv.gz", ".zip")


@dataclass(frozen=True)
class LoadedSeries:
    """One series a symbol, and the files of folders that hold no candles, with the reason."""

    series: tuple[Candles, ...]
    skipped: tuple[tuple[str, str], ...]


def load_series(
    paths: Sequence[Path],
    symbols: frozenset[str] | None = None,
    may_open: Callable[[Path], bool] = lambda _: True,
) -> LoadedSeries:
    """Read files, and all candle files of folders; files of one symbol are joined by time.

    A file that is named has to be readable; one that merely lies in a folder is skipped. With
    `symbols`, series of other symbols are left out. Files that `may_open` refuses are not opened.

    Raises
    ------
    BellwetherError
        If a named file is refused.
    TrainingDataError
        If a path does not exist, or no file holds candles.
    """
    by_symbol: dict[str, Candles] = {}
    skipped: list[tuple[str, str]] = []
    for path, named in _files(paths):
        if not may_open(path):
            continue
        try:
            candles = ingest_csv(path.read_bytes(), file_name=path.name).candles
        except BellwetherError as error:
            if named:
                raise _told_of(path, error) from None
            skipped.append((path.name, error.detail))
            continue
        if symbols is not None and candles.symbol not in symbols:
            continue
        earlier = by_symbol.get(candles.symbol)
        by_symbol[candles.symbol] = candles if earlier is None else join(earlier, candles)
    missing = sorted((symbols or frozenset()) - set(by_symbol))
    if missing:
        raise TrainingDataError(f"No file holds candles of {', '.join(missing)}.", field="symbols")
    if not by_symbol:
        raise TrainingDataError("There is no file of candles to read.", field="data")
    return LoadedSeries(tuple(by_symbol[symbol] for symbol in sorted(by_symbol)), tuple(skipped))


def _files(paths: Sequence[Path]) -> Iterable[tuple[Path, bool]]:
    for path in paths:
        if path.is_dir():
            yield from (
                (file, False) for file in sorted(path.iterdir()) if file.name.endswith(SUFFIXES)
            )
        elif path.is_file():
            yield path, True
        else:
            raise TrainingDataError(f"There is no file or folder {path.name!r}.", field="data")


def _told_of(path: Path, error: BellwetherError) -> BellwetherError:
    """The same error with the name of its file: a person named many."""
    return type(error)(
        f"{path.name}: {error.detail}",
        field=error.field,
        row=error.row,
        limit=error.limit,
        choices=error.choices,
    )


def join(first: Candles, second: Candles) -> Candles:
    """Two series of one symbol as one; where both have a candle, that of the first stays."""
    new = ~np.isin(second.time, first.time)
    time = np.concatenate([first.time, second.time[new]])
    order = np.argsort(time, kind="stable")
    basis = "mixed" if "mixed" in (first.price_basis, second.price_basis) else first.price_basis
    columns: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(second, name)[new]])[order]
        for name in (*PRICE_COLUMNS, "volume")
    }
    return replace(first, time=time[order], price_basis=basis, **columns)


def start_of_day(day: dt.date) -> int:
    """First second (epoch, UTC) of a date."""
    return int(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC).timestamp())


def end_of_day(day: dt.date) -> int:
    """Last second (epoch, UTC) of a date: a window that ends on it includes its candles."""
    return start_of_day(day) + SECONDS_PER_DAY - 1
