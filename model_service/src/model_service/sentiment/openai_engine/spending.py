"""What each day has cost, shared by the threads and processes of a machine.

Money is reserved before a request, for the most that it should cost, and settled after it. What
is reserved counts as spent, so neither requests at the same time nor a process that dies between
the two can pass the cap.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from model_service.errors import SentimentUnavailable

_TIMEOUT_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS days (
    day TEXT NOT NULL PRIMARY KEY, spent_usd REAL NOT NULL CHECK (spent_usd >= 0)
) STRICT
"""
# Sums of decimal fractions are off by far less than this.
_ROUNDING_USD = 1e-9


@dataclass(frozen=True)
class Reservation:
    """Money set aside on a day."""

    day: str
    usd: float


class DailySpending:
    """Spending of each UTC day, in an SQLite file.

    Parameters
    ----------
    path : Path
        Made with its folder where it is missing.
    budget_usd : float
        What may be spent in one day.
    clock : callable
        Time with its zone.
    remark : str, optional
        What a refusal tells beside the cap.
    """

    def __init__(
        self,
        path: Path,
        budget_usd: float,
        clock: Callable[[], dt.datetime],
        *,
        remark: str = "",
    ) -> None:
        self._path = path
        self._budget_usd = budget_usd
        self._clock = clock
        self._remark = remark

    def reserve(self, usd: float) -> Reservation:
        """Set money aside for requests that are about to be sent.

        Raises
        ------
        SentimentUnavailable
            If it would pass the cap of the day, or what was spent cannot be read: an unreadable
            file counts as a cap that is reached.
        """
        now = self._clock().astimezone(dt.UTC)
        reservation = Reservation(now.date().isoformat(), usd)
        with self._transaction() as connection:
            spent = _read_spent(connection, reservation.day)
            if spent + usd > self._budget_usd + _ROUNDING_USD:
                raise self._refusal(spent, usd, now.date())
            _write_spent(connection, reservation.day, spent + usd)
        return reservation

    def settle(self, reservation: Reservation, usd: float) -> None:
        """Book what a request has cost in place of what was set aside for it.

        Raises
        ------
        SentimentUnavailable
            If the file cannot be read or written; the reservation then stays booked.
        """
        with self._transaction() as connection:
            spent = _read_spent(connection, reservation.day)
            _write_spent(connection, reservation.day, max(spent - reservation.usd + usd, 0.0))

    def spent_today(self) -> float:
        """US dollars that are spent or set aside on the clock's day.

        Raises
        ------
        SentimentUnavailable
            If the file cannot be read.
        """
        with self._transaction() as connection:
            return _read_spent(connection, self._clock().astimezone(dt.UTC).date().isoformat())

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
            raise SentimentUnavailable(
                f"The openai engine cannot read or write {self._path.name}, its record of what was"
                " spent today, and spends nothing without it."
            ) from None

    def _refusal(self, spent: float, usd: float, today: dt.date) -> SentimentUnavailable:
        resets = (today + dt.timedelta(days=1)).isoformat()
        return SentimentUnavailable(
            f"The request may cost {usd:.4f} USD, and {spent:.4f} of the openai engine's"
            f" {self._budget_usd:.2f} USD a day are spent or set aside; the cap resets at"
            f" {resets}T00:00:00Z.{self._remark}",
            limit=self._budget_usd,
        )


class Allowance:
    """Money for one batch of texts, through all attempts to have it scored.

    Parameters
    ----------
    spending : DailySpending
    reservation : Reservation
        What the first attempt may cost; each later one may cost as much.
    """

    def __init__(self, spending: DailySpending, reservation: Reservation) -> None:
        self._spending = spending
        self._bound_usd = reservation.usd
        self._held: Reservation | None = reservation

    def ensure(self) -> None:
        """Have money for one more request.

        Raises
        ------
        SentimentUnavailable
            If the cap of the day does not allow it.
        """
        if self._held is None:
            self._held = self._spending.reserve(self._bound_usd)

    def book(self, usd: float | None) -> None:
        """Book what the request has cost; None, where nobody knows, is all that was set aside."""
        if self._held is not None and usd is not None:
            self._spending.settle(self._held, usd)
        self._held = None

    def release(self) -> None:
        """Give back what no request was sent for."""
        self.book(0.0)


def _read_spent(connection: sqlite3.Connection, day: str) -> float:
    row = connection.execute("SELECT spent_usd FROM days WHERE day = ?", (day,)).fetchone()
    return float(row[0]) if row else 0.0


def _write_spent(connection: sqlite3.Connection, day: str, usd: float) -> None:
    connection.execute(
        "INSERT INTO days VALUES (?, ?)"
        " ON CONFLICT (day) DO UPDATE SET spent_usd = excluded.spent_usd",
        (day, usd),
    )
