"""Headlines are scored in the background, by whatever engine the service has now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from gateway_fakes import MONDAY, FakeClock, FakeModelService
from news_fakes import make_headline

from backend_service.db import Database
from backend_service.errors import ModelServiceRefusal, ModelServiceUnavailable
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.migrations import migrate
from backend_service.news.scores import EngineKey, ScoreRepository
from backend_service.news.scoring import BATCH, HeadlineScorer, ScoringLimits
from backend_service.news.store import NewsStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend_service.model_client.generated import SentimentResponse
    from backend_service.model_client.service import WhileLoading
    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

LIMITS = ScoringLimits(3_600, 3_600, 3_600)
EAGER = ScoringLimits(0, 0, 0)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[NewsStore]:
    database = Database(settings.database_url)
    await migrate(database, settings.migrations_dir)
    yield NewsStore(database, FakeClock(), 0)
    await database.close()


def make_scorer(
    store: NewsStore, model: FakeModelService, limits: ScoringLimits = LIMITS
) -> HeadlineScorer:
    return HeadlineScorer(store, model, FakeClock(), Random(0), limits)  # noqa: S311 - spreads attempts, no secret


async def consider(scorer: HeadlineScorer, store: NewsStore, symbol: str = "NHPC") -> bool:
    started = scorer.consider(await store.head(symbol), MONDAY)
    await scorer.wait()
    return started


async def engines_of(store: NewsStore, symbol: str = "NHPC") -> list[set[str]]:
    async with store.database.transaction() as session:
        scores = await ScoreRepository(session, LOCAL_OWNER).of_symbol(symbol)
    return [{score.engine.name for score in found} for found in scores.values()]


async def fill(store: NewsStore, count: int, symbol: str = "NHPC") -> None:
    await store.add(
        [
            make_headline(f"Item number {n}", MONDAY - timedelta(hours=n), symbol)
            for n in range(count)
        ]
    )


async def test_all_headlines_are_scored_in_batches(
    store: NewsStore, model: FakeModelService
) -> None:
    await fill(store, 2 * BATCH + 1)
    scorer = make_scorer(store, model)
    assert await consider(scorer, store)
    assert [len(texts) for texts in model.scored_texts] == [BATCH, BATCH, 1]
    assert await engines_of(store) == [{"lite"}] * (2 * BATCH + 1)
    assert scorer.state.engine == EngineKey("lite", "1")
    assert not await consider(scorer, store)
    assert len(model.scored_texts) == 3


async def test_nothing_is_asked_of_a_symbol_without_news(
    store: NewsStore, model: FakeModelService
) -> None:
    assert not await consider(make_scorer(store, model), store)
    assert model.asked == []


async def test_another_engine_scores_what_is_known_anew(
    store: NewsStore, model: FakeModelService
) -> None:
    await fill(store, 3)
    scorer = make_scorer(store, model, EAGER)
    await consider(scorer, store)
    model.engine, model.engine_version = "finbert", "7"
    assert not await consider(scorer, store)  # it is not known yet that there is more to come
    assert await engines_of(store) == [{"lite", "finbert"}] * 3
    assert scorer.state.engine == EngineKey("finbert", "7")


async def test_without_the_service_nothing_is_invented(
    store: NewsStore, model: FakeModelService
) -> None:
    await fill(store, 3)
    model.scoring_failure = ModelServiceUnavailable("It is away.")
    scorer = make_scorer(store, model)
    await consider(scorer, store)
    assert await engines_of(store) == []
    assert (scorer.state.engine, scorer.state.reason) == (None, "It is away.")
    asked = len(model.scored_texts)
    assert not await consider(scorer, store)  # it is left alone for a while
    assert len(model.scored_texts) == asked


async def test_what_nobody_foresaw_is_a_failure_like_others(store: NewsStore) -> None:
    class Broken(FakeModelService):
        async def score_texts(self, *_: object) -> SentimentResponse:
            raise KeyError("secret detail")

    await fill(store, 1)
    scorer = make_scorer(store, Broken())
    await consider(scorer, store)
    assert scorer.state.reason == "Headlines could not be scored; the log says why."
    assert not await consider(scorer, store)


async def test_scoring_goes_on_when_the_service_is_back(
    store: NewsStore, model: FakeModelService
) -> None:
    await fill(store, 3)
    scorer = make_scorer(store, model, EAGER)
    model.scoring_failure = ModelServiceUnavailable("It is away.")
    await consider(scorer, store)
    model.scoring_failure = None
    assert await consider(scorer, store)
    assert await engines_of(store) == [{"lite"}] * 3


class Fastidious(FakeModelService):
    """Refuses one text, as the contract says it would."""

    async def score_texts(
        self, texts: Sequence[str], while_loading: WhileLoading = "lite"
    ) -> SentimentResponse:
        for place, text in enumerate(texts):
            if "number 1" in text:
                raise ModelServiceRefusal(
                    {"status": 422, "detail": "No.", "field": f"texts.{place}"}
                )
        return await super().score_texts(texts, while_loading)


async def test_one_refused_text_does_not_hold_up_the_others(store: NewsStore) -> None:
    await fill(store, 4)
    scorer = make_scorer(store, Fastidious())
    await consider(scorer, store)
    assert await engines_of(store) == [{"lite"}] * 3
    assert not await consider(scorer, store)


async def test_symbols_take_turns_and_the_end_is_clean(
    store: NewsStore, model: FakeModelService
) -> None:
    await fill(store, 1, "AAA")
    await fill(store, 1, "BBB")
    scorer = make_scorer(store, model)
    model.gate = asyncio.Event()
    for symbol in ("AAA", "BBB"):
        assert scorer.consider(await store.head(symbol), MONDAY)
    while not model.scored_texts:
        await asyncio.sleep(0)
    await scorer.close()
    assert len(model.scored_texts) == 1
    assert not scorer.consider(await store.head("BBB"), MONDAY)
