"""The original's sample: never empty, never invented where there is news."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from gateway_fakes import MONDAY, FakeClock, FakeModelService
from news_fakes import FakeNewsProvider, make_headline, make_item

from backend_service.compat.samples import SAMPLE_SIZE, HeadlineSamples
from backend_service.db import Database
from backend_service.errors import ModelServiceUnavailable
from backend_service.migrations import migrate
from backend_service.news.store import NewsStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[NewsStore]:
    database = Database(settings.database_url)
    await migrate(database, settings.migrations_dir)
    yield NewsStore(database, FakeClock(), 0)
    await database.close()


@pytest.fixture
def simulated() -> FakeNewsProvider:
    return FakeNewsProvider(
        items=[make_item(f"Invented good number {n}") for n in range(40)], provider="simulated"
    )


@pytest.fixture
def samples(
    store: NewsStore, simulated: FakeNewsProvider, model: FakeModelService
) -> HeadlineSamples:
    return HeadlineSamples(store, lambda: None, simulated, "SIM-TREND", model, FakeClock())


async def test_without_news_the_headlines_are_simulated(samples: HeadlineSamples) -> None:
    found = await samples.newest()
    assert len(found) == SAMPLE_SIZE
    assert found[0].model_dump() == {
        "Headline": "Invented good number 0",
        "Positive": 0.8,
        "Negative": 0.1,
        "Neutral": 0.1,
    }


async def test_with_news_the_newest_are_shown(
    samples: HeadlineSamples, store: NewsStore, simulated: FakeNewsProvider
) -> None:
    await store.add(
        [
            make_headline("Older bad", MONDAY - timedelta(days=2), "TCS"),
            make_headline("Newer good", MONDAY - timedelta(days=1), "NHPC"),
            make_headline("From tomorrow", MONDAY + timedelta(days=1), "NHPC"),
        ]
    )
    assert [each.Headline for each in await samples.newest()] == ["Newer good", "Older bad"]
    assert simulated.asked == []


async def test_without_scores_there_is_a_problem_and_no_invention(
    samples: HeadlineSamples, model: FakeModelService
) -> None:
    model.scoring_failure = ModelServiceUnavailable("It is away.")
    with pytest.raises(ModelServiceUnavailable):
        await samples.newest()


async def test_over_http_it_is_a_list_in_the_originals_words(
    client: httpx.AsyncClient,
) -> None:
    files = {"file": ("n.csv", b"date,headline\n2024-06-07,A good dam\n")}
    await client.post("/api/news", files=files, data={"symbol": "NHPC"})
    answer = await client.post("/sample")
    assert answer.json() == [
        {"Headline": "A good dam", "Positive": 0.8, "Negative": 0.1, "Neutral": 0.1}
    ]
