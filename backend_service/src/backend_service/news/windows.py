"""Windows of time that end at a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from backend_service.errors import InvalidRequest

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})"
)
_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """From the beginning of a day (UTC) to a moment, both inclusive."""

    start: datetime
    end: datetime
    days: int


def read_as_of(text: str | None) -> datetime | None:
    """The moment that `as_of` means, UTC; a date includes that whole day.

    Raises
    ------
    InvalidRequest
        It is neither a date nor RFC 3339 with a zone.
    """
    if text is None:
        return None
    # An unescaped plus arrives as a space.
    text = re.sub(r" (\d{2}:\d{2})$", r"+\1", text.strip())
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InvalidRequest(
        "`as_of` is neither a date such as 2019-12-31 nor RFC 3339 such as 2019-12-31T21:00:00Z.",
        field="as_of",
    )


def end_at(as_of: datetime, days: int) -> Window:
    """The window of the day of `as_of` up to then, and `days` whole days before it."""
    as_of = max(as_of, _EARLIEST)
    midnight = datetime.combine(as_of.date(), time(), UTC)
    room = (midnight - datetime.min.replace(tzinfo=UTC)).days
    return Window(midnight - timedelta(days=min(days, room)), as_of, days)
