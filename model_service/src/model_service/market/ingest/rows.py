"""The rows that are candles, as numbers, with gaps inside a row filled from the row itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model_service.market.candles import Floats, Ints
from model_service.market.ingest.cells import Mask
from model_service.market.ingest.checks import PriceCells, keep_candles, refuse_accounting
from model_service.market.ingest.columns import OHLC, Columns
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.names import Role
from model_service.market.ingest.numbers import find_decimal_mark, parse_numbers
from model_service.market.ingest.records import Records
from model_service.market.ingest.report import RowReport
from model_service.market.ingest.times import Times

MAX_VOLUME = 1e18


@dataclass(frozen=True)
class Rows:
    """Rows of the file on their way to candles, shape (n,) each.

    Attributes
    ----------
    index : int64 array
        Position in the records.
    time : int64 array
        Epoch seconds UTC of the candle.
    open, high, low, close, volume : float64 arrays
    adjusted : float64 array or None
        Adjusted close; NaN where the cell has none.
    split : float64 array or None
        Declared split ratio; 0 where none is declared.
    """

    index: Ints
    time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    adjusted: Floats | None
    split: Floats | None

    def __len__(self) -> int:
        return int(self.index.size)

    def take(self, chosen: Mask | Ints) -> Rows:
        """The rows of a mask, or in an order."""
        return replace(
            self,
            **{name: values[chosen] for name, values in vars(self).items() if values is not None},
        )


def read_rows(
    records: Records,
    columns: Columns,
    times: Times,
    report: RowReport,
    log: IssueLog,
    *,
    delimiter: str,
) -> Rows:
    """Parse the numbers and keep the rows that are candles, in the file's order.

    `time` holds the instants; `order` turns them into the times of candles.

    Raises
    ------
    UnreadableCsv
        No row is a candle, or too few are.
    """
    used = {*columns.prices.values(), columns.volume, columns.adjusted_close} - {None}
    strings = {index: records.columns[index] for index in used if index is not None}
    mark = find_decimal_mark(list(strings.values()), delimiter)
    if mark == "comma":
        log.add_file("decimal_comma", "converted", "Commas were read as decimal marks.")
    cells = PriceCells(
        records, columns, {index: parse_numbers(column, mark) for index, column in strings.items()}
    )
    refuse_accounting(cells)
    index = np.flatnonzero(keep_candles(cells, times, report))
    close = cells.values("close")[index]
    opens = _fill_price(cells, "open", index, close, report)
    top, bottom = np.maximum(opens, close), np.minimum(opens, close)
    split = None
    if columns.split is not None:
        declared = parse_numbers(records.columns[columns.split], mark).values[index]
        split = np.nan_to_num(declared, posinf=0.0, neginf=0.0)
    adjusted = None
    if columns.adjusted_close is not None:
        adjusted = cells.numbers[columns.adjusted_close].values[index]
    rows = Rows(
        index=index,
        time=times.instant[index],
        open=opens,
        high=_fill_price(cells, "high", index, top, report),
        low=_fill_price(cells, "low", index, bottom, report),
        close=close,
        volume=_fill_volume(cells, index, report, log),
        adjusted=adjusted,
        split=split,
    )
    _report_missing_columns(columns, log)
    return rows


def _fill_price(
    cells: PriceCells, role: Role, index: Ints, instead: Floats, report: RowReport
) -> Floats:
    """A price column; where the cell is empty or 0, what the rest of the row proves."""
    column = cells.columns.prices.get(role)
    if column is None:
        return instead
    values = cells.numbers[column].values[index]
    absent = ~(values > 0)
    if not absent.any():
        return values
    name = cells.columns.name(column)
    report.add(
        "filled_price",
        "filled",
        index[absent],
        f"`{name}` is empty or 0; it was taken from the row's other prices.",
        f"rows without a price in `{name}`",
    )
    return np.where(absent, instead, values)


def _fill_volume(cells: PriceCells, index: Ints, report: RowReport, log: IssueLog) -> Floats:
    column = cells.columns.volume
    if column is None:
        log.add_file("no_volume", "filled", "The file has no volume; all volumes are 0.")
        return np.zeros(index.size)
    values = cells.numbers[column].values[index]
    absent = ~((values >= 0) & (values <= MAX_VOLUME))
    report.add(
        "missing_volume",
        "filled",
        index[absent],
        "The volume is empty or no number of at least 0; it became 0.",
        "rows without volume",
    )
    return np.where(absent, 0.0, values)


def _report_missing_columns(columns: Columns, log: IssueLog) -> None:
    missing = [role for role in OHLC if role not in columns.prices]
    if len(missing) == len(OHLC) - 1:
        log.add_file(
            "close_only",
            "filled",
            "The file has closes only; open, high and low are the close.",
        )
    elif missing:
        log.add_file(
            "missing_column",
            "filled",
            f"The file has no {' and no '.join(missing)}; the row's other prices stand in.",
        )
