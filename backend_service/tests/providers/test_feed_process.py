"""Feeds read in a process of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.feed_documents import read_feed
from backend_service.providers.feed_process import read_feed_apart

pytestmark = pytest.mark.anyio

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
URL = "https://example.com/rss"
FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Wire</title>
<item><title>Größe zählt \u2014 \U0001f4c8</title><link>/1</link>
<pubDate>Mon, 06 Jan 2020 10:15:00 GMT</pubDate></item>
<item><title>Undated by hour</title><pubDate>2020-01-07</pubDate></item>
</channel></rss>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_it_says_what_reading_here_says(encoding: str) -> None:
    document = FEED.replace("utf-8", encoding).encode(encoding)
    here = read_feed(document, "application/rss+xml", URL, NOW)
    assert len(here) == 2
    assert await read_feed_apart(document, "application/rss+xml", URL, NOW) == here


async def test_a_refusal_arrives_in_its_own_words() -> None:
    with pytest.raises(ProviderBadAnswer, match=r"example\.com gave something that is neither RSS"):
        await read_feed_apart(b"<html/>", "text/html", URL, NOW)


async def test_an_empty_document_is_refused() -> None:
    with pytest.raises(ProviderBadAnswer, match=r"example\.com"):
        await read_feed_apart(b"", "", URL, NOW)
