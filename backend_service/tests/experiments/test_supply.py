"""What the model service is sent with an experiment: candles once, news where it is read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from experiment_fakes import make_refusal
from gateway_fakes import DAY, FakeModelService, connect, make_agent, make_candles

from backend_service.agents.scored_news import ScoredNews
from backend_service.app import create_app

if TYPE_CHECKING:
    import httpx
    from gateway_fakes import FakeClock

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

CREATE = "/api/experiments"
TRAIN = {"kind": "train", "symbols": ["NHPC"]}
LAST = int(datetime(2024, 6, 7, tzinfo=UTC).timestamp())
READING = {"features": {"news_spans": [5, 20]}}


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient, model: FakeModelService) -> None:
    for seed, symbol in enumerate(("NHPC", "TCS")):
        model.upload = make_candles(300, first=LAST - 299 * DAY, seed=seed)
        await client.post("/api/datasets", files={"file": (f"{symbol}.csv", b"x")})


async def upload_news(client: httpx.AsyncClient) -> None:
    rows = "date,headline\n2024-06-05,good\n2024-06-06,bad\n2024-06-07,too late\n"
    files = {"file": ("news.csv", rows)}
    await client.post("/api/news", files=files, data={"symbol": "NHPC"})
    for _ in range(200):
        if not (await client.get("/api/news/NHPC")).json()["refreshing"]:
            return
    raise TimeoutError


async def read_sent(
    client: httpx.AsyncClient, model: FakeModelService, **changes: Any
) -> list[ScoredNews | None]:
    """The news of each series of an experiment."""
    answer = await client.post(CREATE, json={**TRAIN, **changes})
    assert answer.status_code == 202, answer.text
    return [series.news for series in model.experiments.questions[-1].series]


async def test_candles_are_sent_once(client: httpx.AsyncClient, model: FakeModelService) -> None:
    for _ in range(2):
        await client.post(CREATE, json=TRAIN)
        await client.post(f"{CREATE}/estimate", json=TRAIN)
    assert model.experiments.asked.count("put_candles") == 1
    assert model.experiments.asked.count("has_candles") == 1


async def test_candles_that_are_there_are_not_sent(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    candles = make_candles(300, first=LAST - 299 * DAY, seed=0)
    model.experiments.candles = {candles.data_hash: candles}
    await client.post(CREATE, json=TRAIN)
    assert "put_candles" not in model.experiments.asked


async def test_it_is_believed_for_a_short_time_that_they_are_there(
    settings: Settings, model: FakeModelService, clock: FakeClock
) -> None:
    forgetful = settings.model_copy(update={"datasets_known_seconds": 0.0})
    async with connect(create_app(forgetful, model=model, clock=clock)) as client:
        for _ in range(2):
            await client.post(CREATE, json=TRAIN)
    assert model.experiments.asked.count("has_candles") == 2
    assert model.experiments.asked.count("put_candles") == 1


@pytest.mark.parametrize("field", ["series.0", "series.0.data_hash", "series"])
async def test_candles_that_were_lost_are_sent_again(
    client: httpx.AsyncClient, model: FakeModelService, field: str
) -> None:
    await client.post(CREATE, json=TRAIN)
    model.experiments.candles.clear()
    model.experiments.refusals = [make_refusal(404, "dataset-not-found", field=field)]
    assert (await client.post(CREATE, json=TRAIN)).status_code == 202
    assert model.experiments.asked.count("put_candles") == 2


async def test_they_are_sent_again_once(client: httpx.AsyncClient, model: FakeModelService) -> None:
    lost = make_refusal(404, "dataset-not-found", field="series.0")
    model.experiments.refusals = [lost, lost]
    answer = await client.post(CREATE, json=TRAIN)
    assert (answer.status_code, answer.json()["field"]) == (404, "symbols.0")
    assert model.experiments.asked.count("create") == 2


async def test_what_learns_from_no_news_is_sent_none(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await upload_news(client)
    for config in ({}, {"features": {}}, {"features": {"news_spans": []}}, {"features": [1]}):
        assert await read_sent(client, model, config=config) == [None]


@pytest.mark.parametrize("kind", ["train", "walk-forward", "sweep"])
async def test_what_learns_from_news_is_sent_what_counts_by_the_last_candle(
    client: httpx.AsyncClient, model: FakeModelService, kind: str
) -> None:
    await upload_news(client)
    expected = ScoredNews("lite", "1", [LAST, LAST - DAY], [-0.7, 0.7])
    assert await read_sent(client, model, kind=kind, config=READING) == [expected]


async def test_news_after_the_last_candle_that_is_used_is_not_sent(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await upload_news(client)
    (news,) = await read_sent(client, model, config=READING, end="2024-06-06")
    assert news is not None
    assert news.counts_from == [LAST - DAY]


async def test_a_sweep_over_news_is_sent_it(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await upload_news(client)
    sweep: dict[str, Any] = {"kind": "sweep", "grid": {"features.news_spans": [[], [5]]}}
    assert None not in await read_sent(client, model, **sweep)
    sweep["grid"] = {"features.news_spans": [[]]}
    assert await read_sent(client, model, **sweep) == [None]


async def test_a_symbol_without_news_beside_one_with_news_has_an_empty_list(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    assert await read_sent(client, model, config=READING) == [None]
    await upload_news(client)
    news = await read_sent(client, model, symbols=["TCS", "NHPC"], config=READING)
    assert news[0] == ScoredNews("lite", "1", [], [])


async def test_an_evaluation_is_sent_what_its_agent_reads(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await upload_news(client)
    reader = make_agent("reader", is_default=False).model_copy(
        update={"reads_news": True, "sentiment_engine": "lite 1"}
    )
    model.listed = [make_agent("other"), reader]
    model.kept_steps = {"reader@10": reader}
    evaluate = {"kind": "evaluate", "config": {}}
    for agent, reads in [("other", False), ("reader", True), ("reader@10", True)]:
        (news,) = await read_sent(client, model, **evaluate, agent=agent)
        assert (news is not None) == reads
    answer = await client.post(CREATE, json={**TRAIN, **evaluate, "agent": "nobody"})
    assert (answer.status_code, answer.json()["field"]) == (404, "agent")
