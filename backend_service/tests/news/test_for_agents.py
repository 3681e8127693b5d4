"""Agents that read news get it point in time, of one engine; others get none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from gateway_fakes import DAY, MONDAY, FakeModelService, make_agent, make_candles

from backend_service.agents.scored_news import ScoredNews
from backend_service.news.for_agents import choose_engine
from backend_service.news.repository import StoredItem
from backend_service.news.scores import EngineKey, Score

if TYPE_CHECKING:
    from backend_service.model_client.generated import Agent

pytestmark = pytest.mark.anyio

LITE = EngineKey("lite", "1")
FINBERT = EngineKey("finbert", "2")
LAST = int(datetime(2024, 6, 7, tzinfo=UTC).timestamp())
PATHS = ("/api/signals/NHPC", "/api/evaluation/NHPC", "/api/evaluation/NHPC/report.html")


def make_reader(trained_on: str | None = "lite 1") -> Agent:
    return make_agent().model_copy(update={"reads_news": True, "sentiment_engine": trained_on})


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient, model: FakeModelService) -> None:
    model.upload = make_candles(300, first=LAST - 299 * DAY)
    await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    await upload_news(client, "2024-06-05,good\n2024-06-06,bad\n2024-06-07,too late\n")
    model.asked.clear()


async def upload_news(client: httpx.AsyncClient, rows: str) -> None:
    files = {"file": ("news.csv", f"date,headline\n{rows}")}
    answer = await client.post("/api/news", files=files, data={"symbol": "NHPC"})
    assert answer.status_code == 201
    for _ in range(200):
        if not (await client.get("/api/news/NHPC")).json()["refreshing"]:
            return
    raise TimeoutError


@pytest.mark.parametrize("path", PATHS)
async def test_an_agent_that_reads_none_gets_none_and_is_not_asked_again(
    client: httpx.AsyncClient, model: FakeModelService, path: str
) -> None:
    await client.get(path)
    await upload_news(client, "2024-06-04,more good\n")
    await client.get(path)
    assert model.news_read == [None]


@pytest.mark.parametrize("path", PATHS)
async def test_a_reader_gets_what_counts_by_the_last_candle(
    client: httpx.AsyncClient, model: FakeModelService, path: str
) -> None:
    model.listed = [make_reader()]
    await client.get(path)
    (news,) = model.news_read
    assert news == ScoredNews("lite", "1", [LAST, LAST - DAY], [-0.7, 0.7])


@pytest.mark.parametrize("path", PATHS)
async def test_new_headlines_ask_again_and_only_they(
    client: httpx.AsyncClient, model: FakeModelService, path: str
) -> None:
    model.listed = [make_reader()]
    for _ in range(2):
        await client.get(path)
    assert len(model.news_read) == 1
    await upload_news(client, "2024-06-04,more good\n")
    await client.get(path)
    assert model.news_read[1] is not None
    assert len(model.news_read[1].score) == 3


async def test_a_reader_of_a_symbol_without_news_gets_none(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.listed = [make_reader()]
    await client.post("/api/datasets", files={"file": ("TCS.csv", b"x")})
    assert (await client.get("/api/signals/TCS")).status_code == 200
    assert model.news_read == [None]


def make_items(count: int) -> list[StoredItem]:
    return [
        StoredItem(n, "NHPC", f"t{n}", f"t{n}", "feed", "Wire", None, MONDAY, "time", 0)
        for n in range(count)
    ]


def make_scores(**engines: tuple[int, int]) -> dict[str, list[Score]]:
    """By engine, how many of the items it scored, and on which day."""
    names = {"lite": LITE, "finbert": FINBERT}
    found: dict[str, list[Score]] = {}
    for name, (count, day) in engines.items():
        moment = MONDAY + timedelta(days=day)
        for n in range(count):
            score = Score(names[name], "neutral", 0, 0, 1, 0, moment)
            found.setdefault(f"t{n}", []).append(score)
    return found


@pytest.mark.parametrize(
    ("engines", "trained_on", "chosen"),
    [
        ({}, "lite 1", None),
        ({"lite": (4, 0), "finbert": (4, 1)}, "lite 1", LITE),
        ({"lite": (4, 0), "finbert": (4, 1)}, "openai 3", FINBERT),
        ({"lite": (4, 0), "finbert": (3, 1)}, "finbert 2", LITE),
        ({"lite": (3, 0), "finbert": (4, 1)}, "lite 1", FINBERT),
        ({"lite": (2, 1), "finbert": (2, 0)}, None, LITE),
    ],
)
async def test_the_engine_whose_scores_are_used(
    engines: dict[str, tuple[int, int]], trained_on: str | None, chosen: EngineKey | None
) -> None:
    assert choose_engine(make_items(4), make_scores(**engines), trained_on) == chosen
