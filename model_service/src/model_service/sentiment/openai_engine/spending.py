"""What each day has cost, shared by all who have the same book.

Money is reserved before a request, for the most that it should cost, and settled after it. What
is reserved counts as spent, so neither requests at the same time nor a process that dies between
the two can pass the cap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from model_service.errors import SentimentUnavailable
from model_service.sentiment.openai_engine.books import SpendingBook

# Sums of decimal fractions are off by far less than this.
_ROUNDING_USD = 1e-9


@dataclass(frozen=True)
class Reservation:
    """Money set aside on a day."""

    day: str
    usd: float


class DailySpending:
    """Spending of each UTC day.

    Parameters
    ----------
    book : SpendingBook
    budget_usd : float
        What may be spent in one day.
    clock : callable
        Time with its zone.
    remark : str, optional
        What a refusal tells beside the cap.
    """

    def __init__(
        self,
        book: SpendingBook,
        budget_usd: float,
        clock: Callable[[], dt.datetime],
        *,
        remark: str = "",
    ) -> None:
        self._book = book
        self._budget_usd = budget_usd
        self._clock = clock
        self._remark = remark

    def reserve(self, usd: float) -> Reservation:
        """Set money aside for requests that are about to be sent.

        Raises
        ------
        SentimentUnavailable
            If it would pass the cap of the day, or what was spent cannot be read: an unreadable
            book counts as a cap that is reached.
        """
        now = self._clock().astimezone(dt.UTC)
        reservation = Reservation(now.date().isoformat(), usd)

        def add(spent: float) -> float:
            if spent + usd > self._budget_usd + _ROUNDING_USD:
                raise self._refusal(spent, usd, now.date())
            return spent + usd

        self._book.change(reservation.day, add)
        return reservation

    def settle(self, reservation: Reservation, usd: float) -> None:
        """Book what a request has cost in place of what was set aside for it.

        Raises
        ------
        SentimentUnavailable
            If the book cannot be read or written; the reservation then stays booked.
        """
        self._book.change(reservation.day, lambda spent: max(spent - reservation.usd + usd, 0.0))

    def spent_today(self) -> float:
        """US dollars that are spent or set aside on the clock's day.

        Raises
        ------
        SentimentUnavailable
            If the book cannot be read.
        """
        return self._book.read(self._clock().astimezone(dt.UTC).date().isoformat())

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
