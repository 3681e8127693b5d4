"""Experiments over HTTP: what is sent, what is believed, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pyarrow as pa
import pytest
from experiment_fakes import make_event, make_experiment, make_unit
from gateway_fakes import make_agent, make_candles
from pyarrow import parquet

from backend_service.agents.scored_news import ScoredNews
from backend_service.errors import (
    ModelServiceBadAnswer,
    ModelServiceBusy,
    ModelServiceRefusal,
    ModelServiceUnavailable,
)
from backend_service.experiments.question import ExperimentQuestion, ExperimentSeries
from backend_service.market_data.candles import COLUMNS
from backend_service.market_data.ranges import TimeRange
from backend_service.model_client.client import ModelServiceClient
from backend_service.settings import Settings
from backend_service.telemetry.metrics import Metrics

pytestmark = pytest.mark.anyio

TEN = make_candles(10)
DATASET = {
    "data_hash": TEN.data_hash,
    "candles": 10,
    "start": int(TEN.time[0]),
    "end": int(TEN.time[-1]),
}
PROBLEM = {
    "type": "urn:bellwether:problem:not-so",
    "title": "T",
    "status": 404,
    "detail": "D",
    "field": "series.0",
}
SHORT = ExperimentQuestion(
    kind="train",
    series=[ExperimentSeries("NHPC", TEN.data_hash, "raw", None)],
    limits=TimeRange(),
    seeds=[0],
    steps=None,
    budget_seconds=None,
    config={},
    grid=None,
    agent=None,
    name=None,
    idempotency_key=None,
)
LONG = ExperimentQuestion(
    kind="sweep",
    series=[ExperimentSeries("NHPC", TEN.data_hash, "mixed", ScoredNews("lite", "1", [5], [0.5]))],
    limits=TimeRange(1, 2),
    seeds=[1, 2],
    steps=10,
    budget_seconds=1.5,
    config={"features": {"news_spans": [5]}},
    grid={"learning.rate": [0.1, 0.2]},
    agent="a@10",
    name="Mine",
    idempotency_key="k",
)


class Recorder:
    """Answers every request alike and keeps it."""

    def __init__(self, content: object, status: int = 200, **headers: str) -> None:
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        kind = "application/problem+json" if status >= 400 else "application/json"
        self._answer = httpx.Response(
            status, content=body, headers={"content-type": kind, **headers}
        )
        self.requests: list[httpx.Request] = []
        self.metrics = Metrics()
        self.client = ModelServiceClient(
            Settings(), self.metrics, httpx.MockTransport(self._handle)
        )
        self.experiments = self.client.experiments

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answer

    @property
    def asked(self) -> tuple[str, str]:
        """Method and path with query of the only request."""
        (request,) = self.requests
        return request.method, request.url.raw_path.decode()


async def test_candles_are_put_as_parquet_under_their_hash() -> None:
    recorder = Recorder(DATASET)
    await recorder.experiments.put_candles(TEN)
    assert recorder.asked == ("PUT", f"/datasets/{TEN.data_hash}")
    (request,) = recorder.requests
    assert request.headers["content-type"] == "application/vnd.apache.parquet"
    table = parquet.read_table(pa.BufferReader(request.content))
    assert table.schema.names == list(COLUMNS)
    assert table.schema.types == [pa.int64(), *[pa.float64()] * 5]
    for name, column in TEN.to_columns().items():
        assert table[name].to_numpy().tobytes() == column.tobytes()


async def test_whether_candles_are_there() -> None:
    there = Recorder(DATASET)
    assert await there.experiments.has_candles(TEN.data_hash)
    assert there.asked == ("GET", f"/datasets/{TEN.data_hash}")
    assert not await Recorder(PROBLEM, 404).experiments.has_candles(TEN.data_hash)
    with pytest.raises(ModelServiceRefusal):
        await Recorder(PROBLEM, 422).experiments.has_candles(TEN.data_hash)
    with pytest.raises(ModelServiceBadAnswer, match="other candles"):
        await there.experiments.has_candles("0" * 64)
    with pytest.raises(ModelServiceBadAnswer, match="other candles"):
        await there.experiments.put_candles(make_candles(11))


async def test_an_experiment_is_asked_for_with_what_was_said_and_no_more() -> None:
    recorder = Recorder(make_experiment(), 202)
    assert (await recorder.experiments.create(SHORT)).id == "e1"
    assert recorder.asked == ("POST", "/experiments")
    assert orjson.loads(recorder.requests[0].content) == {
        "kind": "train",
        "series": [{"symbol": "NHPC", "data_hash": TEN.data_hash, "price_basis": "raw"}],
        "seeds": [0],
        "config": {},
    }


async def test_an_estimate_is_asked_for_with_every_part() -> None:
    estimate = {
        "units": 4,
        "steps": 10,
        "total_steps": 40,
        "seconds": 2.5,
        "steps_per_second": 16,
        "measured": True,
    }
    recorder = Recorder(estimate)
    assert (await recorder.experiments.estimate(LONG)).total_steps == 40
    assert recorder.asked == ("POST", "/experiments/estimate")
    assert orjson.loads(recorder.requests[0].content) == {
        "kind": "sweep",
        "series": [
            {
                "symbol": "NHPC",
                "data_hash": TEN.data_hash,
                "price_basis": "mixed",
                "news": {
                    "engine": "lite",
                    "engine_version": "1",
                    "counts_from": [5],
                    "score": [0.5],
                },
            }
        ],
        "start": 1,
        "end": 2,
        "seeds": [1, 2],
        "steps": 10,
        "budget_seconds": 1.5,
        "config": {"features": {"news_spans": [5]}},
        "grid": {"learning.rate": [0.1, 0.2]},
        "agent": "a@10",
        "name": "Mine",
        "idempotency_key": "k",
    }


EVENTS = {"events": [make_event(3)], "last_id": 3, "ended": False}


@pytest.mark.parametrize(
    ("ask", "content", "asked"),
    [
        (
            lambda model: model.page(None, None, 50, None),
            {"experiments": [make_experiment()], "more": True},
            ("GET", "/experiments?limit=50"),
        ),
        (
            lambda model: model.page("done", "sweep", 5, "e9"),
            {"experiments": [], "more": False},
            ("GET", "/experiments?state=done&kind=sweep&limit=5&after=e9"),
        ),
        (lambda model: model.one("e1"), make_experiment(), ("GET", "/experiments/e1")),
        (lambda model: model.cancel("e1"), make_experiment(), ("POST", "/experiments/e1/cancel")),
        (lambda model: model.remove("e1"), make_experiment(), ("DELETE", "/experiments/e1")),
        (
            lambda model: model.units("e1", 5, -1),
            {"units": [make_unit()], "more": False},
            ("GET", "/experiments/e1/units?limit=5&after=-1"),
        ),
        (
            lambda model: model.events("e1", 1000, 2),
            EVENTS,
            ("GET", "/experiments/e1/events?limit=1000&after=2"),
        ),
    ],
)
async def test_questions_about_experiments(
    ask: Callable[[Any], Any], content: dict[str, Any], asked: tuple[str, str]
) -> None:
    recorder = Recorder(content)
    answer = await ask(recorder.experiments)
    assert answer.model_dump(mode="json") == content
    assert recorder.asked == asked
    with pytest.raises(ModelServiceBadAnswer):
        await ask(Recorder({**content, "surprise": 1}).experiments)


async def test_events_are_asked_for_as_a_page_and_not_as_a_stream() -> None:
    recorder = Recorder(EVENTS)
    await recorder.experiments.events("e1", 1000, 0)
    assert recorder.requests[0].headers["accept"] == "application/json"


async def test_what_was_removed_is_told_from_what_is_being_cancelled() -> None:
    assert await Recorder(b"", 204).experiments.remove("e1") is None
    cancelled = await Recorder(make_experiment(state="cancelling"), 202).experiments.remove("e1")
    assert cancelled is not None
    assert cancelled.state == "cancelling"


async def test_an_agent_of_one_step_is_asked_for_and_promoted_by_its_id() -> None:
    recorder = Recorder(make_agent("a").model_dump(mode="json"))
    await recorder.client.agent("a@10")
    await recorder.client.promote_agent("a@10")
    asked = [(each.method, each.url.raw_path.decode()) for each in recorder.requests]
    assert asked == [("GET", "/agents/a@10"), ("POST", "/agents/a@10/promote")]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": " 0 "}, 0),
        ({}, 5),
        ({"retry-after": "soon"}, 5),
        ({"retry-after": "-1"}, 5),
        ({"retry-after": "9" * 20}, 5),
    ],
)
async def test_a_full_queue_says_when_it_has_room_again(
    headers: dict[str, str], seconds: int
) -> None:
    recorder = Recorder({**PROBLEM, "status": 429}, 429, **headers)
    with pytest.raises(ModelServiceBusy) as refusal:
        await recorder.experiments.create(SHORT)
    assert refusal.value.retry_after_seconds == seconds
    assert refusal.value.to_problem() == {**PROBLEM, "status": 429}
    # It is no failure of the service.
    assert "not-so" not in str(list(recorder.metrics.model_errors.collect()))


@pytest.mark.parametrize("status", [404, 409, 413, 415, 422])
async def test_refusals_are_passed_on_whole(status: int) -> None:
    with pytest.raises(ModelServiceRefusal) as refusal:
        await Recorder(PROBLEM, status).experiments.create(SHORT)
    assert refusal.value.to_problem() == {**PROBLEM, "status": status}


async def test_a_service_that_is_not_ready_is_no_refusal() -> None:
    with pytest.raises(ModelServiceUnavailable):
        await Recorder(PROBLEM, 503).experiments.create(SHORT)
    with pytest.raises(ModelServiceBadAnswer):
        await Recorder(b"Too Many Requests", 429).experiments.create(SHORT)
