"""Headlines of RSS and Atom feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.errors import ProviderUnavailable
from backend_service.providers.news import NewsAnswer, NewsProviderName

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.settings import Settings
    from backend_service.telemetry import Metrics


class FeedProvider:
    """Headlines of one feed, an entry of `settings.news_feeds`; signature first."""

    provider: NewsProviderName = "feed"

    def __init__(self, template: str, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self.refresh_seconds = settings.news_refresh_seconds
        self.name = template
        self._clock = clock
        self._errors = metrics.provider_errors

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith("SIM-")

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del symbol, etag, last_modified
        raise ProviderUnavailable("The feed is not asked for news yet.")
