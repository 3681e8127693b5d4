"""A table of texts with the sentiment of each behind it: one row out for each row in."""

from __future__ import annotations

import csv
import gzip
import io
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from model_service.cli.text_table import Record, TextTable
from model_service.errors import InvalidRequest
from model_service.sentiment.engine import Score, SentimentEngine
from model_service.sentiment.texts import MAX_CHARACTERS, prepare_text

SCORE_COLUMNS: Final = (
    "label",
    "positive",
    "negative",
    "neutral",
    "score",
    "engine",
    "engine_version",
)

_ROWS_AT_ONCE = 2_048


@dataclass(slots=True)
class Tally:
    """What was found on the way.

    Attributes
    ----------
    rows, blank, cut : int
        Rows; those without a text; those whose text was longer than is scored.
    """

    rows: int = 0
    blank: int = 0
    cut: int = 0


def name_columns(header: Sequence[str]) -> tuple[str, ...]:
    """Names of the new columns: where one is taken, a prefix keeps it apart."""
    taken = set(header)
    names: list[str] = []
    for column in SCORE_COLUMNS:
        name, number = column, 1
        while name in taken:
            name = f"sentiment_{column}" if number == 1 else f"sentiment_{number}_{column}"
            number += 1
        taken.add(name)
        names.append(name)
    return tuple(names)


def score_table(
    table: TextTable,
    engine: SentimentEngine,
    write: Callable[[str], object],
    advance: Callable[[int], object],
) -> Tally:
    """Write the table with its scores, some thousand rows at a time.

    Records stay as they are written; shorter ones are filled up with empty cells, so that the new
    ones stand below their names. An empty line stays one; a row without a text gets empty cells.

    Parameters
    ----------
    table : TextTable
    engine : SentimentEngine
    write : callable
        Takes the next characters.
    advance : callable
        Takes the number of rows that were done since it was called last.
    """
    tally = Tally()
    ending = "\n"
    header_is_due = True
    for part in _parts(table.records()):
        scores = iter(_score(part, table, engine, tally, skip_first=header_is_due))
        for record in part:
            ending = record.ending or ending
            if not record.cells:
                write(record.written + ending)
            elif header_is_due:
                header_is_due = False
                write(_line(record, table, name_columns(table.header), ending))
            else:
                write(_line(record, table, _cells(next(scores), engine), ending))
        advance(sum(bool(record.cells) for record in part))
    return tally


@contextmanager
def whole_or_not_at_all(path: Path | None, encoding: str) -> Iterator[IO[str]]:
    """Where the output goes: a file that appears once it is complete, or standard output.

    Raises
    ------
    InvalidRequest
        If it cannot be written.
    """
    if path is None:
        out = io.TextIOWrapper(sys.stdout.buffer, encoding=encoding, newline="")
        try:
            yield out
            out.flush()
        finally:
            out.detach()
        return
    if path.is_dir():
        raise InvalidRequest(f"{path} is a folder.", field="output")
    if path.exists() and not path.is_file():  # renaming a file onto a device would replace it
        raise InvalidRequest(f"{path} is no ordinary file.", field="output")
    building = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        try:
            with _created(building, zipped=path.suffix == ".gz", encoding=encoding) as file:
                yield file
            building.replace(path)
        finally:
            building.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidRequest(
            f"{path} cannot be written: {error.strerror}.", field="output"
        ) from None


def _created(path: Path, *, zipped: bool, encoding: str) -> IO[str]:
    if zipped:
        return gzip.open(path, "xt", encoding=encoding, newline="")
    return path.open("x", encoding=encoding, newline="")


def _parts(records: Iterator[Record]) -> Iterator[list[Record]]:
    part: list[Record] = []
    for record in records:
        part.append(record)
        if len(part) == _ROWS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _score(
    part: Sequence[Record],
    table: TextTable,
    engine: SentimentEngine,
    tally: Tally,
    *,
    skip_first: bool,
) -> list[Score | None]:
    """The score of each row, None for one without a text."""
    rows = [record.cells for record in part if record.cells][int(skip_first) :]
    raw = [cells[table.column] if len(cells) > table.column else "" for cells in rows]
    texts = [prepare_text(text) for text in raw]
    tally.rows += len(texts)
    tally.blank += sum(not text for text in texts)
    tally.cut += sum(len(text) > MAX_CHARACTERS for text in raw)
    scores = iter(engine.score([text for text in texts if text]) if any(texts) else ())
    return [next(scores) if text else None for text in texts]


def _cells(score: Score | None, engine: SentimentEngine) -> tuple[str, ...]:
    if score is None:
        return ("",) * len(SCORE_COLUMNS)
    numbers = (score.positive, score.negative, score.neutral, score.score)
    return (score.label, *(f"{number:.9g}" for number in numbers), engine.name, engine.version)


def _line(record: Record, table: TextTable, cells: Sequence[str], ending: str) -> str:
    added = io.StringIO()
    csv.writer(added, delimiter=table.delimiter, lineterminator="").writerow(cells)
    missing = table.delimiter * (table.width - len(record.cells))
    return f"{record.written}{missing}{table.delimiter}{added.getvalue()}{ending}"
