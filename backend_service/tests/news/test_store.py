"""The store of news on both databases: copies, versions, states, scores."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from gateway_fakes import MONDAY, FakeClock, make_score
from news_fakes import make_headline

from backend_service.market_data.series import LOCAL_OWNER
from backend_service.model_client.generated import SentimentScore
from backend_service.news.repository import NewsRepository, StoredItem
from backend_service.news.scores import EngineKey, Score, ScoreRepository, choose_score
from backend_service.news.sources import SourceState
from backend_service.news.store import Added, NewsStore

if TYPE_CHECKING:
    from backend_service.db import Database
    from backend_service.news.scores import ScoresByText, Unscored

pytestmark = pytest.mark.anyio

LITE = EngineKey("lite", "1")
FINBERT = EngineKey("finbert", "2")


@pytest.fixture
def store(database: Database) -> NewsStore:
    return NewsStore(database, FakeClock(), 0)


async def list_items(store: NewsStore, symbol: str = "NHPC") -> list[StoredItem]:
    async with store.database.transaction() as session:
        return await NewsRepository(session, LOCAL_OWNER).published(symbol)


async def list_missing(
    store: NewsStore, engine: EngineKey | None, limit: int = 9
) -> list[Unscored]:
    async with store.database.transaction() as session:
        return await ScoreRepository(session, LOCAL_OWNER).missing("NHPC", engine, MONDAY, limit)


async def list_scores(store: NewsStore, symbol: str = "NHPC") -> ScoresByText:
    async with store.database.transaction() as session:
        return await ScoreRepository(session, LOCAL_OWNER).of_symbol(symbol)


def score(text: str) -> SentimentScore:
    return SentimentScore.model_validate(make_score(text))


async def test_headlines_are_kept_and_copies_counted(store: NewsStore) -> None:
    assert (await store.head("NHPC")).version is None
    later = MONDAY + timedelta(hours=1)
    first = [make_headline("Dam opens"), make_headline("Dam opens - Reuters", later)]
    assert await store.add(first) == Added(1, 1)
    assert await store.add([make_headline("DAM OPENS", MONDAY + timedelta(hours=5))]) == Added(0, 1)
    (item,) = await list_items(store)
    assert (item.headline, item.duplicates, item.published_at) == ("Dam opens", 2, MONDAY)


async def test_what_a_source_lists_again_changes_nothing(store: NewsStore) -> None:
    listed = [make_headline("Dam opens"), make_headline("Dam opens", MONDAY + timedelta(hours=1))]
    for _ in range(3):
        await store.add(listed)
    (item,) = await list_items(store)
    assert (item.duplicates, (await store.head("NHPC")).version) == (1, 1)


async def test_an_earlier_publication_takes_the_place_of_a_later_one(store: NewsStore) -> None:
    await store.add([make_headline("Dam opens - Reuters", MONDAY)])
    earlier = MONDAY - timedelta(hours=3)
    assert await store.add([make_headline("Dam opens", earlier)]) == Added(0, 1)
    (item,) = await list_items(store)
    assert (item.headline, item.published_at, item.duplicates) == ("Dam opens", earlier, 1)


async def test_the_version_follows_what_is_shown(store: NewsStore) -> None:
    state = SourceState("feed", "Wire", refreshed_at=MONDAY)
    versions = []
    for headlines, states in [
        ((), {"NHPC": state}),
        ([make_headline("One")], None),
        ([make_headline("Two")], {"NHPC": state}),
        ((), {"NHPC": state}),
        ([make_headline("Elsewhere", symbol="TCS")], None),
    ]:
        await store.add(headlines, states)
        versions.append((await store.head("NHPC")).version)
    assert versions == [0, 1, 2, 2, 2]


async def test_a_source_is_remembered_by_its_last_answer(store: NewsStore) -> None:
    good = SourceState("feed", "Wire", etag='"a"', refreshed_at=MONDAY)
    bad = SourceState(
        "feed", "Wire", '"a"', None, MONDAY, 3, MONDAY + timedelta(seconds=9), "It burns."
    )
    for state in (good, bad):
        await store.add((), {"NHPC": state})
    assert (await store.head("NHPC")).sources == {"Wire": bad}


async def test_scores_are_kept_by_text_and_engine(store: NewsStore) -> None:
    await store.add([make_headline("One good"), make_headline("Two bad"), make_headline("Three")])
    missing = await list_missing(store, None)
    assert {each.text for each in missing} == {"One good", "Two bad", "Three"}
    scores = {each.text_key: score(each.text) for each in missing if each.text != "Three"}
    await store.save_scores(LITE, scores)
    assert [each.text for each in await list_missing(store, None)] == ["Three"]
    assert [each.text for each in await list_missing(store, LITE)] == ["Three"]
    assert len(await list_missing(store, FINBERT)) == 3
    found = {each[0].label: each[0].engine for each in (await list_scores(store)).values()}
    assert found == {"positive": LITE, "negative": LITE}


async def test_scores_change_every_symbol_that_has_the_text_and_only_once(store: NewsStore) -> None:
    for symbol in ("NHPC", "TCS", "INFY"):
        text = "Other" if symbol == "INFY" else "Markets rise"
        await store.add([make_headline(text, symbol=symbol)])
    (unscored,) = await list_missing(store, None)
    for _ in range(2):
        await store.save_scores(LITE, {unscored.text_key: score("good")})
        versions = [(await store.head(each)).version for each in ("NHPC", "TCS", "INFY")]
        assert versions == [2, 2, 1]


async def test_the_window_that_was_looked_at_is_scored_first(store: NewsStore) -> None:
    times = {"Later": 3, "Newest": -1, "Older": -50}
    await store.add(
        [make_headline(text, MONDAY + timedelta(hours=hours)) for text, hours in times.items()]
    )
    assert [each.text for each in await list_missing(store, None, 9)] == [
        "Newest",
        "Older",
        "Later",
    ]
    assert [each.text for each in await list_missing(store, None, 1)] == ["Newest"]


async def test_a_large_file_is_compared_and_stored(store: NewsStore) -> None:
    many = [make_headline(f"Item number {n}", MONDAY - timedelta(hours=n)) for n in range(600)]
    assert await store.add([*many, *many[:10]]) == Added(600, 10)
    assert len(await list_items(store)) == 600


def test_the_score_of_the_engine_that_scores_now_is_shown_else_the_newest() -> None:
    def make(engine: EngineKey, days: int) -> Score:
        return Score(engine, "neutral", 0, 0, 1, 0, MONDAY + timedelta(days=days))

    lite, finbert = make(LITE, 0), make(FINBERT, 1)
    assert choose_score([lite, finbert], LITE) is lite
    assert choose_score([finbert, lite], None) is finbert
    assert choose_score([], LITE) is None
