"""Sources are asked in the background, each on its own, and left alone after failures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from gateway_fakes import MONDAY, FakeClock
from news_fakes import FakeNewsProvider, make_item

from backend_service.db import Database
from backend_service.errors import ProviderBadAnswer, ProviderUnavailable
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.migrations import migrate
from backend_service.news.refresh import NewsRefresher, RefreshLimits
from backend_service.news.repository import NewsRepository
from backend_service.news.store import NewsStore

if TYPE_CHECKING:
    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

LIMITS = RefreshLimits(
    at_once=2,
    waiting=1,
    source_seconds=0.2,
    first_backoff_seconds=10,
    longest_backoff_seconds=60,
)
Start = Callable[..., NewsRefresher]


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[NewsStore]:
    database = Database(settings.database_url)
    await migrate(database, settings.migrations_dir)
    yield NewsStore(database, FakeClock(), 0)
    await database.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@asynccontextmanager
async def running(
    store: NewsStore,
    clock: FakeClock,
    *providers: FakeNewsProvider,
    limits: RefreshLimits = LIMITS,
    added: list[str] | None = None,
) -> AsyncIterator[NewsRefresher]:
    told = (added if added is not None else []).append
    refresher = NewsRefresher(store, providers, clock, Random(0), limits, told)  # noqa: S311 - spreads attempts, no secret
    yield refresher
    await refresher.close()


async def refresh(refresher: NewsRefresher, store: NewsStore, symbol: str = "NHPC") -> bool:
    started = refresher.consider(symbol, await store.head(symbol))
    await refresher.wait(symbol)
    return started


async def texts_of(store: NewsStore, symbol: str = "NHPC") -> list[str]:
    async with store.database.transaction() as session:
        items = await NewsRepository(session, LOCAL_OWNER).published(symbol)
    return sorted(item.headline for item in items)


async def test_what_sources_bring_is_stored_and_their_copies_are_one(
    store: NewsStore, clock: FakeClock
) -> None:
    one = FakeNewsProvider("One", [make_item("Dam opens"), make_item("Dam closes")])
    two = FakeNewsProvider("Two", [make_item("DAM OPENS - Reuters"), make_item("\u200b")])
    added: list[str] = []
    async with running(store, clock, one, two, added=added) as refresher:
        assert await refresh(refresher, store)
    assert await texts_of(store) in (
        ["Dam closes", "Dam opens"],
        ["DAM OPENS - Reuters", "Dam closes"],
    )
    assert "NHPC" in added
    head = await store.head("NHPC")
    assert {name: state.refreshed_at for name, state in head.sources.items()} == {
        "One": MONDAY,
        "Two": MONDAY,
    }


async def test_one_that_hangs_or_breaks_does_not_stop_the_others(
    store: NewsStore, clock: FakeClock
) -> None:
    hanging = FakeNewsProvider("Hanging", gate=asyncio.Event())
    html = FakeNewsProvider("Html", failure=ProviderBadAnswer("Html answered a web page."))
    broken = FakeNewsProvider("Broken", failure=KeyError("secret detail"))
    good = FakeNewsProvider("Good", [make_item("Dam opens")])
    async with running(store, clock, hanging, html, broken, good) as refresher:
        await refresh(refresher, store)
    assert await texts_of(store) == ["Dam opens"]
    sources = (await store.head("NHPC")).sources
    assert {name: state.reason for name, state in sources.items()} == {
        "Hanging": "Hanging gave no answer in 0.2 s.",
        "Html": "Html answered a web page.",
        "Broken": "Broken could not be read; the log says why.",
        "Good": None,
    }


async def test_what_one_brings_is_there_while_another_hangs(
    store: NewsStore, clock: FakeClock
) -> None:
    gate = asyncio.Event()
    patient = RefreshLimits(2, 1, 30, 10, 60)
    hanging = FakeNewsProvider("Hanging", gate=gate)
    good = FakeNewsProvider("Good", [make_item("Dam opens")])
    stored = asyncio.Event()
    refresher = NewsRefresher(
        store,
        [hanging, good],
        clock,
        Random(0),  # noqa: S311 - spreads attempts, no secret
        patient,
        lambda _symbol: stored.set(),
    )
    assert refresher.consider("NHPC", await store.head("NHPC"))
    await asyncio.wait_for(stored.wait(), 10)
    assert await texts_of(store) == ["Dam opens"]
    assert refresher.consider("NHPC", await store.head("NHPC"))  # still under way
    await refresher.close()
    assert hanging.cancelled


async def test_nobody_is_asked_before_it_is_worth_it(store: NewsStore, clock: FakeClock) -> None:
    provider = FakeNewsProvider(refresh_seconds=60)
    async with running(store, clock, provider) as refresher:
        assert await refresh(refresher, store)
        clock.now += timedelta(seconds=59)
        assert not await refresh(refresher, store)
        clock.now += timedelta(seconds=1)
        assert await refresh(refresher, store)
    assert len(provider.asked) == 2


async def test_a_source_that_does_not_offer_the_symbol_is_not_asked(
    store: NewsStore, clock: FakeClock
) -> None:
    provider = FakeNewsProvider(only="SIM-TREND")
    async with running(store, clock, provider) as refresher:
        assert not await refresh(refresher, store)
    assert provider.asked == []


async def test_failures_are_answered_by_longer_and_longer_waits(
    store: NewsStore, clock: FakeClock
) -> None:
    provider = FakeNewsProvider(failure=ProviderUnavailable("Nobody answers."))
    waits = []
    async with running(store, clock, provider) as refresher:
        for _ in range(6):
            assert await refresh(refresher, store)
            state = (await store.head("NHPC")).sources["Wire"]
            assert state.next_attempt_at is not None
            waits.append((state.next_attempt_at - clock.now).total_seconds())
            assert not await refresh(refresher, store)
            clock.now = state.next_attempt_at
        provider.failure = None
        assert await refresh(refresher, store)
    for wait, longest in zip(waits, [10, 20, 40, 60, 60, 60], strict=True):
        assert longest / 2 <= wait <= longest
    state = (await store.head("NHPC")).sources["Wire"]
    assert (state.failures, state.reason, state.next_attempt_at) == (0, None, None)


async def test_a_source_is_told_what_it_said_last(store: NewsStore, clock: FakeClock) -> None:
    provider = FakeNewsProvider(items=[make_item("Dam opens")], etag='"a"', refresh_seconds=1)
    async with running(store, clock, provider) as refresher:
        await refresh(refresher, store)
        provider.not_modified = True
        for _ in range(2):
            clock.now += timedelta(seconds=2)
            await refresh(refresher, store)
    assert [etag for _, etag, _ in provider.asked] == [None, '"a"', '"a"']
    assert (await store.head("NHPC")).sources["Wire"].refreshed_at == clock.now


async def test_a_symbol_is_refreshed_once_at_a_time_and_few_at_once(
    store: NewsStore, clock: FakeClock
) -> None:
    provider = FakeNewsProvider(gate=asyncio.Event())
    patient = RefreshLimits(
        at_once=2, waiting=1, source_seconds=30, first_backoff_seconds=1, longest_backoff_seconds=1
    )
    async with running(store, clock, provider, limits=patient) as refresher:
        heads = {name: await store.head(name) for name in ("A", "B", "C", "D")}
        for _ in range(2):
            started = {name: refresher.consider(name, head) for name, head in heads.items()}
            assert started == {"A": True, "B": True, "C": True, "D": False}
        while len(provider.asked) < 2:
            await asyncio.sleep(0)
        assert provider.gate is not None
        provider.gate.set()
        for name in ("A", "B", "C"):
            await refresher.wait(name)
    assert [symbol for symbol, _, _ in provider.asked] == ["A", "B", "C"]


async def test_nothing_is_started_after_the_end(store: NewsStore, clock: FakeClock) -> None:
    provider = FakeNewsProvider()
    async with running(store, clock, provider) as refresher:
        pass
    assert not refresher.consider("NHPC", await store.head("NHPC"))
