"""What is shown of news and sentiment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.errors import NotReady

if TYPE_CHECKING:
    from backend_service.answers import Answer


class NewsService:
    """Answers with headlines and their sentiment."""

    async def headlines(self, symbol: str, days: int, as_of: str | None) -> Answer:
        """The headlines of a window as JSON (schema ``NewsResponse``)."""
        raise NotReady(f"News of {symbol} is not stored yet.", {})

    async def sentiment(self, symbol: str, days: int, as_of: str | None) -> Answer:
        """The sentiment of a window as JSON (schema ``SentimentHistory``)."""
        raise NotReady(f"News of {symbol} is not stored yet.", {})
