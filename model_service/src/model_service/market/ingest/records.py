"""The rows of a text as one Arrow table of strings, and the physical line of each row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from model_service.errors import PayloadTooLarge, UnreadableCsv
from model_service.market.candles import Ints
from model_service.market.ingest.container import FILE_FIELD
from model_service.market.ingest.issues import IssueLog
from model_service.market.ingest.layout import Layout

_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True)
class Records:
    """The candle rows of a file.

    Attributes
    ----------
    columns : list of pyarrow.StringArray
        One a column of the file, each of shape (n,).
    """

    columns: list[pa.StringArray]
    _body: bytes = field(repr=False)
    _layout: Layout = field(repr=False)

    def __len__(self) -> int:
        return len(self.columns[0])

    @cached_property
    def lines(self) -> Ints:
        """Physical line of each row, shape (n,); worked out only when something is to report."""
        found = _find_lines(self._body, self._layout)[0][: len(self)]
        # Arrow and the csv module may part broken quotes differently: then the end is a guess.
        missing = len(self) - found.size
        last = int(found[-1]) if found.size else self._layout.first_line
        return np.concatenate((found, np.full(missing, last)))


def read_records(text: bytes, layout: Layout, log: IssueLog, *, max_rows: int) -> Records:
    """Parse everything from the first candle on.

    Raises
    ------
    PayloadTooLarge
        More than `max_rows` rows.
    UnreadableCsv
        A quote that is never closed, or more rows of the wrong width than of the right one.
    """
    body = text[_offset_of_line(text, layout.first_line) :]
    if body.count(b"\n") > 2 * max_rows + 1000 and b'"' not in body:
        raise _too_many(layout, max_rows)
    quoted = b'"' in body
    if quoted:
        # Some exporters put a space after the delimiter; a quote must follow it directly.
        mark = layout.delimiter.encode()
        body = body.replace(mark + b' "', mark + b'"')
    ragged = False

    def skip(row: pacsv.InvalidRow) -> Literal["skip"]:
        nonlocal ragged
        ragged = ragged or bool(row.text.strip())
        return "skip"

    names = [str(index) for index in range(len(layout.names))]
    try:
        table = pacsv.read_csv(
            io.BytesIO(body),
            read_options=pacsv.ReadOptions(
                column_names=names, block_size=len(body) + 1 if quoted else _BLOCK_BYTES
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=quoted, invalid_row_handler=skip
            ),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowException as error:
        raise UnreadableCsv(
            f"The rows cannot be parsed: {str(error).splitlines()[0][:200]}",
            field=FILE_FIELD,
            row=layout.first_line,
        ) from None
    if table.num_rows > max_rows:
        raise _too_many(layout, max_rows)
    columns = [_one_array(column) for column in table.columns]
    if quoted and body.count(b'"') % 2 and any("\n" in str(c[-1]) for c in columns if len(c)):
        raise UnreadableCsv(
            "A quote is opened and never closed.",
            field=FILE_FIELD,
            row=int(_find_lines(body, layout)[0][-1]),
        )
    records = Records(columns, body, layout)
    if ragged:
        _report_ragged(_find_lines(body, layout)[1], len(records), layout, log)
    return records


def _report_ragged(lines: Ints, rows: int, layout: Layout, log: IssueLog) -> None:
    width = len(layout.names)
    if lines.size > rows:
        raise UnreadableCsv(
            f"{lines.size:,} rows do not have {width} cells, as the first candle and its header.",
            field=FILE_FIELD,
            row=int(lines[0]),
        )
    log.add_rows(
        "ragged_row",
        "dropped",
        lines.tolist(),
        lambda _: f"The row does not have {width} cells.",
        f"rows without {width} cells",
    )


def _find_lines(body: bytes, layout: Layout) -> tuple[Ints, Ints]:
    """Physical lines of the rows of the right width, and of the other non-empty ones."""
    width = len(layout.names)
    if b'"' in body:
        good: list[int] = []
        bad: list[int] = []
        reader = csv.reader(
            io.StringIO(body.decode("utf-8"), newline=""), delimiter=layout.delimiter
        )
        start = layout.first_line
        try:
            for cells in reader:
                if len(cells) == width:
                    good.append(start)
                elif any(cell.strip() for cell in cells):
                    bad.append(start)
                start = layout.first_line + reader.line_num
        except csv.Error:  # a cell beyond the parser's limit: the rows so far are known
            good.append(start)
        return np.array(good, dtype=np.int64), np.array(bad, dtype=np.int64)
    text = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(text == ord("\n"))
    if not body.endswith(b"\n"):
        ends = np.append(ends, text.size)
    starts = np.concatenate(([0], ends[:-1] + 1))
    marks = np.flatnonzero(text == ord(layout.delimiter))
    cells_of_line = np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + 1
    right = (cells_of_line == width) & (ends > starts)
    wrong = ~right & (ends > starts)
    for index in np.flatnonzero(wrong):
        wrong[index] = bool(body[starts[index] : ends[index]].strip())
    lines = layout.first_line + np.arange(ends.size)
    return lines[right], lines[wrong]


def _offset_of_line(text: bytes, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = text.index(b"\n", offset) + 1
    return offset


def _one_array(column: pa.ChunkedArray) -> pa.StringArray:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def _too_many(layout: Layout, max_rows: int) -> PayloadTooLarge:
    return PayloadTooLarge(
        f"The file has more than {max_rows:,} rows.",
        field=FILE_FIELD,
        row=layout.first_line + max_rows,
        limit=max_rows,
    )
