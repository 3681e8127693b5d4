"""Experiments over HTTP: symbols become series, refusals keep the request's own names."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from experiment_fakes import make_refusal
from gateway_fakes import DAY, FakeModelService, make_candles

from backend_service.errors import (
    ModelServiceBusy,
    ModelServiceTimeout,
    ModelServiceUnavailable,
)
from backend_service.market_data.ranges import TimeRange

pytestmark = pytest.mark.anyio

CREATE = "/api/experiments"
ESTIMATE = "/api/experiments/estimate"
TRAIN = {"kind": "train", "symbols": ["NHPC"]}
FIRST_DAY = 1_262_563_200  # 2010-01-04


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient, model: FakeModelService) -> None:
    for seed, symbol in enumerate(("NHPC", "TCS")):
        model.upload = make_candles(300, seed=seed)
        answer = await client.post("/api/datasets", files={"file": (f"{symbol}.csv", b"x")})
        assert answer.status_code == 201
    model.asked.clear()


def problem_of(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, the type's last part and the field."""
    problem = answer.json()
    return answer.status_code, problem["type"].rpartition(":")[2], problem.get("field")


async def test_an_experiment_is_queued_and_says_where_it_is(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    new = {
        **TRAIN,
        "symbols": ["TCS", "NHPC"],
        "seeds": [3, 1],
        "steps": 500,
        "start": "2010-01-05",
        "end": "2010-02-01",
        "config": {"learning": {"rate": 0.001}},
        "name": "Two of them",
        "idempotency_key": "k",
    }
    answer = await client.post(CREATE, json=new)
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/experiments/{answer.json()['id']}"
    (question,) = model.experiments.questions
    hashes = [make_candles(300, seed=seed).data_hash for seed in (1, 0)]
    assert [(each.symbol, each.data_hash) for each in question.series] == [
        ("TCS", hashes[0]),
        ("NHPC", hashes[1]),
    ]
    assert {each.price_basis for each in question.series} == {"raw"}
    assert question.limits == TimeRange(FIRST_DAY + DAY, FIRST_DAY + 29 * DAY - 1)
    assert (question.seeds, question.steps, question.budget_seconds) == ([3, 1], 500, None)
    assert (question.config, question.grid, question.agent) == (new["config"], None, None)
    assert (question.name, question.idempotency_key) == ("Two of them", "k")
    assert set(model.experiments.candles) == set(hashes)


async def test_an_estimate_queues_nothing(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    answer = await client.post(ESTIMATE, json={**TRAIN, "budget_seconds": 60})
    assert (answer.status_code, answer.json()["total_steps"]) == (200, 10)
    assert model.experiments.questions[0].budget_seconds == 60
    assert "create" not in model.experiments.asked


@pytest.mark.parametrize("path", [CREATE, ESTIMATE])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "guess"}, "kind"),
        ({"kind": None}, "kind"),
        ({"symbols": []}, "symbols"),
        ({"symbols": "NHPC"}, "symbols"),
        ({"symbols": [f"S{n}" for n in range(101)]}, "symbols"),
        ({"symbols": ["NHPC", "../x"]}, "symbols.1"),
        ({"symbols": ["NHPC", "TCS", "NHPC"]}, "symbols.2"),
        ({"symbols": ["NHPC", "nhpc"]}, "symbols.1"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [-1]}, "seeds.0"),
        ({"seeds": ["0"]}, "seeds.0"),
        ({"seeds": [True]}, "seeds.0"),
        ({"steps": 0}, "steps"),
        ({"steps": 1.5}, "steps"),
        ({"steps": 10**9}, "steps"),
        ({"budget_seconds": 0.5}, "budget_seconds"),
        ({"budget_seconds": 10**7}, "budget_seconds"),
        ({"steps": 10, "budget_seconds": 10}, "budget_seconds"),
        ({"start": "2010-13-01"}, "start"),
        ({"start": "1262563200"}, "start"),
        ({"start": 1_262_563_200}, "start"),
        ({"end": "yesterday"}, "end"),
        ({"start": "2010-03-01", "end": "2010-02-01"}, "start"),
        ({"start": "2030-01-01"}, "start"),
        ({"end": "2009-12-31"}, "end"),
        ({"config": []}, "config"),
        ({"config": {"learning": {"seed": 2**70}}}, "config"),
        ({"grid": {"learning.rate": []}}, "grid.learning.rate"),
        ({"grid": {"learning.rate": 1}}, "grid.learning.rate"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"agent": "No/Body"}, "agent"),
        ({"agent": "a@"}, "agent"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"series": []}, "series"),
    ],
)
async def test_bad_input_is_refused_by_name_and_not_passed_on(
    client: httpx.AsyncClient,
    model: FakeModelService,
    path: str,
    changes: dict[str, Any],
    field: str,
) -> None:
    answer = await client.post(path, json={**TRAIN, **changes})
    assert problem_of(answer) == (422, "invalid-request", field)
    assert model.experiments.questions == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
async def test_numbers_that_json_does_not_have_are_refused(
    client: httpx.AsyncClient, number: str
) -> None:
    body = f'{{"kind": "train", "symbols": ["NHPC"], "config": {{"a": [{number}]}}}}'
    answer = await client.post(CREATE, content=body, headers={"content-type": "application/json"})
    assert problem_of(answer) == (422, "invalid-request", "config")


