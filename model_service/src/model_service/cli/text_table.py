"""A CSV of texts, record by record: each as it is written, and its cells.

The file is read twice, so that all of it is known to be readable before anything is scored, and
never as a whole. Records keep the characters that they were written with: quotes, line breaks in
cells and line endings come out as they went in.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final, cast

from model_service.errors import InvalidRequest

DELIMITERS: Final = (",", ";", "\t", "|")

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAMPLE_BYTES = 65_536
_MAX_LINE_CHARACTERS = 8_000_000
_MAX_NAMED = 30


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file.

    Attributes
    ----------
    written : str
        As it stands in the file, without its line ending; quoted where it is a line of a file of
        one column that has delimiters in it.
    ending : str
        Its line ending; empty at the end of a file that has none there.
    cells : tuple of str
        Empty for an empty line, which is no row.
    """

    written: str
    ending: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextTable:
    """What is known of a file once it was read through.

    Attributes
    ----------
    path : Path
    encoding : str
    delimiter : str
    header : tuple of str
    column : int
        Index of the column with the texts.
    width : int
        Cells of the longest record, the header among them.
    rows : int
        Records after the header, empty lines not counted.
    """

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    column: int
    width: int
    rows: int

    def records(self) -> Iterator[Record]:
        """All records, header and empty lines included."""
        with _opened(self.path, self.encoding) as file:
            for record in _records(self.path, file, self.delimiter):
                yield _as_one_text(record, self.delimiter) if len(self.header) == 1 else record


def inspect_table(path: Path, column: str) -> TextTable:
    """Read a file through.

    Parameters
    ----------
    path : Path
        CSV with a header: UTF-8, UTF-16 with a byte order mark, or Windows-1252; may be gzipped.
    column : str
        Name of the column with the texts; case and spaces around it matter only where several
        columns differ in nothing else. Of columns of the same name the first is meant.

    Raises
    ------
    InvalidRequest
        If it cannot be read, is no text, is empty or has no such column.
    """
    encoding = _find_encoding(path)
    try:
        return _inspect(path, encoding, column)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise _refused(f"{path} is not a text file.") from None
    try:
        return _inspect(path, "cp1252", column)
    except UnicodeDecodeError:
        raise _refused(
            f"{path} is not a text file: it is neither UTF-8 nor Windows-1252."
        ) from None


def _inspect(path: Path, encoding: str, column: str) -> TextTable:
    delimiter, header = _find_header(path, encoding, column)
    index = _find_column(path, header, column)
    table = TextTable(path, encoding, delimiter, header, index, width=0, rows=0)
    width, rows = 0, -1
    last = Record("", "", ())
    for record in table.records():
        if record.cells:
            width = max(width, len(record.cells))
            rows += 1
            last = record
    _check_last_quote(path, last, delimiter)
    return replace(table, width=width, rows=rows)


def _find_encoding(path: Path) -> str:
    if path.is_fifo():  # it is read twice, and the first time waits for whoever writes
        raise _refused(f"{path} is a pipe; a file is needed.")
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == _GZIP
        with gzip.open(path, "rb") if zipped else path.open("rb") as content:
            start = content.read(_SAMPLE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None
    if start.startswith(_UTF_16):
        return "utf-16"
    if b"\0" in start:
        raise _refused(f"{path} is not a text file.")
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _find_header(path: Path, encoding: str, column: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter that makes the column appear, else the one that makes most columns."""
    headers = [(delimiter, _read_header(path, encoding, delimiter)) for delimiter in DELIMITERS]
    for delimiter, header in headers:
        if column in header:
            return delimiter, header
    return max(headers, key=lambda found: len(found[1]))


def _read_header(path: Path, encoding: str, delimiter: str) -> tuple[str, ...]:
    with _opened(path, encoding) as file:
        for record in _records(path, file, delimiter):
            if record.cells:
                return record.cells
    raise _refused(f"{path} is empty.")


def _find_column(path: Path, header: tuple[str, ...], column: str) -> int:
    if column in header:
        return header.index(column)
    alike = [
        index
        for index, name in enumerate(header)
        if name.strip().casefold() == column.strip().casefold()
    ]
    if len(alike) == 1:
        return alike[0]
    named = ", ".join(_printable(name) for name in header[:_MAX_NAMED])
    more = f" and {len(header) - _MAX_NAMED} more" if len(header) > _MAX_NAMED else ""
    raise InvalidRequest(
        f"{path} has no column {_printable(column)!r}; it has: {named}{more}.",
        field="column",
        choices=header[:_MAX_NAMED],
    )


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in name[:100])


def _opened(path: Path, encoding: str) -> io.TextIOWrapper:
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == _GZIP
        # Closed by whoever closes the text around it.
        binary = cast(IO[bytes], gzip.open(path) if zipped else path.open("rb"))  # noqa: SIM115
    except OSError as error:
        raise _unreadable(path, error) from None
    return io.TextIOWrapper(binary, encoding=encoding, newline="")


def _records(path: Path, file: io.TextIOWrapper, delimiter: str) -> Iterator[Record]:
    taken: list[str] = []
    line = 0

    def lines() -> Iterator[str]:
        nonlocal line
        while text := file.readline(_MAX_LINE_CHARACTERS):
            line += 1
            if len(text) >= _MAX_LINE_CHARACTERS:
                raise _refused(
                    f"Line {line} of {path} is longer than {_MAX_LINE_CHARACTERS:,} characters.",
                    row=line,
                )
            taken.append(text)
            yield text

    reader = csv.reader(lines(), delimiter=delimiter)
    try:
        for cells in reader:
            whole = "".join(taken)
            taken.clear()
            written = whole.rstrip("\r\n")
            yield Record(written, whole[len(written) :], tuple(cells))
    except csv.Error as error:
        raise _refused(
            f"{path} cannot be read near line {line}: {error} (is a quote not closed?).", row=line
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from None


def _as_one_text(record: Record, delimiter: str) -> Record:
    """In a file of one column nothing is delimited: commas of an unquoted line are its text's."""
    if len(record.cells) < 2 or record.written.startswith('"'):
        return record
    quoted = io.StringIO()
    csv.writer(quoted, delimiter=delimiter, lineterminator="").writerow([record.written])
    return Record(quoted.getvalue(), record.ending, (record.written,))


def _check_last_quote(path: Path, last: Record, delimiter: str) -> None:
    """A quote that is never closed swallows the rest of the file, and what is put behind it."""
    if '"' not in last.written:
        return
    try:
        list(csv.reader([last.written], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            start = _printable(last.written[:40])
            raise _refused(f"{path} ends inside a quote, in the record {start!r}.") from None


def _refused(detail: str, *, row: int | None = None) -> InvalidRequest:
    return InvalidRequest(detail, row=row)


def _unreadable(path: Path, error: Exception) -> InvalidRequest:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return InvalidRequest(f"{path} cannot be read: {reason.rstrip('.')}.")
