"""Yahoo Finance: recorded answers, and every way in which there is none."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from gateway_fakes import FakeClock
from recorded_yahoo import RecordedYahoo, serve_recorded_yahoo

from backend_service.errors import ProviderBadAnswer, ProviderUnavailable, SymbolNotFound
from backend_service.providers.yahoo import YahooProvider
from backend_service.settings import Settings
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.anyio,
    # yfinance still calls what pandas 4 will not have.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]

BUDGET_SECONDS = 1.5
NOW = datetime(2025, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def yahoo() -> Iterator[RecordedYahoo]:
    with serve_recorded_yahoo() as server:
        yield server


def make_provider(url: str, settings: Settings, known_seconds: float = 60.0) -> YahooProvider:
    changed = settings.model_copy(
        update={
            "yahoo_url": url,
            "yahoo_budget_seconds": BUDGET_SECONDS,
            "yahoo_search_seconds": 0.5,
            "yahoo_known_seconds": known_seconds,
        }
    )
    return YahooProvider(changed, FakeClock(NOW), Metrics())


@pytest.fixture
def provider(yahoo: RecordedYahoo, settings: Settings) -> YahooProvider:
    return make_provider(yahoo.url, settings)


def make_chart(**changes: Any) -> bytes:
    """A small chart of three sessions in New York, the last one possibly running."""
    days = [datetime(2025, 2, day, 14, 30, tzinfo=UTC) for day in (26, 27, 28)]
    session_end = int(datetime(2025, 2, 28, 21, 0, tzinfo=UTC).timestamp())
    period = {
        "timezone": "EST",
        "start": session_end - 23_400,
        "end": session_end,
        "gmtoffset": -18000,
    }
    quote: dict[str, list[float | None]] = {
        "open": [10.0, 20.0, 30.0],
        "high": [12.0, 24.0, 36.0],
        "low": [9.0, 18.0, 27.0],
        "close": [11.0, 22.0, 33.0],
        "volume": [100, 200, None],
    }
    result: dict[str, Any] = {
        "meta": {
            "currency": "USD",
            "symbol": "TEST",
            "instrumentType": "EQUITY",
            "gmtoffset": -18000,
            "timezone": "EST",
            "exchangeTimezoneName": "America/New_York",
            "longName": "Test & Co",
            "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
            "dataGranularity": "1d",
            "range": "",
            "validRanges": ["1d", "max"],
        },
        "timestamp": [int(day.timestamp()) for day in days],
        "indicators": {
            "quote": [{**quote, **changes.pop("quote", {})}],
            "adjclose": [{"adjclose": changes.pop("adjclose", [5.5, 22.0, 33.0])}],
        },
    }
    return json.dumps({"chart": {"result": [{**result, **changes}], "error": None}}).encode()


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "symbol", "count", "first"),
    [
        (
            "historical-via-chart-MSFT-dividends-2021-02-01-to-2022-01-31.csv",
            "MSFT",
            252,
            "2021-02-01",
        ),
        ("historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv", "NVDA", 252, "2021-02-01"),
        ("chart-AAPL-2020-08-31-to-2020-11-07", "AAPL", 49, "2020-08-31"),
        ("chart-BTC-USD-2020-01-01-to-2020-01-03", "BTC-USD", 3, "2020-01-01"),
        ("chart-EURUSD=X-2020-01-01-to-2020-01-03", "EURUSD=X", 3, "2020-01-01"),
        ("chart-WSU.DE-2023-08-04-to-2023-08-09", "WSU.DE", None, "2023-08-04"),
        ("chart-WSKT.JK-2020-01-01-to-2020-01-03", "WSKT.JK", 1, "2020-01-02"),
        ("chart-OCDO.L-2020-01-01-to-2020-01-03", "OCDO.L", 1, "2020-01-02"),
        ("chart-GC=F-2020-01-01-to-2020-01-03", "GC=F", 1, "2020-01-02"),
    ],
)
async def test_recorded_charts_become_adjusted_session_candles(
    yahoo: RecordedYahoo,
    provider: YahooProvider,
    market_data: Path,
    file: str,
    symbol: str,
    count: int | None,
    first: str,
) -> None:
    body = yahoo.record(market_data / "yahoo" / "chart" / f"{file}.json")
    result = body["chart"]["result"][0]
    quote = result["indicators"]["quote"][0]
    adjusted = result["indicators"]["adjclose"][0]["adjclose"]
    kept = [index for index, close in enumerate(quote["close"]) if close is not None]
    series = await provider.fetch(symbol, "1d")
    candles = series.candles
    assert len(candles) == (count or len(kept))
    assert (candles.time % 86_400 == 0).all()
    assert datetime.fromtimestamp(int(candles.time[0]), UTC).date().isoformat() == first
    assert series.price_basis == "adjusted"
    assert series.currency == result["meta"]["currency"]
    assert series.timezone == result["meta"]["exchangeTimezoneName"]
    np.testing.assert_allclose(candles.close, [adjusted[index] for index in kept])
    for name in ("open", "high", "low"):
        scaled = [quote[name][index] * adjusted[index] / quote["close"][index] for index in kept]
        np.testing.assert_allclose(getattr(candles, name), scaled)


@pytest.mark.realdata
async def test_a_recorded_split_leaves_no_jump(
    yahoo: RecordedYahoo, provider: YahooProvider, market_data: Path
) -> None:
    name = "historical-via-chart-NVDA-split-2021-02-01-to-2022-01-31.csv.json"
    yahoo.record(market_data / "yahoo" / "chart" / name)
    close = (await provider.fetch("NVDA", "1d")).candles.close
    assert np.abs(np.diff(np.log(close))).max() < 0.2


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("file", "symbol", "interval"),
    [
        ("chart-AAPL-2025-02-01-to-2025-02-02-includePrePost-false-interval-1m", "AAPL", "1m"),
        ("chart-TSLA-2025-01-01-to-2025-01-02-interval-1h.fake", "TSLA", "1h"),
    ],
)
async def test_recorded_empty_charts_mean_no_candles(
    yahoo: RecordedYahoo,
    provider: YahooProvider,
    market_data: Path,
    file: str,
    symbol: str,
    interval: str,
) -> None:
    yahoo.record(market_data / "yahoo" / "chart" / f"{file}.json")
    with pytest.raises(SymbolNotFound):
        await provider.fetch(symbol, interval)


@pytest.mark.realdata
@pytest.mark.parametrize(
    "file", ["chart-notimestamp-quotes-length.fake", "chart-notimestamp-weird-quote.fake"]
)
async def test_recorded_broken_charts_are_a_bad_answer(
    yahoo: RecordedYahoo, provider: YahooProvider, market_data: Path, file: str
) -> None:
    yahoo.record(market_data / "yahoo" / "chart" / f"{file}.json")
    with pytest.raises(ProviderBadAnswer):
        await provider.fetch("AAPL", "1d")


@pytest.mark.realdata
async def test_every_recorded_chart_is_candles_or_a_known_refusal(
    yahoo: RecordedYahoo, provider: YahooProvider, market_data: Path
) -> None:
    files = sorted((market_data / "yahoo" / "chart").glob("*.json"))
    read = 0
    for file in files:
        yahoo.charts.clear()
        yahoo.record(file)
        (symbol,) = yahoo.charts
        try:
            series = await provider.fetch(symbol, "1d")
        except (SymbolNotFound, ProviderBadAnswer):
            continue
        read += len(series.candles) > 0
    assert len(files) >= 28
    assert read >= 24


@pytest.mark.realdata
async def test_every_recorded_search_is_a_list_of_symbols(
    yahoo: RecordedYahoo, settings: Settings, market_data: Path
) -> None:
    for file in sorted((market_data / "yahoo" / "search").glob("*.json")):
        yahoo.searches.clear()
        body = yahoo.record(file)
        (query,) = yahoo.searches
        listings = await make_provider(yahoo.url, settings).search(query)
        named = [quote["symbol"] for quote in body["quotes"] if "symbol" in quote]
        assert [listing.symbol for listing in listings] == named


async def test_prices_are_scaled_nulls_dropped_and_missing_volume_is_zero(
    yahoo: RecordedYahoo, provider: YahooProvider
) -> None:
    yahoo.charts["TEST"] = (200, make_chart(quote={"open": [10.0, None, 30.0]}))
    series = await provider.fetch("TEST", "1d")
    assert series.candles.time.tolist() == [1_740_528_000, 1_740_700_800]
    assert series.candles.open.tolist() == [5.0, 30.0]
    assert series.candles.high.tolist() == [6.0, 36.0]
    assert series.candles.close.tolist() == [5.5, 33.0]
    assert series.candles.volume.tolist() == [100.0, 0.0]
    assert series.name == "Test & Co"


async def test_a_running_session_gives_no_candle_and_freshness_ends_with_it(
    yahoo: RecordedYahoo, settings: Settings
) -> None:
    yahoo.charts["TEST"] = (200, make_chart())
    provider = make_provider(yahoo.url, settings)
    close = datetime(2025, 2, 28, 21, 0, tzinfo=UTC)
    clock = FakeClock(close - timedelta(minutes=1))
    provider = YahooProvider(settings.model_copy(update={"yahoo_url": yahoo.url}), clock, Metrics())
    running = await provider.fetch("TEST", "1d")
    assert len(running.candles) == 2
    assert running.fresh_until == close
    clock.now = close
    closed = await provider.fetch("TEST", "1d")
    assert len(closed.candles) == 3
    assert closed.fresh_until == datetime(2025, 3, 3, 21, 0, tzinfo=UTC)  # the next weekday


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (
            (
                404,
                b'{"chart":{"result":null,"error":{"code":"Not Found","description":"No data"}}}',
            ),
            SymbolNotFound,
            "no candles",
        ),
        ((404, b"<html>a portal</html>"), ProviderBadAnswer, "404"),
        ((429, b"Too Many Requests"), ProviderUnavailable, "429"),
        ((500, b""), ProviderUnavailable, "500"),
        ((503, b"<html>Will be right back</html>"), ProviderUnavailable, "503"),
        ((401, b'{"finance":{"error":{"code":"Unauthorized"}}}'), ProviderBadAnswer, "401"),
        ((200, b""), ProviderBadAnswer, "form"),
        ((200, b"<html></html>"), ProviderBadAnswer, "form"),
        ((200, b"[]"), ProviderBadAnswer, "form"),
        ((200, b'{"chart":{"result":[{"meta":{}}],"error":null}}'), ProviderBadAnswer, "form"),
        ((200, make_chart(timestamp=[1, 2])), ProviderBadAnswer, "form"),
        ((200, make_chart(timestamp="soon")), ProviderBadAnswer, "form"),
        ((200, make_chart(quote={"close": ["a", "b", "c"]})), ProviderBadAnswer, "form"),
        ((200, make_chart(adjclose=[None, None, None])), SymbolNotFound, "no candles"),
    ],
)
async def test_every_bad_answer_has_its_own_words(
    yahoo: RecordedYahoo,
    provider: YahooProvider,
    answer: tuple[int, bytes],
    error: type[Exception],
    says: str,
) -> None:
    yahoo.everything = answer
    with pytest.raises(error, match=says):
        await provider.fetch("TEST", "1d")


async def test_no_answer_ends_within_the_budget(
    yahoo: RecordedYahoo, provider: YahooProvider
) -> None:
    yahoo.hang = True
    started = time.monotonic()
    with pytest.raises(ProviderUnavailable, match="in time"):
        await provider.fetch("TEST", "1d")
    assert time.monotonic() - started < BUDGET_SECONDS + 0.5
    state = await provider.availability()
    assert not state.available
    assert state.reason is not None
    assert "in time" in state.reason


@contextmanager
def closed_port() -> Iterator[str]:
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


async def test_no_network_is_said_at_once_and_soon_not_tried_any_more(settings: Settings) -> None:
    with closed_port() as url:
        provider = make_provider(url, settings)
        for _ in range(3):
            with pytest.raises(ProviderUnavailable, match="no connection"):
                await provider.fetch("TEST", "1d")
        started = time.monotonic()
        with pytest.raises(ProviderUnavailable, match="no connection"):
            await provider.fetch("TEST", "1d")
        assert time.monotonic() - started < 0.05
        assert not (await provider.availability()).available
        assert await provider.search("TEST") == []


async def test_an_unknown_symbol_does_not_make_yahoo_unavailable(
    yahoo: RecordedYahoo, provider: YahooProvider
) -> None:
    for _ in range(5):
        with pytest.raises(SymbolNotFound):
            await provider.fetch("NOSUCH", "1d")
    assert (await provider.availability()).available
    yahoo.charts["TEST"] = (200, make_chart())
    assert len((await provider.fetch("TEST", "1d")).candles) == 3


async def test_a_moment_of_trouble_is_tried_again(
    yahoo: RecordedYahoo, provider: YahooProvider
) -> None:
    yahoo.charts["TEST"] = (200, make_chart())
    yahoo.troubles = 2  # yfinance itself asks twice
    assert len((await provider.fetch("TEST", "1d")).candles) == 3


async def test_symbols_that_nobody_could_ask_for_are_left_out(
    yahoo: RecordedYahoo, provider: YahooProvider
) -> None:
    quotes = [
        {"symbol": "TEST", "shortname": "Test"},
        {"symbol": "^TEST", "shortname": "An index"},
        {"symbol": "TEST/X"},
        {"symbol": 7},
        {"shortname": "No symbol"},
    ]
    yahoo.searches["te"] = (200, json.dumps({"quotes": quotes}).encode())
    listings = await provider.search("te")
    assert [(listing.symbol, listing.name) for listing in listings] == [
        ("TEST", "Test"),
        ("^TEST", "An index"),
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"quotes": 5}', b'{"quotes": [5]}', b"null"])
async def test_a_broken_search_finds_nothing(
    yahoo: RecordedYahoo, provider: YahooProvider, body: bytes
) -> None:
    yahoo.everything = (200, body)
    assert await provider.search("TEST") == []


async def test_what_was_known_is_shown_at_once_while_it_is_asked_anew(
    yahoo: RecordedYahoo, settings: Settings
) -> None:
    provider = make_provider(yahoo.url, settings, known_seconds=0.0)
    assert (await provider.availability()).available
    yahoo.hang = True
    started = time.monotonic()
    assert (await provider.availability()).available
    assert time.monotonic() - started < 0.1
    async with asyncio.timeout(5):
        while (await provider.availability()).available:
            await asyncio.sleep(0.02)
