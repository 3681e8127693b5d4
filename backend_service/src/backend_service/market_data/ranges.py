"""Times as a person reads and writes them, and the limits of a range made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from backend_service.errors import InvalidRequest

_EPOCH: Final = re.compile(r"-?[0-9]{1,12}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EARLIEST: Final = -62_135_596_800
_LATEST: Final = 253_402_300_799


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Candle times from `start` to `end`, both inclusive; None is open. Epoch seconds UTC."""

    start: int | None = None
    end: int | None = None


def read_range(start: str | None, end: str | None) -> TimeRange:
    """The range that a query means.

    Parameters
    ----------
    start, end : str or None
        Epoch seconds or ``YYYY-MM-DD``; an end given as a date includes that whole day.

    Raises
    ------
    InvalidRequest
        A limit that is neither, or a start after the end.
    """
    limits = TimeRange(
        _read_moment(start, "start", ends_day=False), _read_moment(end, "end", ends_day=True)
    )
    if limits.start is not None and limits.end is not None and limits.start > limits.end:
        raise InvalidRequest(f"`start` ({start}) is after `end` ({end}).", field="start")
    return limits


def write_moment(seconds: int, interval: str) -> str:
    """A candle time (epoch seconds UTC) for a reader.

    ``YYYY-MM-DD`` where candles span days or weeks, else RFC 3339.
    """
    moment = datetime.fromtimestamp(seconds, UTC)
    if interval.endswith(("d", "w")):
        return moment.date().isoformat()
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_moment(text: str | None, field: str, *, ends_day: bool) -> int | None:
    if text is None:
        return None
    if _EPOCH.fullmatch(text) and _EARLIEST <= int(text) <= _LATEST:
        return int(text)
    if _DATE.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            pass
        else:
            midnight = int(datetime.combine(day, time(), UTC).timestamp())
            last_second = int(timedelta(days=1).total_seconds()) - 1
            return midnight + last_second if ends_day else midnight
    raise InvalidRequest(
        f"`{field}` is neither epoch seconds nor a date such as 2017-12-31.", field=field
    )
