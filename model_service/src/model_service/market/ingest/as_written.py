"""The columns of a file as they are written: nothing dropped, sorted, adjusted or repaired.

For evaluation protocols that prescribe themselves what becomes of gaps; everybody else wants
`ingest_csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from model_service.errors import UnreadableCsv
from model_service.market.candles import SECONDS_PER_DAY, Floats, Ints
from model_service.market.ingest.columns import OHLC, Columns, find_columns
from model_service.market.ingest.container import decode, unpack
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.layout import find_layout
from model_service.market.ingest.names import Role
from model_service.market.ingest.numbers import find_decimal_mark, parse_numbers
from model_service.market.ingest.read import MAX_BYTES, MAX_ROWS
from model_service.market.ingest.records import Records, read_records
from model_service.market.ingest.times import parse_times


@dataclass(frozen=True)
class WrittenCandles:
    """Daily rows in the file's own order.

    Attributes
    ----------
    time : int64 array, shape (n,)
        Session dates as epoch seconds, in whatever order the file has them.
    columns : mapping
        Each of open, high, low, close and volume as a float64 array of shape (n,); NaN where a
        cell is empty. A file without volume has zeros.
    lines : int64 array, shape (n,)
        Physical line of each row; the header is 1.
    """

    time: Ints
    columns: Mapping[Role, Floats]
    lines: Ints


def read_as_written(data: bytes) -> WrittenCandles:
    """Read the dates and numbers of a CSV that has all four prices.

    Raises
    ------
    UnreadableCsv
        A row, date or number that cannot be read, or a price column that is missing; with the
        line.
    PayloadTooLarge
        A limit of `ingest_csv` is passed.
    """
    log = IssueLog()
    text = decode(unpack(data, max_bytes=MAX_BYTES), log)
    layout = find_layout(text)
    columns = find_columns(layout, None, log)
    missing = [role for role in OHLC if role not in columns.prices]
    if missing:
        raise UnreadableCsv(
            f"The file has no column for {' and '.join(missing)}.",
            field=missing[0],
            row=layout.header_line,
        )
    records = read_records(text, layout, log, max_rows=MAX_ROWS)
    for issue in log.issues():
        if issue.kind == "ragged_row":
            raise UnreadableCsv(issue.message, field="file", row=issue.row)
    return WrittenCandles(
        _read_dates(records, columns),
        _read_numbers(records, columns, layout.delimiter),
        records.lines,
    )


def _read_dates(records: Records, columns: Columns) -> Ints:
    times = parse_times(records.columns[columns.time])
    if not times.valid.all():
        _refuse_cell(records, columns, columns.time, int(np.argmin(times.valid)), "a date")
    dates: Ints = times.local // SECONDS_PER_DAY * SECONDS_PER_DAY
    return dates


def _read_numbers(records: Records, columns: Columns, delimiter: str) -> dict[Role, Floats]:
    used: dict[Role, int] = dict(columns.prices)
    if columns.volume is not None:
        used["volume"] = columns.volume
    mark = find_decimal_mark([records.columns[index] for index in used.values()], delimiter)
    values: dict[Role, Floats] = {"volume": np.zeros(len(records))}
    for role, index in used.items():
        numbers = parse_numbers(records.columns[index], mark)
        wrong = numbers.unreadable | (numbers.values < 0.0) | np.isinf(numbers.values)
        if wrong.any():
            _refuse_cell(records, columns, index, int(np.argmax(wrong)), "a number of at least 0")
        values[role] = numbers.values
    return values


def _refuse_cell(records: Records, columns: Columns, column: int, row: int, what: str) -> None:
    raise UnreadableCsv(
        f"`{columns.name(column)}` is `{str(records.columns[column][row])[:60]}` in line "
        f"{records.lines[row]}, not {what}.",
        field=columns.name(column),
        row=int(records.lines[row]),
    )
