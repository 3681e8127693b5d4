"""Which rows are candles: drops what is none, fills what may be filled, and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from model_service.errors import UnreadableCsv
from model_service.market.candles import Floats, Ints
from model_service.market.ingest.cells import Mask, to_mask
from model_service.market.ingest.columns import OHLC, Columns
from model_service.market.ingest.issues import Action, IssueLog
from model_service.market.ingest.numbers import Numbers, find_decimal_mark, parse_numbers
from model_service.market.ingest.records import Records
from model_service.market.ingest.times import Times

MAX_DROPPED_SHARE = 0.2
"""Of the rows; above it (and above two rows) the file is refused, not thinned out."""
ALWAYS_DROPPED = 2
UNIT = 100.0
UNIT_TOLERANCE = 1.3
"""A ratio of 100 within this factor looks like cents beside whole units."""


@dataclass
class Rows:
    """Rows of the file on their way to candles, shape (n,) each, in the file's order.

    `index` is the row in `Records`; `adjusted` is NaN where there is no adjusted close, and
    `split` is 0 where no split is declared.
    """

    index: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    adjusted: Floats | None
    split: Floats | None
    time: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def take(self, chosen: Mask | Ints) -> Rows:
        """The rows of a mask or an order."""
        return Rows(
            **{
                name: None if values is None else values[chosen]
                for name, values in vars(self).items()
            }
        )


class RowReport:
    """Writes row issues with physical lines, and counts what is dropped as bad."""

    def __init__(self, records: Records, log: IssueLog) -> None:
        self._records = records
        self._log = log
        self.bad_rows = 0
        self.first_bad: tuple[int, str] = (1, "")

    def add(
        self, kind: str, action: Action, rows: Ints, describe: Callable[[int], str], what: str,
        *, bad: bool = False,
    ) -> None:  # fmt: skip
        """Report rows (positions in the records); `describe` takes such a position."""
        if rows.size == 0:
            return
        rows = np.sort(rows)
        lines = self._records.lines[rows]
        self._log.add_rows(
            kind, action, lines.tolist(), lambda position: describe(int(rows[position])), what
        )
        if bad:
            self.bad_rows += rows.size
            if not self.first_bad[1] or lines[0] < self.first_bad[0]:
                self.first_bad = (int(lines[0]), describe(int(rows[0])))

    def refuse_if_too_bad(self, field: str) -> None:
        """Refuse a file most of whose fifth row or more is no candle."""
        allowed = max(ALWAYS_DROPPED, int(MAX_DROPPED_SHARE * len(self._records)))
        if self.bad_rows > allowed:
            row, reason = self.first_bad
            raise UnreadableCsv(
                f"{self.bad_rows:,} of {len(self._records):,} rows are not candles; at most "
                f"{MAX_DROPPED_SHARE:.0%} may be dropped. The first: {reason}",
                field=field,
                row=row,
                limit=MAX_DROPPED_SHARE,
            )


def read_rows(
    records: Records, columns: Columns, times: Times, report: RowReport, log: IssueLog,
    *, delimiter: str,
) -> Rows:  # fmt: skip
    """Parse the numbers and keep the rows that are candles, in the file's order."""
    used = [*columns.prices.values(), columns.volume, columns.adjusted_close]
    strings = {index: records.columns[index] for index in used if index is not None}
    mark = find_decimal_mark(list(strings.values()), delimiter)
    if mark == "comma":
        log.add_file("decimal_comma", "converted", "Commas were read as decimal marks.")
    numbers = {index: parse_numbers(cells, mark) for index, cells in strings.items()}
    _refuse_accounting(records, columns, numbers)
    kept = _keep_candles(records, columns, times, numbers, report)
    index = np.flatnonzero(kept)

    def values(column: int | None) -> Floats | None:
        return None if column is None else numbers[column].values[index]

    close = numbers[columns.prices["close"]].values[index]
    split = None
    if columns.split is not None:
        split = np.nan_to_num(parse_numbers(records.columns[columns.split], mark).values[index])
    rows = Rows(
        index=index,
        open=_fill_price(columns, numbers, "open", index, close, report),
        high=close,
        low=close,
        close=close,
        volume=_fill_volume(columns, numbers, index, report, log),
        adjusted=values(columns.adjusted_close),
        split=split,
    )
    rows.high = _fill_price(columns, numbers, "high", index, np.maximum(rows.open, close), report)
    rows.low = _fill_price(columns, numbers, "low", index, np.minimum(rows.open, close), report)
    _report_missing_columns(columns, log)
    return rows


