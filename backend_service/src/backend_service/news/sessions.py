"""From which candle on a headline may be used.

A decision at a candle sees what was known before that candle's close. A headline that is counted
one candle too early makes an agent look clairvoyant, one that is counted late merely makes it
slow; so wherever something is not known, the later candle is taken.
"""

from __future__ import annotations

import asyncio
import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

import exchange_calendars
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend_service.market_data.candles import Ints
    from backend_service.market_data.series import SeriesHead
    from backend_service.providers.news import Precision

_DAY: Final = 86_400
_UNITS: Final = {"s": 1, "m": 60, "h": 3_600}
_FIRST_SESSION: Final = "1997-01-01"
"""From here on all of these calendars are known; what was published before counts from there."""
_CALENDARS: Final = {
    "Africa/Johannesburg": "XJSE",
    "America/Argentina/Buenos_Aires": "XBUE",
    "America/Buenos_Aires": "XBUE",
    "America/Mexico_City": "XMEX",
    "America/New_York": "XNYS",
    "America/Santiago": "XSGO",
    "America/Sao_Paulo": "BVMF",
    "America/Toronto": "XTSE",
    "Asia/Bangkok": "XBKK",
    "Asia/Calcutta": "XBOM",
    "Asia/Hong_Kong": "XHKG",
    "Asia/Jakarta": "XIDX",
    "Asia/Karachi": "XKAR",
    "Asia/Kolkata": "XBOM",
    "Asia/Kuala_Lumpur": "XKLS",
    "Asia/Manila": "XPHS",
    "Asia/Seoul": "XKRX",
    "Asia/Shanghai": "XSHG",
    "Asia/Singapore": "XSES",
    "Asia/Taipei": "XTAI",
    "Asia/Tokyo": "XTKS",
    "Atlantic/Reykjavik": "XICE",
    "Australia/Sydney": "XASX",
    "Europe/Amsterdam": "XAMS",
    "Europe/Berlin": "XETR",
    "Europe/Brussels": "XBRU",
    "Europe/Budapest": "XBUD",
    "Europe/Copenhagen": "XCSE",
    "Europe/Dublin": "XDUB",
    "Europe/Helsinki": "XHEL",
    "Europe/Istanbul": "XIST",
    "Europe/Lisbon": "XLIS",
    "Europe/London": "XLON",
    "Europe/Madrid": "XMAD",
    "Europe/Oslo": "XOSL",
    "Europe/Paris": "XPAR",
    "Europe/Prague": "XPRA",
    "Europe/Rome": "XMIL",
    "Europe/Stockholm": "XSTO",
    "Europe/Vienna": "XWBO",
    "Europe/Warsaw": "XWAR",
    "Europe/Zurich": "XSWX",
    "Pacific/Auckland": "XNZE",
}
"""Zones that Yahoo names for exchanges, and the calendar that most candles of each follow.

New York's exchanges keep the same days, as do Bombay's.
"""


class CandleTiming(Protocol):
    """Tells when headlines become usable, on the clock of a series' candles."""

    def counts_from(self, published_at: datetime, precision: Precision) -> int:
        """Time of the first candle that may use a headline, epoch seconds UTC.

        Never a candle whose decision is made before the publication; a later publication never
        counts from an earlier candle.
        """
        ...

    def close_of(self, candle: int) -> datetime:
        """When the candle of that time closes, as far as is known."""
        ...


class UnknownDays:
    """Daily candles of an exchange that is not known.

    No exchange on earth closes the session of a date before 00:00 UTC of that date, so what was
    published by then may be used, and what was published during a date counts from the next.
    """

    def counts_from(self, published_at: datetime, precision: Precision) -> int:
        midnight = _midnight(published_at)
        if precision == "time" and published_at.timestamp() == midnight:
            return midnight
        return midnight + _DAY

    def close_of(self, candle: int) -> datetime:
        return _moment(candle + _DAY - 1)


@dataclass(frozen=True)
class ExchangeDays:
    """Daily candles of an exchange with a known calendar, early closes included.

    Attributes
    ----------
    dates : sequence of int
        00:00 UTC of every session date, epoch seconds.
    closes : sequence of int
        When each session closes.
    """

    dates: Sequence[int]
    closes: Sequence[int]

    def counts_from(self, published_at: datetime, precision: Precision) -> int:
        if precision == "time":
            place = bisect_right(self.closes, published_at.timestamp())
        else:
            place = bisect_right(self.dates, _midnight(published_at))
        if place == len(self.dates):  # beyond what the calendar knows
            return UnknownDays().counts_from(published_at, precision)
        return self.dates[place]

    def close_of(self, candle: int) -> datetime:
        place = bisect_left(self.dates, candle)
        if place < len(self.dates) and self.dates[place] == candle:
            return _moment(self.closes[place])
        return UnknownDays().close_of(candle)


@dataclass(frozen=True)
class Intraday:
    """Candles within the day: one may use what was published by its own time.

    Attributes
    ----------
    times : int64 array
        Times of the candles, strictly increasing.
    step_seconds : int
        Their spacing.
    zone : ZoneInfo or None
        Of the exchange: there a date ends.
    """

    times: Ints
    step_seconds: int
    zone: ZoneInfo | None

    def counts_from(self, published_at: datetime, precision: Precision) -> int:
        known_by = math.ceil(published_at.timestamp())
        if precision == "date":
            next_day = published_at.astimezone(UTC).date() + timedelta(days=1)
            ends = [datetime.combine(next_day, time(), zone) for zone in (UTC, self.zone) if zone]
            known_by = max(math.ceil(end.timestamp()) for end in ends)
        place = int(np.searchsorted(self.times, known_by))
        if place < len(self.times):
            return int(self.times[place])
        # The candle is still to come; it stands on the same grid as the last one.
        last = int(self.times[-1])
        return last + self.step_seconds * math.ceil((known_by - last) / self.step_seconds)

    def close_of(self, candle: int) -> datetime:
        return _moment(candle + self.step_seconds)


def is_intraday(interval: str) -> bool:
    """Whether candles of that spacing lie within the day."""
    return interval[-1] in _UNITS


async def daily_timing(head: SeriesHead | None) -> CandleTiming:
    """The timing of daily (or longer) candles; None is a series that is not known."""
    name = _CALENDARS.get(head.timezone or "") if head is not None else None
    # Working out a calendar takes a quarter of a second, once.
    return await asyncio.to_thread(_load_calendar, name) if name is not None else UnknownDays()


def intraday_timing(head: SeriesHead, times: Ints) -> CandleTiming:
    """The timing of candles within the day, which stand at `times`."""
    step = int(head.interval[:-1]) * _UNITS[head.interval[-1]]
    return Intraday(times, step, _read_zone(head.timezone))


@lru_cache(maxsize=len(_CALENDARS))
def _load_calendar(name: str) -> ExchangeDays:
    closes = exchange_calendars.get_calendar(name, start=_FIRST_SESSION).closes
    dates = closes.index.to_numpy().astype("datetime64[s]").astype(np.int64)
    times = closes.dt.tz_convert(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    return ExchangeDays(dates.tolist(), times.tolist())


def _read_zone(name: str | None) -> ZoneInfo | None:
    if name is None or not re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)+", name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _midnight(moment: datetime) -> int:
    seconds = math.floor(moment.timestamp())
    return seconds - seconds % _DAY


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
