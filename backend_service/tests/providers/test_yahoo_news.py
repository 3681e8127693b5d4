"""Yahoo's headlines from a local server: recorded ones, and every way in which there are none."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from gateway_fakes import FakeClock
from recorded_yahoo import RecordedYahoo, serve_recorded_yahoo

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.yahoo import YahooProvider
from backend_service.providers.yahoo_news import YahooNewsProvider
from backend_service.providers.yahoo_session import YahooSession
from backend_service.settings import Settings
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backend_service.providers.news import NewsItem

pytestmark = [
    pytest.mark.anyio,
    # yfinance still calls what pandas 4 will not have.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
PUBLISHED = int(datetime(2025, 2, 25, 6, tzinfo=UTC).timestamp())


@pytest.fixture
def yahoo() -> Iterator[RecordedYahoo]:
    with serve_recorded_yahoo() as server:
        yield server


def with_address(settings: Settings, url: str, seconds: float = 6.0) -> Settings:
    return settings.model_copy(
        update={"yahoo_url": url, "yahoo_search_seconds": 3.0, "news_budget_seconds": seconds}
    )


@pytest.fixture
def provider(yahoo: RecordedYahoo, settings: Settings) -> YahooNewsProvider:
    return YahooNewsProvider(with_address(settings, yahoo.url), FakeClock(NOW), Metrics())


async def ask(provider: YahooNewsProvider, symbol: str) -> tuple[NewsItem, ...]:
    return (await provider.fetch(symbol, etag=None, last_modified=None)).items


def search_of(*titles: str) -> tuple[int, bytes]:
    news = [
        {"title": title, "providerPublishTime": PUBLISHED, "relatedTickers": ["ABC"]}
        for title in titles
    ]
    return 200, json.dumps({"quotes": [], "news": news}).encode()


def stream_of(*titles: str, **more: Any) -> tuple[int, bytes]:
    stream = [
        {"id": "x", "content": {"title": title, "pubDate": "2025-02-26T06:00:00Z", **more}}
        for title in titles
    ]
    stream.append({"id": "ad", "ad": [1], "content": {}})
    return 200, json.dumps({"data": {"tickerStream": {"stream": stream}}}).encode()


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("symbol", "count"),
    [
        ("AAPL", 3),
        ("ABBV", 3),
        ("AMZN", 4),
        ("BABA", 4),
        ("BFLY", 3),
        ("BTC-USD", 3),
        ("EPAC", 4),
        ("EURUSD=X", 4),
        ("GOOG", 3),
        ("AZT.OL", 0),
        ("OCDO.L", 0),
        ("SPOT", 0),
        ("^VXAPL", 0),
    ],
)
async def test_recorded_news_about_the_symbol_are_kept(
    yahoo: RecordedYahoo, provider: YahooNewsProvider, market_data: Path, symbol: str, count: int
) -> None:
    body = yahoo.record(market_data / "yahoo" / "search" / f"search-{symbol}.json")
    items = await ask(provider, symbol)
    assert len(items) == count
    recorded = {" ".join(news["title"].split()): news for news in body["news"]}
    for item in items:
        news = recorded[item.headline]
        assert item.published_at.timestamp() == news["providerPublishTime"]
        assert item.source == news["publisher"]
        assert item.url == news["link"]
        assert item.precision == "time"


@pytest.mark.realdata
async def test_a_recorded_answer_without_titles_is_a_bad_answer(
    yahoo: RecordedYahoo, provider: YahooNewsProvider, market_data: Path
) -> None:
    yahoo.record(market_data / "yahoo" / "search" / "search-badResult.fake.json")
    with pytest.raises(ProviderBadAnswer, match="no item has a title"):
        await ask(provider, "AAPL")


async def test_search_and_stream_are_put_together(
    yahoo: RecordedYahoo, provider: YahooNewsProvider
) -> None:
    yahoo.searches["ABC"] = search_of("Both", "Search")
    yahoo.streams["ABC"] = stream_of("Both", "Stream")
    items = await ask(provider, "ABC")
    assert {item.headline for item in items} == {"Both", "Search", "Stream"}
    assert [item.published_at for item in items] == sorted(
        (item.published_at for item in items), reverse=True
    )
    both = next(item for item in items if item.headline == "Both")
    assert both.published_at.timestamp() == PUBLISHED


async def test_a_stream_that_names_other_symbols_is_not_about_this_one(
    yahoo: RecordedYahoo, provider: YahooNewsProvider
) -> None:
    yahoo.streams["ABC"] = stream_of("Other", finance={"stockTickers": [{"symbol": "XYZ"}]})
    assert await ask(provider, "ABC") == ()


@pytest.mark.parametrize("broken", [(503, b""), (200, b"<html></html>"), (200, b"[]")])
async def test_one_of_the_two_is_enough(
    yahoo: RecordedYahoo, provider: YahooNewsProvider, broken: tuple[int, bytes]
) -> None:
    yahoo.searches["ABC"], yahoo.streams["ABC"] = broken, stream_of("Stream")
    assert [item.headline for item in await ask(provider, "ABC")] == ["Stream"]
    yahoo.searches["ABC"], yahoo.streams["ABC"] = search_of("Search"), broken
    assert [item.headline for item in await ask(provider, "ABC")] == ["Search"]


async def test_nothing_of_one_and_a_failure_of_the_other_is_a_failure(
    yahoo: RecordedYahoo, provider: YahooNewsProvider
) -> None:
    yahoo.streams["ABC"] = (503, b"")
    with pytest.raises(ProviderUnavailable, match="503"):
        await ask(provider, "ABC")


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ((429, b"Too Many Requests"), ProviderUnavailable, "429"),
        ((401, b'{"finance": {"error": {"code": "Unauthorized"}}}'), ProviderUnavailable, "401"),
        ((403, b"<html>no</html>"), ProviderUnavailable, "403"),
        ((500, b""), ProviderUnavailable, "500"),
        ((200, b"<html>Please enable cookies</html>"), ProviderBadAnswer, "form"),
        ((200, b""), ProviderBadAnswer, "form"),
        ((200, b"[]"), ProviderBadAnswer, "form"),
        ((200, b'{"news": 5, "data": 5}'), ProviderBadAnswer, "form"),
        ((404, b"{}"), ProviderBadAnswer, "404"),
    ],
)
async def test_failures_are_clear_and_counted(
    yahoo: RecordedYahoo,
    settings: Settings,
    answer: tuple[int, bytes],
    kind: type[ProviderError],
    words: str,
) -> None:
    metrics = Metrics()
    provider = YahooNewsProvider(with_address(settings, yahoo.url), FakeClock(NOW), metrics)
    yahoo.everything = answer
    with pytest.raises(kind, match=words):
        await ask(provider, "ABC")
    labels = {"source": "yahoo-news", "kind": kind.slug}
    name = "bellwether_provider_errors_total"
    assert metrics.registry.get_sample_value(name, labels) == 1


async def test_a_yahoo_that_hangs_is_left_in_time_and_in_nobodys_way(
    yahoo: RecordedYahoo, settings: Settings
) -> None:
    provider = YahooNewsProvider(with_address(settings, yahoo.url, 0.8), FakeClock(NOW), Metrics())
    yahoo.hang = True
    started = time.monotonic()
    running = asyncio.create_task(ask(provider, "ABC"))
    turns = 0
    while not running.done():
        await asyncio.sleep(0.01)
        turns += 1
    with pytest.raises(ProviderUnavailable, match=r"in time|within"):
        await running
    assert time.monotonic() - started < 3
    assert turns > 20


async def test_no_connection_is_unavailable(settings: Settings) -> None:
    address = with_address(settings, "http://127.0.0.1:9")
    provider = YahooNewsProvider(address, FakeClock(NOW), Metrics())
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        await ask(provider, "ABC")


async def test_candles_and_news_are_asked_at_once(
    yahoo: RecordedYahoo, provider: YahooNewsProvider, settings: Settings
) -> None:
    """yfinance has one session for all; each question keeps its own time and outcome."""
    candles = YahooProvider(with_address(settings, yahoo.url), FakeClock(NOW), Metrics())
    symbols = [f"S{number}" for number in range(12)]
    for symbol in symbols:
        news = [{"title": "X", "providerPublishTime": PUBLISHED, "relatedTickers": [symbol]}]
        body = {"quotes": [{"symbol": symbol, "shortname": "Name"}], "news": news}
        yahoo.searches[symbol] = 200, json.dumps(body).encode()
    items = asyncio.gather(*(ask(provider, symbol) for symbol in symbols))
    listings = asyncio.gather(*(candles.search(symbol) for symbol in symbols))
    assert [len(found) for found in await items] == [1] * len(symbols)
    assert [found[0].symbol for found in await listings if found] == symbols


def test_a_question_is_its_threads_whichever_session_asks_it(yahoo: RecordedYahoo) -> None:
    """yfinance has one place for the session in use: the last provider's serves all."""
    first, last = YahooSession(yahoo.url), YahooSession(yahoo.url)
    exchange = first.begin(3.0)
    last.get("https://query2.finance.yahoo.com/v1/finance/search?q=ABC")
    assert exchange.status == 200


def test_simulated_symbols_are_not_asked_for(provider: YahooNewsProvider) -> None:
    assert provider.offers("AAPL")
    assert not provider.offers("SIM-CALM")
