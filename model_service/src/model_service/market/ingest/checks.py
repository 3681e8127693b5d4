"""Which rows of a file are candles; the others are dropped, and said to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_service.errors import UnreadableCsv
from model_service.market.candles import Floats
from model_service.market.ingest.cells import Mask, to_mask
from model_service.market.ingest.columns import Columns
from model_service.market.ingest.names import Role
from model_service.market.ingest.numbers import Numbers
from model_service.market.ingest.records import Records
from model_service.market.ingest.report import RowReport
from model_service.market.ingest.times import Times

LOWEST_PRICE, HIGHEST_PRICE = 1e-12, 1e15
"""Beyond them lie broken numbers, not markets."""
UNIT = 100.0
UNIT_TOLERANCE = 1.3
"""A ratio of 100 within this factor looks like cents beside whole units."""
_SHOWN = 60


@dataclass(frozen=True)
class PriceCells:
    """The used columns of the records: as text, and as numbers by their position."""

    records: Records
    columns: Columns
    numbers: Mapping[int, Numbers]

    def text(self, column: int, row: int) -> str:
        """A cell as written, short enough for a sentence."""
        return str(self.records.columns[column][row])[:_SHOWN]

    def values(self, role: Role) -> Floats:
        """Numbers of a price column."""
        return self.numbers[self.columns.prices[role]].values

    def saying(self, column: int, ending: str) -> Callable[[int], str]:
        """Row -> "`Close` is `abc`" and the ending."""
        return lambda row: f"`{self.columns.name(column)}` is `{self.text(column, row)}`{ending}."


class _Sieve:
    def __init__(self, rows: int, report: RowReport) -> None:
        self.left: Mask = np.ones(rows, dtype=bool)
        self._report = report

    def drop(
        self,
        kind: str,
        mask: Mask,
        describe: str | Callable[[int], str],
        what: str,
        *,
        bad: bool = True,
    ) -> None:
        rows = np.flatnonzero(mask & self.left)
        self._report.add(kind, "dropped", rows, describe, what, bad=bad)
        self.left &= ~mask


def keep_candles(cells: PriceCells, times: Times, report: RowReport) -> Mask:
    """Rows with a time and a possible close, shape (n,).

    Empty rows, dividends between the candles, and candles with an empty or zero close are gaps;
    all other rows that are dropped count as bad.

    Raises
    ------
    UnreadableCsv
        More than a fifth of the rows is bad, or none is a candle.
    """
    columns, records = cells.columns, cells.records
    close, prices = columns.prices["close"], list(columns.prices.values())
    sieve = _Sieve(len(records), report)
    _drop_rows_without_prices(cells, sieve)
    sieve.drop(
        "unreadable_time",
        ~times.valid,
        cells.saying(columns.time, ", not a time as the other rows write it"),
        "rows without a readable time",
    )
    for column in prices:
        sieve.drop(
            "unreadable_number",
            cells.numbers[column].unreadable,
            cells.saying(column, ", not a number"),
            "rows with a price that is no number",
        )
    sieve.drop(
        "missing_price",
        cells.numbers[close].missing,
        f"`{cells.columns.name(close)}` is empty: a gap.",
        "rows without a close",
        bad=False,
    )
    sieve.drop(
        "zero_price",
        cells.values("close") == 0,
        f"`{cells.columns.name(close)}` is 0: a gap.",
        "rows with a close of 0",
        bad=False,
    )
    for column in prices:
        values = cells.numbers[column].values
        sieve.drop(
            "impossible_price",
            (values < LOWEST_PRICE) & (values != 0) | (values > HIGHEST_PRICE),
            cells.saying(column, ", not a possible price"),
            "rows with an impossible price",
        )
    if "high" in columns.prices and "low" in columns.prices:
        _drop_impossible_ranges(cells, sieve)
    report.refuse_if_too_bad(cells.columns.name(close))
    if not sieve.left.any():
        raise UnreadableCsv(
            "No row has a time and a close.",
            field=cells.columns.name(close),
            row=int(records.lines[0]),
        )
    return sieve.left


def refuse_accounting(cells: PriceCells) -> None:
    """Refuse a file that writes negative prices as accountants do: a ledger, not candles."""
    for column in cells.columns.prices.values():
        rows = np.flatnonzero(cells.numbers[column].accounting)
        if rows.size:
            raise UnreadableCsv(
                cells.saying(column, ", a negative amount in brackets, not a price")(int(rows[0])),
                field=cells.columns.name(column),
                row=int(cells.records.lines[rows[0]]),
            )


def _drop_rows_without_prices(cells: PriceCells, sieve: _Sieve) -> None:
    prices = list(cells.columns.prices.values())
    blank: Mask = np.logical_and.reduce([cells.numbers[column].missing for column in prices])
    sieve.drop("blank_row", blank, "The row has no prices.", "rows without prices", bad=False)
    dividend = np.zeros(len(cells.records), dtype=bool)
    for column in prices:
        suspects = np.flatnonzero(cells.numbers[column].unreadable)
        if suspects.size:
            texts = cells.records.columns[column].take(pa.array(suspects))
            dividend[suspects] |= to_mask(pc.match_substring_regex(texts, r"(?i)dividend|split"))
    sieve.drop(
        "dividend_row",
        dividend,
        "The row tells of a dividend or split and has no prices.",
        "rows that tell of dividends or splits",
        bad=False,
    )


def _drop_impossible_ranges(cells: PriceCells, sieve: _Sieve) -> None:
    high, low = cells.values("high"), cells.values("low")
    impossible = (high > 0) & (low > 0) & (high < low)
    if impossible.any():
        # A high in other units than the low is left for the search for unit errors.
        ratio = np.divide(low, high * UNIT, out=np.ones_like(low), where=impossible)
        impossible &= (ratio > UNIT_TOLERANCE) | (ratio < 1 / UNIT_TOLERANCE)
    sieve.drop(
        "impossible_range",
        impossible,
        lambda row: f"High {high[row]:g} is below low {low[row]:g}.",
        "rows whose high is below their low",
    )