async def test_a_configuration_is_bounded_in_depth_and_size(client: httpx.AsyncClient) -> None:
    deep = '{"kind": "train", "symbols": ["NHPC"], "config": {"a": ' + "[" * 400 + "]" * 400 + "}}"
    headers = {"content-type": "application/json"}
    assert (await client.post(CREATE, content=deep, headers=headers)).status_code == 422
    large = {**TRAIN, "config": {"x": "y" * (1024 * 1024)}}
    assert (await client.post(CREATE, json=large)).status_code == 413


async def test_an_unknown_symbol_is_named_by_its_place(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    answer = await client.post(CREATE, json={**TRAIN, "symbols": ["NHPC", "NOBODY"]})
    assert problem_of(answer) == (404, "symbol-not-found", "symbols.1")
    assert model.experiments.questions == []


async def test_a_hundred_symbols_are_taken(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    symbols = [f"S{n}" for n in range(100)]
    for seed, symbol in enumerate(symbols):
        model.upload = make_candles(20, seed=seed)
        await client.post("/api/datasets", files={"file": (f"{symbol}.csv", b"x")})
    answer = await client.post(CREATE, json={**TRAIN, "symbols": symbols})
    assert answer.status_code == 202
    assert [each.symbol for each in model.experiments.questions[0].series] == symbols
    assert len(model.experiments.candles) == 100


@pytest.mark.parametrize("path", [CREATE, ESTIMATE])
@pytest.mark.parametrize(
    ("status", "theirs", "ours"),
    [
        (422, "series.1", "symbols.1"),
        (422, "series.0.news.score", "symbols.0"),
        (413, "series", "symbols"),
        (422, "config.learning.rate", "config.learning.rate"),
        (422, "budget_seconds", "budget_seconds"),
        (409, "idempotency_key", "idempotency_key"),
        (404, "agent", "agent"),
        (415, None, None),
    ],
)
async def test_refusals_are_passed_on_in_the_words_of_this_request(
    client: httpx.AsyncClient,
    model: FakeModelService,
    path: str,
    status: int,
    theirs: str | None,
    ours: str | None,
) -> None:
    members = {} if theirs is None else {"field": theirs}
    model.experiments.refusals = [make_refusal(status, "not-so", **members)]
    answer = await client.post(path, json={**TRAIN, "symbols": ["NHPC", "TCS"]})
    assert problem_of(answer) == (status, "not-so", ours)
    assert len(model.experiments.questions) == 1


async def test_a_full_queue_says_when_to_come_again(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    problem = make_refusal(429, "queue-full").to_problem()
    model.experiments.refusals = [ModelServiceBusy(problem, 17)]
    answer = await client.post(CREATE, json=TRAIN)
    assert problem_of(answer) == (429, "queue-full", None)
    assert answer.headers["retry-after"] == "17"


@pytest.mark.parametrize(
    ("failure", "status"),
    [(ModelServiceUnavailable("It is starting."), 503), (ModelServiceTimeout("Slow."), 504)],
)
async def test_a_model_service_that_fails_is_a_problem(
    client: httpx.AsyncClient,
    model: FakeModelService,
    failure: ModelServiceUnavailable | ModelServiceTimeout,
    status: int,
) -> None:
    model.experiments.failure = failure
    for ask in (
        client.post(CREATE, json=TRAIN),
        client.get(CREATE),
        client.get(f"{CREATE}/e1"),
        client.get(f"{CREATE}/e1/units"),
        client.post(f"{CREATE}/e1/cancel"),
        client.delete(f"{CREATE}/e1"),
    ):
        assert (await ask).status_code == status


async def test_experiments_are_listed_as_asked(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await client.post(CREATE, json=TRAIN)
    page = (await client.get(CREATE)).json()
    assert ([each["id"] for each in page["experiments"]], page["more"]) == (["e1"], False)
    await client.get(f"{CREATE}?state=running&kind=walk-forward&limit=7&after=e9")
    assert model.experiments.listed == [
        (None, None, 50, None),
        ("running", "walk-forward", 7, "e9"),
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?state=lost", "state"),
        ("?kind=lost", "kind"),
        ("?limit=0", "limit"),
        ("?limit=201", "limit"),
        ("?after=A", "after"),
        ("/E1", "experiment_id"),
        ("/e1/units?limit=1001", "limit"),
        ("/e1/units?after=-2", "after"),
        ("/e1/events?after=-1", "after"),
    ],
)
async def test_questions_that_the_contract_refuses(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    assert problem_of(await client.get(CREATE + query)) == (422, "invalid-request", field)


async def test_one_experiment_its_units_and_its_end(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await client.post(CREATE, json=TRAIN)
    assert (await client.get(f"{CREATE}/e1")).json()["name"] == "Mine"
    units = (await client.get(f"{CREATE}/e1/units?limit=5&after=3")).json()
    assert [unit["task"] for unit in units["units"]] == ["train"]
    assert model.experiments.units_asked == [("e1", 5, 3)]
    cancelled = await client.post(f"{CREATE}/e1/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelling")
    model.experiments.running = {"e1"}
    refused = await client.delete(f"{CREATE}/e1")
    assert (refused.status_code, refused.json()["state"]) == (202, "cancelling")
    model.experiments.running = set()
    removed = await client.delete(f"{CREATE}/e1")
    assert (removed.status_code, removed.content) == (204, b"")
    for ask in (
        client.get(f"{CREATE}/e1"),
        client.get(f"{CREATE}/e1/units"),
        client.get(f"{CREATE}/e1/events"),
        client.post(f"{CREATE}/e1/cancel"),
        client.delete(f"{CREATE}/e1"),
    ):
        assert problem_of(await ask) == (404, "experiment-not-found", None)
