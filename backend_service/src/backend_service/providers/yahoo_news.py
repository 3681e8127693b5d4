"""Headlines of Yahoo Finance through yfinance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.errors import ProviderUnavailable
from backend_service.providers.news import NewsAnswer, NewsProviderName

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.settings import Settings
    from backend_service.telemetry import Metrics


class YahooNewsProvider:
    """Headlines of Yahoo Finance; signature first, the asking follows."""

    provider: NewsProviderName = "yahoo"
    name = "Yahoo Finance"

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self.refresh_seconds = settings.news_refresh_seconds
        self._clock = clock
        self._errors = metrics.provider_errors

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith("SIM-")

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del symbol, etag, last_modified
        raise ProviderUnavailable("Yahoo Finance is not asked for news yet.")
