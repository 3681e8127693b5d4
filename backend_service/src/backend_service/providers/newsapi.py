"""Headlines of NewsAPI (newsapi.org)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.errors import ProviderUnavailable
from backend_service.providers.news import NewsAnswer, NewsProviderName

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.settings import Settings
    from backend_service.telemetry import Metrics


class NewsApiProvider:
    """Headlines of newsapi.org; signature first, the asking follows."""

    provider: NewsProviderName = "newsapi"
    name = "NewsAPI"

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self.refresh_seconds = settings.newsapi_refresh_seconds
        self._clock = clock
        self._errors = metrics.provider_errors

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith("SIM-")

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del symbol, etag, last_modified
        raise ProviderUnavailable("NewsAPI is not asked for news yet.")
