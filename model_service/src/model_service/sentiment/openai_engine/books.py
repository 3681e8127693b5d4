"""Where it is written down what each day has cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from model_service.errors import SentimentUnavailable

_TIMEOUT_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS days (
    day TEXT NOT NULL PRIMARY KEY, spent_usd REAL NOT NULL CHECK (spent_usd >= 0)
) STRICT
"""


class SpendingBook(Protocol):
    """US dollars of each UTC day, shared by all who have the book."""

    def read(self, day: str) -> float:
        """What a day has cost.

        Raises
        ------
        SentimentUnavailable
            If the book cannot be read; nobody may then spend anything.
        """

    def change(self, day: str, change: Callable[[float], float]) -> None:
        """Write what `change` makes of what a day has cost; nobody else writes in between.

        Raises
        ------
        SentimentUnavailable
            If the book cannot be written, or what `change` raises; nothing is written then.
        """


class FileBook:
    """A book in an SQLite file, for the processes of one machine.

    Parameters
    ----------
    path : Path
        Made with its folder where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, day: str) -> float:
        with self._transaction() as connection:
            return _read(connection, day)

    def change(self, day: str, change: Callable[[float], float]) -> None:
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO days VALUES (?, ?)"
                " ON CONFLICT (day) DO UPDATE SET spent_usd = excluded.spent_usd",
                (day, change(_read(connection, day))),
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection each time: threads need not share one, and a file that was removed by hand
        # is made anew.
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(
                sqlite3.connect(self._path, timeout=_TIMEOUT_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_SCHEMA)
                yield connection
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError):
            raise refuse_without(self._path.name) from None


def refuse_without(book: str) -> SentimentUnavailable:
    """The refusal of whoever would spend without knowing what was spent."""
    return SentimentUnavailable(
        f"The openai engine cannot read or write {book}, its record of what was spent today, and "
        "spends nothing without it."
    )


def _read(connection: sqlite3.Connection, day: str) -> float:
    row = connection.execute("SELECT spent_usd FROM days WHERE day = ?", (day,)).fetchone()
    return float(row[0]) if row else 0.0
