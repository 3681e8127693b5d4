"""Invented headlines: always the same, and never from the future."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from gateway_fakes import FakeClock
from hypothesis import given, settings
from hypothesis import strategies as st

from backend_service.market_data.candles import Candles
from backend_service.providers.news import NewsItem
from backend_service.providers.simulated import CATALOGUE
from backend_service.providers.simulated_news import (
    CANDLES_LIMIT,
    SimulatedNewsProvider,
    write_news,
)
from backend_service.providers.simulated_sentences import COMPANIES, reword
from backend_service.telemetry.metrics import Metrics

DAY = 86_400
FIRST = int(datetime(2023, 1, 2, tzinfo=UTC).timestamp())


def make_candles(count: int = 500, seed: int = 0) -> Candles:
    close = 100 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.015, count)))
    columns: dict[str, object] = dict.fromkeys(("open", "high", "low", "close"), close)
    columns |= {"time": FIRST + DAY * np.arange(count), "volume": np.full(count, 1e6)}
    return Candles.from_columns(columns)


def cut(candles: Candles, count: int) -> Candles:
    return Candles.from_columns(
        {name: values[:count] for name, values in candles.to_columns().items()}
    )


def test_the_same_candles_give_the_same_headlines() -> None:
    candles = make_candles()
    assert write_news("SIM-CALM", candles) == write_news("SIM-CALM", candles)
    assert write_news("SIM-CALM", candles) != write_news("SIM-CHOP", candles)


@given(st.integers(30, 399), st.integers(0, 5))
@settings(max_examples=20)
def test_no_headline_knows_a_later_candle(count: int, seed: int) -> None:
    candles = make_candles(400, seed)
    end = datetime.fromtimestamp(int(candles.time[count - 1]) + DAY, UTC)
    before = write_news("SIM-CALM", cut(candles, count))
    # What is dated before the next candle's own end is known by then already.
    later = {item for item in write_news("SIM-CALM", candles) if item not in before}
    assert all(item.published_at >= end + timedelta(days=1) for item in later)


def test_headlines_are_dated_after_the_candle_that_they_tell_of() -> None:
    candles = make_candles(22)
    items = write_news("SIM-CALM", candles)
    for item in items:
        assert item.published_at.timestamp() >= int(candles.time[21]) + DAY


def items_of_many_days() -> tuple[NewsItem, ...]:
    return write_news("SIM-TREND", make_candles())


def test_there_are_days_without_news_and_days_with_several() -> None:
    days = Counter(item.published_at.date() for item in items_of_many_days())
    assert 0.25 * CANDLES_LIMIT < CANDLES_LIMIT - len(days) < 0.6 * CANDLES_LIMIT
    assert max(days.values()) > 1
    assert len(items_of_many_days()) < 2 * CANDLES_LIMIT


def test_headlines_vary_and_some_are_nearly_the_same() -> None:
    headlines = [item.headline for item in items_of_many_days()]
    assert len(set(headlines)) > 0.8 * len(headlines)
    assert any(reword(headline) in headlines for headline in headlines)
    assert all(COMPANIES["SIM-TREND"] in headline for headline in headlines)
    assert not any("{" in headline for headline in headlines)


def test_headlines_tell_what_the_session_did() -> None:
    candles = make_candles()
    moves = dict(zip(candles.time[1:], np.diff(np.log(candles.close)), strict=True))
    agreeing = []
    for item in items_of_many_days():
        move = moves[int(item.published_at.timestamp()) // DAY * DAY - DAY]
        if any(word in item.headline for word in ("surge", "soars", "rallies", "leaps")):
            agreeing.append(move > 0)
        if any(word in item.headline for word in ("plunges", "tumbles", "slumps", "sinks")):
            agreeing.append(move < 0)
    assert len(agreeing) > 10
    assert all(agreeing)


def test_every_item_is_from_the_simulated_wire_and_leads_nowhere() -> None:
    for item in items_of_many_days():
        assert (item.source, item.url, item.precision) == ("Simulated wire", None, "time")


@pytest.mark.parametrize("count", [1, 2, 21])
def test_too_few_candles_give_no_news(count: int) -> None:
    assert write_news("SIM-CALM", make_candles(count)) == ()


def test_candles_that_do_not_move_give_flat_news() -> None:
    columns: dict[str, object] = dict.fromkeys(("open", "high", "low", "close"), np.full(60, 5.0))
    columns |= {"time": FIRST + DAY * np.arange(60), "volume": np.zeros(60)}
    assert write_news("SIM-CALM", Candles.from_columns(columns))


def test_every_simulated_symbol_has_a_company() -> None:
    assert set(COMPANIES) == {listing.symbol for listing in CATALOGUE}


@pytest.mark.anyio
async def test_the_provider_gives_what_is_published_by_now() -> None:
    candles = make_candles()
    asked = []

    async def candles_of(symbol: str) -> Candles:
        asked.append(symbol)
        return candles

    clock = FakeClock(datetime.fromtimestamp(int(candles.time[-1]) + DAY, UTC))
    provider = SimulatedNewsProvider(candles_of, clock, Metrics())
    answer = await provider.fetch("SIM-CALM", etag=None, last_modified=None)
    assert asked == ["SIM-CALM"]
    assert answer.items
    assert max(item.published_at for item in answer.items) <= clock.now
    again = await provider.fetch("SIM-CALM", etag=answer.etag, last_modified=None)
    assert again.not_modified
    clock.now += timedelta(days=1)
    later = await provider.fetch("SIM-CALM", etag=answer.etag, last_modified=None)
    assert set(answer.items) <= set(later.items)
    assert provider.offers("SIM-CALM")
    assert not provider.offers("SIM-OTHER")
    assert not provider.offers("AAPL")
