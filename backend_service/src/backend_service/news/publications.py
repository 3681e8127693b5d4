"""Times of publication as files write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from backend_service.providers.news import Precision

_DAY: Final = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})")
_EPOCH: Final = re.compile(r"-?\d{9,10}|-?\d{12,13}")
_TIMED: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*([Zz]|UTC|[+-]\d{2}:?\d{2})?"
)
_MIDNIGHT: Final = time()


def read_publication(text: str) -> tuple[datetime, Precision, bool] | None:
    """When something was published, UTC, and whether that is a date written as a midnight.

    A midnight without a zone is taken for a date: many programs write dates so, and a headline
    that counts a session late does less harm than one that counts a session early.

    Returns
    -------
    (datetime, {'time', 'date'}, bool) or None
        None where `text` has none of the forms.

    Raises
    ------
    ValueError, OverflowError, OSError
        There is no such day or hour.
    """
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1_000 if len(text.lstrip("-")) > 10 else 1)
        moment = datetime.fromtimestamp(seconds, UTC)
        is_midnight = moment.time() == _MIDNIGHT
        return moment, "date" if is_midnight else "time", is_midnight
    day = _DAY.fullmatch(text)
    if day is not None:
        found = date(int(day[1]), int(day[2]), int(day[3]))
        return datetime.combine(found, _MIDNIGHT, UTC), "date", False
    timed = _TIMED.fullmatch(text)
    if timed is None:
        return None
    zone = (timed[3] or "").upper().replace("UTC", "+00:00").replace("Z", "+00:00")
    moment = datetime.fromisoformat(f"{timed[1]}T{timed[2]}{zone}")
    if zone:
        return moment.astimezone(UTC), "time", False
    is_midnight = moment.time() == _MIDNIGHT
    return moment.replace(tzinfo=UTC), "date" if is_midnight else "time", is_midnight
