"""A feed that is asked again and again, and the ways in which it fails."""

from __future__ import annotations

import asyncio
import gzip
import time
from typing import TYPE_CHECKING

import pytest
from gateway_fakes import FakeClock
from pydantic import ValidationError
from small_web import Page, SmallWeb, serve_small_web

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.feeds import FeedProvider, describe_feed, make_feed_providers
from backend_service.settings import Settings
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.anyio

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>AAPL rises</title><link>https://example.com/1</link>
<pubDate>Mon, 06 Jan 2020 10:15:00 GMT</pubDate></item></channel></rss>"""


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with serve_small_web() as server:
        server.pages["/rss"] = Page(FEED, headers={"Content-Type": "application/rss+xml"})
        yield server


def make_provider(
    settings: Settings, template: str, metrics: Metrics | None = None, seconds: float = 5
) -> FeedProvider:
    changed = settings.model_copy(
        update={"news_allowed_hosts": ("127.0.0.1",), "news_budget_seconds": seconds}
    )
    return FeedProvider(template, changed, FakeClock(), metrics or Metrics())


@pytest.fixture
def provider(web: SmallWeb, settings: Settings) -> FeedProvider:
    return make_provider(settings, web.url + "/rss?s={symbol}")


async def test_the_feed_of_a_symbol_is_read(web: SmallWeb, provider: FeedProvider) -> None:
    answer = await provider.fetch("M&M.NS", etag=None, last_modified=None)
    assert [item.headline for item in answer.items] == ["AAPL rises"]
    assert web.asked[0].path == "/rss?s=M%26M.NS"
    assert (answer.etag, answer.last_modified, answer.not_modified) == (None, None, False)
    assert provider.offers("AAPL")
    assert not provider.offers("SIM-CALM")


async def test_an_unchanged_feed_is_not_sent_again(web: SmallWeb, provider: FeedProvider) -> None:
    headers = {"ETag": '"one"', "Last-Modified": "Mon, 06 Jan 2020 10:15:00 GMT"}
    web.pages["/rss"] = Page(FEED, headers=headers)
    first = await provider.fetch("AAPL", etag=None, last_modified=None)
    assert (first.etag, first.last_modified) == tuple(headers.values())
    again = await provider.fetch("AAPL", etag=first.etag, last_modified=first.last_modified)
    assert again.not_modified
    assert (again.items, again.etag) == ((), '"one"')
    assert web.asked[1].headers["if-modified-since"] == headers["Last-Modified"]


async def test_validators_of_any_length_and_letters_do_no_harm(
    web: SmallWeb, provider: FeedProvider
) -> None:
    web.pages["/rss"] = Page(FEED, headers={"ETag": '"' + "x" * 500 + '"'})
    answer = await provider.fetch("AAPL", etag='"\xe4"', last_modified=None)
    assert answer.etag is None
    with pytest.raises(ProviderBadAnswer):
        await provider.fetch("AAPL", etag='"a\r\nX: y"', last_modified=None)


async def test_packed_feeds_are_read_and_bombs_refused(
    web: SmallWeb, provider: FeedProvider
) -> None:
    packed = {"Content-Encoding": "gzip"}
    web.pages["/rss"] = Page(gzip.compress(FEED), headers=packed)
    assert len((await provider.fetch("AAPL", etag=None, last_modified=None)).items) == 1
    web.pages["/rss"] = Page(gzip.compress(b" " * 40_000_000), headers=packed)
    with pytest.raises(ProviderBadAnswer, match="5,242,880 bytes"):
        await provider.fetch("AAPL", etag=None, last_modified=None)


@pytest.mark.parametrize(
    ("page", "kind", "words"),
    [
        (Page(b"<html>hello</html>"), ProviderBadAnswer, "neither RSS nor Atom"),
        (Page(b'<!DOCTYPE r [<!ENTITY a "b">]><r/>'), ProviderBadAnswer, "declares entities"),
        (
            Page(status=302, headers={"Location": "http://192.168.1.1/rss"}),
            ProviderBadAnswer,
            "192.168.1.1 is not a public host",
        ),
        (Page(status=404), ProviderUnavailable, "status 404"),
        (Page(status=429), ProviderUnavailable, "limits"),
        (Page(status=503), ProviderUnavailable, "503"),
        (Page(hang=True), ProviderUnavailable, "within"),
    ],
)
async def test_failures_are_clear_and_counted(
    web: SmallWeb, settings: Settings, page: Page, kind: type[ProviderError], words: str
) -> None:
    metrics = Metrics()
    provider = make_provider(settings, web.url + "/rss?s={symbol}&key=hidden", metrics, 0.5)
    web.pages["/rss"] = page
    with pytest.raises(kind, match=words) as caught:
        await provider.fetch("AAPL", etag=None, last_modified=None)
    assert "hidden" not in caught.value.detail
    labels = {"source": "feed", "kind": kind.slug}
    name = "bellwether_provider_errors_total"
    assert metrics.registry.get_sample_value(name, labels) == 1


async def test_a_feed_in_a_private_network_is_refused_unless_allowed(
    web: SmallWeb, settings: Settings
) -> None:
    provider = FeedProvider(web.url + "/rss?s={symbol}", settings, FakeClock(), Metrics())
    with pytest.raises(ProviderBadAnswer, match="not a public host"):
        await provider.fetch("AAPL", etag=None, last_modified=None)
    assert web.asked == []


async def test_other_work_goes_on_while_a_large_feed_is_read(
    web: SmallWeb, provider: FeedProvider
) -> None:
    entry = FEED[FEED.index(b"<item>") : FEED.index(b"</channel>")]
    body = FEED.replace(entry, entry * 3_000)
    web.pages["/rss"] = Page(body)
    longest, running = (
        0.0,
        asyncio.create_task(provider.fetch("AAPL", etag=None, last_modified=None)),
    )
    while not running.done():
        started = time.monotonic()
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - started)
    assert len((await running).items) == 500
    assert longest < 0.5


@pytest.mark.parametrize(
    "trap",
    [
        b"<item><author>" + b"a" * 500_000 + b"</author></item>",  # one search takes minutes
        b"<item><tags>" + b",".join(b"t%d" % each for each in range(99_999)) + b"</tags></item>",
    ],
)
async def test_a_feed_that_takes_minutes_is_given_up_while_other_work_goes_on(
    web: SmallWeb, settings: Settings, trap: bytes
) -> None:
    web.pages["/rss"] = Page(FEED.replace(b"<item>", trap + b"<item>"))
    provider = make_provider(settings, web.url + "/rss", seconds=1.5)
    running = asyncio.create_task(provider.fetch("AAPL", etag=None, last_modified=None))
    longest, began = 0.0, time.monotonic()
    while not running.done():
        started = time.monotonic()
        await asyncio.sleep(0.005)
        longest = max(longest, time.monotonic() - started)
    with pytest.raises(ProviderUnavailable, match=r"takes longer than 1\.5 s"):
        await running
    assert longest < 0.5
    assert time.monotonic() - began < 5


def test_names_show_no_query_and_are_unique(settings: Settings) -> None:
    assert describe_feed("https://A.example/rss/?s={symbol}&key=hidden") == "a.example/rss"
    feeds = ("https://a.example/x?s={symbol}", "https://a.example/x?q={symbol}")
    made = make_feed_providers(
        settings.model_copy(update={"news_feeds": feeds}), FakeClock(), Metrics()
    )
    assert [provider.name for provider in made] == ["a.example/x", "a.example/x (2)"]


@pytest.mark.parametrize(
    ("written", "feeds"),
    [
        ("", ()),
        ("https://a.b/{symbol}", ("https://a.b/{symbol}",)),
        (
            "https://a.b/{symbol}, http://c.d/{symbol}",
            ("https://a.b/{symbol}", "http://c.d/{symbol}"),
        ),
        ('["https://a.b/{symbol}?a=1,2"]', ("https://a.b/{symbol}?a=1,2",)),
    ],
)
def test_feeds_in_the_environment(
    written: str, feeds: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKEND_NEWS_FEEDS", written)
    assert Settings().news_feeds == feeds


@pytest.mark.parametrize("written", ["https://a.b/rss", "ftp://a.b/{symbol}", "[", "{symbol}"])
def test_feeds_that_cannot_be_are_refused(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_NEWS_FEEDS", written)
    with pytest.raises(ValidationError):
        Settings()