def _keep_candles(
    records: Records, columns: Columns, times: Times, numbers: dict[int, Numbers],
    report: RowReport,
) -> Mask:  # fmt: skip
    def name(index: int) -> str:
        return columns.names[index].strip()

    def cell(index: int, row: int) -> str:
        return str(records.columns[index][row])[:60]

    prices = [columns.prices[role] for role in OHLC if role in columns.prices]
    close = numbers[columns.prices["close"]]
    text = pc.utf8_trim_whitespace(records.columns[columns.time])
    empty = to_mask(pc.equal(text, ""))
    nothing = np.logical_and.reduce([numbers[index].missing for index in prices])
    blank = nothing & (empty | ~_any_text(records, columns, prices))
    dividend = _dividends(records, prices, numbers) & ~blank
    left = ~blank & ~dividend
    report.add("blank_row", "dropped", np.flatnonzero(blank), lambda _: "The row has no prices.",
               "rows without prices")  # fmt: skip
    report.add("dividend_row", "dropped", np.flatnonzero(dividend),
               lambda _: "The row tells a dividend or split, no prices.", "rows without prices")  # fmt: skip

    def drop(kind: str, mask: Mask, describe: Callable[[int], str], what: str) -> None:
        nonlocal left
        rows = np.flatnonzero(mask & left)
        report.add(kind, "dropped", rows, describe, what, bad=kind != "missing_price")
        left = left & ~mask

    drop("unreadable_time", ~times.valid,
         lambda row: f"`{name(columns.time)}` is `{cell(columns.time, row)}`, not a time.",
         "rows without a readable time")  # fmt: skip
    for index in prices:
        drop("unreadable_number", numbers[index].unreadable,
             lambda row, index=index: f"`{name(index)}` is `{cell(index, row)}`, not a number.",
             "rows with a price that is no number")  # fmt: skip
    closing = columns.prices["close"]
    drop("missing_price", close.missing,
         lambda row: f"`{name(closing)}` is empty.", "rows without a close")  # fmt: skip
    drop("zero_price", close.values == 0,
         lambda row: f"`{name(closing)}` is 0: a gap.", "rows with a close of 0")  # fmt: skip
    for index in prices:
        values = numbers[index].values
        drop("impossible_price", (values < 0) | np.isinf(values),
             lambda row, index=index: f"`{name(index)}` is {cell(index, row)}.",
             "rows with an impossible price")  # fmt: skip
    if "high" in columns.prices and "low" in columns.prices:
        high, low = (numbers[columns.prices[role]].values for role in ("high", "low"))
        # A high in other units than the low is left for the search for unit errors.
        with np.errstate(divide="ignore", invalid="ignore"):
            mixed_units = np.abs(np.log(low / high / UNIT)) < np.log(UNIT_TOLERANCE)
        drop("impossible_range", (high > 0) & (high < low) & ~mixed_units,
             lambda row: f"High {high[row]:g} is below low {low[row]:g}.",
             "rows whose high is below their low")  # fmt: skip
    report.refuse_if_too_bad(name(closing))
    if not left.any():
        raise UnreadableCsv(
            "No row has a time and a close.", field=name(closing) or "close",
            row=int(records.lines[0]) if len(records) else 1,
        )  # fmt: skip
    return left


def _any_text(records: Records, columns: Columns, prices: list[int]) -> Mask:
    """Rows in which some price cell holds letters, as `null` does not but `Dividend` does."""
    found = np.zeros(len(records), dtype=bool)
    for index in prices:
        found |= to_mask(pc.match_substring_regex(records.columns[index], r"(?i)divid|split"))
    return found


def _dividends(records: Records, prices: list[int], numbers: dict[int, Numbers]) -> Mask:
    found = np.zeros(len(records), dtype=bool)
    for index in prices:
        suspects = np.flatnonzero(numbers[index].unreadable)
        if suspects.size:
            cells = records.columns[index].take(pa.array(suspects))
            found[suspects] |= to_mask(pc.match_substring_regex(cells, r"(?i)dividend|split"))
    return found


def _refuse_accounting(records: Records, columns: Columns, numbers: dict[int, Numbers]) -> None:
    for index in columns.prices.values():
        rows = np.flatnonzero(numbers[index].accounting)
        if rows.size:
            row = int(rows[0])
            name = columns.names[index].strip()
            raise UnreadableCsv(
                f"`{name}` is `{str(records.columns[index][row])[:60]}`, a negative amount in "
                "accountants' brackets, not a price.",
                field=name,
                row=int(records.lines[row]),
            )


def _fill_price(
    columns: Columns, numbers: dict[int, Numbers], role: str, index: Ints, instead: Floats,
    report: RowReport,
) -> Floats:  # fmt: skip
    """A price column; where the cell is empty or 0, what the rest of the row proves."""
    column = columns.prices.get(role)  # type: ignore[call-overload]
    if column is None:
        return instead
    values = numbers[column].values[index]
    absent = ~(values > 0)
    if not absent.any():
        return values
    report.add("filled_price", "filled", index[absent],
               lambda _: f"`{columns.names[column].strip()}` is empty or 0; it was taken from the "
               "row's other prices.", f"rows without a price in `{columns.names[column].strip()}`")  # fmt: skip
    return np.where(absent, instead, values)


def _fill_volume(
    columns: Columns, numbers: dict[int, Numbers], index: Ints, report: RowReport, log: IssueLog
) -> Floats:
    if columns.volume is None:
        log.add_file("no_volume", "filled", "The file has no volume; all volumes are 0.")
        return np.zeros(index.size)
    values = numbers[columns.volume].values[index]
    absent = ~(np.isfinite(values) & (values >= 0))
    report.add("missing_volume", "filled", index[absent],
               lambda _: "The volume is empty or no number of at least 0; it became 0.",
               "rows without volume")  # fmt: skip
    return np.where(absent, 0.0, values)


def _report_missing_columns(columns: Columns, log: IssueLog) -> None:
    missing = [role for role in OHLC if role not in columns.prices]
    if len(missing) == 3:
        log.add_file("close_only", "filled",
                     "The file has closes only; open, high and low are the close.")  # fmt: skip
    elif missing:
        log.add_file("missing_column", "filled",
                     f"The file has no {' and no '.join(missing)}; the row's other prices "
                     "stand in.")  # fmt: skip
