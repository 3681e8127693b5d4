"""Invented headlines about invented symbols."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from backend_service.market_data.candles import Candles
from backend_service.providers.news import NewsAnswer, NewsProviderName
from backend_service.providers.simulated import CATALOGUE

if TYPE_CHECKING:
    from backend_service.clock import Clock

CandlesOf = Callable[[str], Awaitable[Candles]]
"""The daily candles of a simulated symbol."""


class SimulatedNewsProvider:
    """Headlines made from what simulated candles have done; signature first."""

    provider: NewsProviderName = "simulated"
    name = "Simulated wire"
    refresh_seconds = 3600.0

    def __init__(self, candles_of: CandlesOf, clock: Clock) -> None:
        self._candles_of = candles_of
        self._clock = clock

    def offers(self, symbol: str) -> bool:
        return any(listing.symbol == symbol for listing in CATALOGUE)

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del symbol, etag, last_modified
        return NewsAnswer(items=())
