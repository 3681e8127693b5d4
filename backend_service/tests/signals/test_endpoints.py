"""Signals over HTTP: passed on unchanged, asked for once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
import pytest
from gateway_fakes import FakeModelService, connect, make_agent, make_candles, make_prediction

from backend_service.app import create_app
from backend_service.errors import (
    ModelServiceBadAnswer,
    ModelServiceRefusal,
    ModelServiceTimeout,
    ModelServiceUnavailable,
)
from backend_service.market_data.ranges import TimeRange
from backend_service.signals.question import SignalQuestion

if TYPE_CHECKING:
    import httpx

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    assert answer.status_code == 201


async def test_the_answer_is_that_of_the_model_service_byte_for_byte(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    answer = await client.get(
        "/api/signals/NHPC?cash=5000&commission_bps=5&slippage_bps=1&fill=next_close&start=2010-02-01"
    )
    question = SignalQuestion("default", 5_000.0, 5.0, 1.0, "next_close", TimeRange(1_264_982_400))
    assert answer.status_code == 200
    assert answer.content == make_prediction("NHPC", "raw", model.upload, question)


async def test_a_repeated_question_is_answered_from_the_cache(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    first = await client.get("/api/signals/NHPC")
    again = await client.get("/api/signals/NHPC?cash=100000&fill=next_open")
    assert again.content == first.content
    assert model.asked.count("predict") == 1
    tagged = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/api/signals/NHPC", headers=tagged)).status_code == 304


@pytest.mark.parametrize(
    "query",
    [
        "cash=1",
        "commission_bps=0",
        "slippage_bps=1",
        "fill=next_close",
        "start=2010-02-01",
        "end=2010-02-01",
    ],
)
async def test_every_part_of_the_question_counts(
    client: httpx.AsyncClient, model: FakeModelService, query: str
) -> None:
    await client.get("/api/signals/NHPC")
    await client.get(f"/api/signals/NHPC?{query}")
    assert model.asked.count("predict") == 2


async def test_new_candles_or_a_new_default_agent_ask_again(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await client.get("/api/signals/NHPC")
    model.listed = [make_agent(agent_hash="b2")]
    await client.get("/api/signals/NHPC")
    assert model.asked.count("predict") == 2
    model.upload = make_candles(100, seed=5)
    await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    answer = await client.get("/api/signals/NHPC")
    assert model.asked.count("predict") == 3
    assert len(answer.json()["decisions"]["time"]) == 100


async def test_the_short_way_ends_with_what_it_rests_on(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(
        update={"series_fresh_seconds": 3_600.0, "agents_fresh_seconds": 3_600.0}
    )
    async with connect(create_app(trusting, model=model)) as client:
        await client.get("/api/signals/NHPC")
        asked = len(model.asked)
        assert (await client.get("/api/signals/NHPC")).status_code == 200
        assert len(model.asked) == asked
        model.upload = make_candles(100, seed=5)
        await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
        answer = await client.get("/api/signals/NHPC")
        assert len(answer.json()["decisions"]["time"]) == 100


async def test_the_same_question_at_the_same_time_is_asked_once(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.gate = asyncio.Event()
    asking = [asyncio.create_task(client.get("/api/signals/NHPC")) for _ in range(5)]
    while "predict" not in model.asked:
        await asyncio.sleep(0)
    asking.pop().cancel()  # whoever goes away does not take the answer from the others
    model.gate.set()
    answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {200}
    assert model.asked.count("predict") == 1


@pytest.mark.parametrize(
    ("failure", "status", "slug"),
    [
        (ModelServiceUnavailable("Down."), 503, "model-service-unavailable"),
        (ModelServiceTimeout("Slow."), 504, "model-service-timeout"),
        (ModelServiceBadAnswer("Rubbish."), 502, "model-service-bad-answer"),
    ],
)
async def test_a_failing_model_service_is_a_problem_and_is_not_remembered(
    client: httpx.AsyncClient, model: FakeModelService, failure: Exception, status: int, slug: str
) -> None:
    model.failure = failure  # type: ignore[assignment]
    answer = await client.get("/api/signals/NHPC")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:bellwether:problem:{slug}"
    model.failure = None
    assert (await client.get("/api/signals/NHPC")).status_code == 200


async def test_a_refusal_is_passed_on_with_its_own_type(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    answer = await client.get("/api/signals/NHPC?agent=nobody")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:bellwether:problem:agent-not-found"
    model.failure = ModelServiceRefusal(
        {
            "type": "urn:bellwether:problem:x",
            "title": "X",
            "status": 422,
            "detail": "D",
            "field": "f",
        }
    )
    refused = await client.get("/api/signals/NHPC")
    assert refused.status_code == 422
    assert refused.json()["field"] == "f"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cash=0", "cash"),
        ("cash=nan", "cash"),
        ("cash=inf", "cash"),
        ("commission_bps=-1", "commission_bps"),
        ("slippage_bps=1001", "slippage_bps"),
        ("fill=now", "fill"),
        ("agent=../x", "agent"),
        ("start=soon", "start"),
        ("start=2030-01-01", "start"),
    ],
)
async def test_a_bad_question_is_refused_by_name(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    answer = await client.get(f"/api/signals/NHPC?{query}")
    assert answer.status_code == 422
    assert answer.json()["field"] == field


async def test_signals_of_an_unknown_symbol_are_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/signals/NOSUCH")).status_code == 404


async def test_the_answer_keeps_to_one_time_axis(client: httpx.AsyncClient) -> None:
    body = orjson.loads((await client.get("/api/signals/NHPC")).content)
    assert body["decisions"]["time"] == body["ledger"]["time"]
