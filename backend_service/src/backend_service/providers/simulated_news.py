"""Invented headlines about invented symbols, made from what their candles have done."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from backend_service.market_data.candles import Candles, Floats
from backend_service.providers.news import NewsAnswer, NewsItem, NewsProviderName
from backend_service.providers.simulated import CATALOGUE
from backend_service.providers.simulated_sentences import (
    COMPANIES,
    Mood,
    reword,
    write_headline,
)
from backend_service.telemetry.source_watch import SourceWatch

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.telemetry.metrics import Metrics

CandlesOf = Callable[[str], Awaitable[Candles]]
"""The daily candles of a simulated symbol; raises a GatewayError where there are none."""

CANDLES_LIMIT: Final = 400
SOURCE: Final = "Simulated wire"
_METRIC: Final = "simulated-news"
_SYMBOLS: Final = frozenset(listing.symbol for listing in CATALOGUE)
_DAY: Final = timedelta(days=1)
_VOLATILITY_CANDLES: Final = 20
_QUIET: Final = 0.35
"""Moves of less than so many standard deviations are called flat."""
_STRONG: Final = 1.5
_WRAP_SHARE: Final = 0.55
"""Share of ordinary sessions whose move is written about; strong ones are in nine of ten."""
_STRONG_WRAP_SHARE: Final = 0.9
_NOISE_SHARE: Final = 0.18
_DUPLICATE_SHARE: Final = 0.12
_NOISE: Final[tuple[Mood, ...]] = ("plain", "plain", "good", "bad")


class SimulatedNewsProvider:
    """Headlines of the simulated wire about simulated symbols.

    Most tell what the last session did, some tell of things that moved nothing, some come twice in
    other words, and on many days there is nothing. What is written about a candle is known from it
    and those before it, and dated at the end of its day or later, so that no headline knows the
    future. The same symbol and candles always give the same headlines.

    Parameters
    ----------
    candles_of : CandlesOf
        Where the candles come from; the last 400 are written about.
    clock : Clock
        Headlines dated after it are left out.
    metrics : Metrics
        Where questions are counted.
    """

    provider: NewsProviderName = "simulated"
    name = SOURCE
    refresh_seconds = 3600.0

    def __init__(self, candles_of: CandlesOf, clock: Clock, metrics: Metrics) -> None:
        self._watch = SourceWatch(_METRIC, metrics, clock)
        self._candles_of = candles_of
        self._clock = clock

    def offers(self, symbol: str) -> bool:
        return symbol in _SYMBOLS

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del last_modified
        with self._watch.question():
            return await self._fetch(symbol, etag)

    async def _fetch(self, symbol: str, etag: str | None) -> NewsAnswer:
        candles = await self._candles_of(symbol)
        now = self._clock()
        # Headlines of the last session appear in the course of the next day.
        state = f'"{candles.data_hash[:32]}-{now:%Y%m%d%H}"'
        if etag == state:
            return NewsAnswer((), etag, not_modified=True)
        items = await asyncio.to_thread(write_news, symbol, candles)
        known = tuple(item for item in items if item.published_at <= now)
        return NewsAnswer(known, state)


def write_news(symbol: str, candles: Candles) -> tuple[NewsItem, ...]:
    """Headlines about the last 400 of `candles`, newest first.

    Parameters
    ----------
    symbol : str
        A simulated one.
    candles : Candles
        Daily; their day ends at the next 00:00 UTC.
    """
    moves = np.diff(np.log(candles.close), prepend=np.log(candles.close[0]))
    first = max(len(candles) - CANDLES_LIMIT, _VOLATILITY_CANDLES + 1)
    items = [
        item
        for index in range(first, len(candles))
        for item in _report(symbol, candles, moves, index)
    ]
    return tuple(sorted(items, key=lambda item: item.published_at, reverse=True))


def _report(symbol: str, candles: Candles, moves: Floats, index: int) -> Iterator[NewsItem]:
    """Headlines about one candle, from it and the 20 before it."""
    day = datetime.fromtimestamp(int(candles.time[index]), UTC)
    rng = _make_rng(symbol, day)
    volatility = float(np.std(moves[index - _VOLATILITY_CANDLES : index])) or 1.0
    strength = float(moves[index]) / volatility
    company = COMPANIES.get(symbol, symbol)
    percent = float(np.expm1(moves[index])) * 100
    end = day + _DAY
    if rng.random() < (_STRONG_WRAP_SHARE if abs(strength) >= _STRONG else _WRAP_SHARE):
        headline = write_headline(company, _name_mood(strength), percent, rng)
        yield NewsItem(headline, end, "time", SOURCE, None)
        if rng.random() < _DUPLICATE_SHARE:
            yield NewsItem(reword(headline), _later(end, rng), "time", SOURCE, None)
    if rng.random() < _NOISE_SHARE:
        mood = _NOISE[int(rng.integers(len(_NOISE)))]
        headline = write_headline(company, mood, percent, rng)
        yield NewsItem(headline, _later(end, rng), "time", SOURCE, None)


def _name_mood(strength: float) -> Mood:
    if abs(strength) < _QUIET:
        return "flat"
    if strength > 0:
        return "surge" if strength >= _STRONG else "rise"
    return "slump" if strength <= -_STRONG else "fall"


def _later(end: datetime, rng: np.random.Generator) -> datetime:
    return end + timedelta(minutes=int(rng.integers(5, 12 * 60)))


def _make_rng(symbol: str, day: datetime) -> np.random.Generator:
    digest = hashlib.sha256(f"{symbol} {day:%Y-%m-%d}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))
