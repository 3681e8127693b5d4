"""Where the candles begin in a text, what parts their cells, and what the header says."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from model_service.errors import UnreadableCsv
from model_service.market.ingest.container import FILE_FIELD, WHOLE_FILE, refuse_file
from model_service.market.ingest.names import find_roles
from model_service.market.ingest.times import looks_like_time

DELIMITERS = (",", ";", "\t", "|")
MAX_COLUMNS = 512
_HEAD_BYTES = 256 * 1024
_HEAD_LINES = 60
_NUMBER_LIKE = re.compile(
    r"[+-]?\s*(?:US\$|Rs\.?|[A-Z]{3}\s|[$€£¥₹])?\s*[+-]?(?:\d[\d.,'’\s\u00a0\u202f]*|\.\d+)"
    r"(?:[eE][+-]?\d+)?\s*(?:[KMBTkmbt]n?|%|[$€£¥₹]|[A-Z]{3})?"
)
"""Wider than what is read as a number later: it only tells candles from headers and banners."""
_LONGEST = 64
_PRICES = frozenset({"open", "high", "low", "close", "adjusted_close"})


@dataclass(frozen=True)
class Record:
    """One parsed line of the head: its cells, and the physical lines [line, end] it takes."""

    cells: tuple[str, ...]
    line: int
    end: int


@dataclass(frozen=True)
class Layout:
    """How to read a text.

    Attributes
    ----------
    delimiter : str
    names : tuple of str
        Header names as written; empty strings where there is no header.
    has_header : bool
    header_line : int
        Physical line of the header, 1 where there is none.
    first_line : int
        Physical line of the first candle.
    banner_lines : tuple of int
        Non-empty lines before the first candle that are not the header.
    sample : tuple of Record
        The first candles.
    """

    delimiter: str
    names: tuple[str, ...]
    has_header: bool
    header_line: int
    first_line: int
    banner_lines: tuple[int, ...]
    sample: tuple[Record, ...]


def find_layout(text: bytes) -> Layout:
    """Try every delimiter on the head of the text and take the layout that explains most.

    Raises
    ------
    UnreadableCsv
        No delimiter gives rows with a time and a number.
    """
    head = text[:_HEAD_BYTES]
    if len(text) > _HEAD_BYTES:
        if b"\n" not in head:
            raise refuse_file("The first line is longer than 256 KiB.")
        head = head[: head.rindex(b"\n") + 1]
    lines = head.decode("utf-8", errors="replace").split("\n")[:_HEAD_LINES]
    split = {delimiter: _split(lines, delimiter) for delimiter in DELIMITERS}
    for find_first in (_first_candle, _after_named_header):
        found = [
            _explain(records, first, delimiter)
            for delimiter, records in split.items()
            if (first := find_first(records)) is not None
        ]
        if found:
            return max(found, key=lambda scored: scored[0])[1]
    raise _refuse_head(lines)


def _split(lines: Sequence[str], delimiter: str) -> list[Record]:
    records: list[Record] = []
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, skipinitialspace=True)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append(Record(tuple(cells), start, reader.line_num))
            start = reader.line_num + 1
    except csv.Error:
        return records
    return records


def _explain(records: Sequence[Record], first: int, delimiter: str) -> tuple[int, Layout]:
    """The layout with candles from record `first` on, and how much it makes sense of."""
    candle = records[first].cells
    header = _find_header(records[:first], len(candle))
    width = max(len(candle), len(header.cells) if header else 0)
    if width > MAX_COLUMNS:
        raise UnreadableCsv(
            f"The file has {width:,} columns; at most {MAX_COLUMNS} are read.",
            field=FILE_FIELD,
            row=records[first].line,
            limit=MAX_COLUMNS,
        )
    names = _fit_names(header.cells, candle) if header else ("",) * len(candle)
    roles = find_roles(names)
    score = 10 * len(roles) + sum(_is_value(cell) for cell in candle) + 5 * (header is not None)
    return score, Layout(
        delimiter=delimiter,
        names=names,
        has_header=header is not None,
        header_line=header.line if header else WHOLE_FILE,
        first_line=records[first].line,
        banner_lines=tuple(record.line for record in records[:first] if record is not header),
        sample=tuple(record for record in records[first:] if len(record.cells) == len(candle)),
    )


def _first_candle(records: Sequence[Record]) -> int | None:
    return next((i for i, record in enumerate(records) if _is_candle(record.cells)), None)


def _after_named_header(records: Sequence[Record]) -> int | None:
    """The row below a header that names a time and a price: it may be empty for a long time."""
    for index, record in enumerate(records[:-1]):
        roles = find_roles(record.cells)
        if "time" in roles and _PRICES & roles.keys():
            return index + 1
    return None


def _find_header(records: Sequence[Record], width: int) -> Record | None:
    """The record above the candles that names most; else the nearest one of text and the width."""
    fitting = [record for record in records if abs(len(record.cells) - width) <= 1]
    named = [
        (sum(role in _PRICES for role in find_roles(record.cells)), -index, record)
        for index, record in enumerate(fitting)
    ]
    best = max(named, default=None, key=lambda entry: entry[:2])
    if best is not None and best[0] > 0:
        return best[2]
    for record in reversed(fitting):
        if not any(_is_value(cell) for cell in record.cells if cell.strip()):
            return record
    return None


def _fit_names(names: tuple[str, ...], candle: tuple[str, ...]) -> tuple[str, ...]:
    """As many names as cells: R leaves out the name of the first column, others a trailing one."""
    if len(names) == len(candle) - 1:
        return (*names, "") if not candle[-1].strip() else ("", *names)
    if len(names) == len(candle) + 1 and not names[-1].strip():
        return names[:-1]
    return names


def _is_candle(cells: Sequence[str]) -> bool:
    """One cell is a time and another one a number."""
    if len(cells) < 2:
        return False
    times = [index for index, cell in enumerate(cells[:24]) if looks_like_time(cell.strip())]
    if not times:
        return False
    return any(is_number(cell) for index, cell in enumerate(cells[:64]) if index != times[0])


def _is_value(cell: str) -> bool:
    return is_number(cell) or looks_like_time(cell.strip())


def is_number(cell: str) -> bool:
    """Whether a cell looks like a number in any of the usual notations."""
    return len(cell) <= _LONGEST and _NUMBER_LIKE.fullmatch(cell.strip()) is not None


def _refuse_head(lines: Sequence[str]) -> UnreadableCsv:
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if len(filled) == 1 and any(delimiter in filled[0][1] for delimiter in DELIMITERS):
        return UnreadableCsv(
            "The file has a header but no candles.", field=FILE_FIELD, row=filled[0][0]
        )
    return UnreadableCsv(
        f"None of the first {len(filled)} rows has a time and a price.",
        field="time",
        row=filled[0][0] if filled else WHOLE_FILE,
    )
