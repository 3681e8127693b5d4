"""Sources of headlines for tests, at the gateway's own seam."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gateway_fakes import MONDAY

from backend_service.news.items import Headline, to_headline
from backend_service.providers.news import NewsAnswer, NewsItem, NewsProviderName, Precision

if TYPE_CHECKING:
    from collections.abc import Sequence


def make_item(
    headline: str,
    published_at: datetime = MONDAY - timedelta(hours=2),
    precision: Precision = "time",
    source: str = "Reuters",
    url: str | None = None,
) -> NewsItem:
    return NewsItem(headline, published_at, precision, source, url)


def make_headline(
    text: str, published_at: datetime = MONDAY, symbol: str = "NHPC", precision: Precision = "time"
) -> Headline:
    headline = to_headline(symbol, "feed", make_item(text, published_at, precision))
    assert headline is not None
    return headline


@dataclass
class FakeNewsProvider:
    """Answers as a test says.

    Attributes
    ----------
    items : sequence of NewsItem
        What it brings.
    failure : Exception or None
        Raised instead.
    gate : asyncio.Event or None
        It hangs until this is set.
    asked : list
        Symbol, entity tag and date of every question.
    """

    name: str = "Wire"
    items: Sequence[NewsItem] = ()
    provider: NewsProviderName = "feed"
    refresh_seconds: float = 900.0
    failure: Exception | None = None
    gate: asyncio.Event | None = None
    etag: str | None = None
    not_modified: bool = False
    only: str | None = None
    asked: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    cancelled: bool = False

    def offers(self, symbol: str) -> bool:
        return self.only is None or symbol == self.only

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        self.asked.append((symbol, etag, last_modified))
        if self.gate is not None:
            try:
                await self.gate.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        if self.failure is not None:
            raise self.failure
        if self.not_modified:
            return NewsAnswer((), not_modified=True)
        return NewsAnswer(tuple(self.items), etag=self.etag)
