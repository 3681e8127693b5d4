"""Evaluations over HTTP: passed on unchanged, asked for once, and run again never from a cache."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from gateway_fakes import (
    FakeModelService,
    connect,
    make_agent,
    make_candles,
    make_page,
    make_report,
)

from backend_service.agents.question import AgentQuestion
from backend_service.app import create_app
from backend_service.errors import ModelServiceTimeout

if TYPE_CHECKING:
    import httpx

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

QUESTION = AgentQuestion("default", 100_000.0, 10.0, 0.0, "next_open")
PROBLEM = "urn:bellwether:problem:"


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    assert answer.status_code == 201


async def read_passport(client: httpx.AsyncClient) -> dict[str, Any]:
    passport: dict[str, Any] = (await client.get("/api/evaluation/NHPC")).json()["passport"]
    return passport


async def test_the_answer_is_that_of_the_model_service_byte_for_byte(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    answer = await client.get(
        "/api/evaluation/NHPC?cash=5000&commission_bps=5&slippage_bps=1&fill=next_close"
    )
    question = AgentQuestion("default", 5_000.0, 5.0, 1.0, "next_close")
    assert answer.status_code == 200
    assert answer.content == make_report("NHPC", "raw", model.upload, question)


async def test_a_repeated_question_is_answered_from_the_cache(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    first = await client.get("/api/evaluation/NHPC")
    again = await client.get("/api/evaluation/NHPC?cash=100000&fill=next_open")
    assert again.content == first.content
    assert model.asked.count("evaluate") == 1
    assert first.headers["cache-control"] == "private, no-cache"
    tagged = {"If-None-Match": first.headers["etag"]}
    assert (await client.get("/api/evaluation/NHPC", headers=tagged)).status_code == 304


@pytest.mark.parametrize(
    "query", ["cash=1", "commission_bps=0", "slippage_bps=1", "fill=next_close"]
)
async def test_every_part_of_the_question_counts(
    client: httpx.AsyncClient, model: FakeModelService, query: str
) -> None:
    await client.get("/api/evaluation/NHPC")
    await client.get(f"/api/evaluation/NHPC?{query}")
    assert model.asked.count("evaluate") == 2


async def test_new_candles_or_a_new_agent_ask_again(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    await client.get("/api/evaluation/NHPC")
    model.listed = [make_agent(agent_hash="b2")]
    await client.get("/api/evaluation/NHPC")
    assert model.asked.count("evaluate") == 2
    model.upload = make_candles(100, seed=5)
    await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    answer = await client.get("/api/evaluation/NHPC")
    assert model.asked.count("evaluate") == 3
    assert answer.json()["passport"]["series"][0]["candles"] == 100


async def test_the_short_way_asks_nobody(settings: Settings, model: FakeModelService) -> None:
    trusting = settings.model_copy(
        update={"series_fresh_seconds": 3_600.0, "agents_fresh_seconds": 3_600.0}
    )
    async with connect(create_app(trusting, model=model)) as client:
        first = await client.get("/api/evaluation/NHPC")
        asked = len(model.asked)
        again = await client.get("/api/evaluation/NHPC")
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
        assert len(model.asked) == asked


async def test_the_same_question_at_the_same_time_is_asked_once(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.gate = asyncio.Event()
    asking = [asyncio.create_task(client.get("/api/evaluation/NHPC")) for _ in range(3)]
    while "evaluate" not in model.asked:
        await asyncio.sleep(0)
    model.gate.set()
    answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {200}
    assert model.asked.count("evaluate") == 1


async def test_the_page_is_a_download(client: httpx.AsyncClient, model: FakeModelService) -> None:
    answer = await client.get("/api/evaluation/NHPC/report.html?cash=5000")
    assert answer.content == make_page("default on 300 raw NHPC with 5000")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="bellwether-NHPC-default.html"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await client.get("/api/evaluation/NHPC/report.html?cash=5000")
    assert again.content == answer.content
    assert model.asked.count("evaluate_page") == 1
    assert "evaluate" not in model.asked


async def test_a_failure_is_a_problem_and_is_not_remembered(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.failure = ModelServiceTimeout("Slow.")
    for path in ("/api/evaluation/NHPC", "/api/evaluation/NHPC/report.html", "/api/evaluations"):
        answer = await client.get(path)
        assert answer.status_code == 504
        assert answer.headers["content-type"] == "application/problem+json"
    model.failure = None
    assert (await client.get("/api/evaluation/NHPC")).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cash=0", "cash"),
        ("commission_bps=nan", "commission_bps"),
        ("slippage_bps=1001", "slippage_bps"),
        ("fill=now", "fill"),
        ("agent=../x", "agent"),
    ],
)
@pytest.mark.parametrize("form", ["", "/report.html"])
async def test_a_bad_question_is_refused_by_name(
    client: httpx.AsyncClient, query: str, field: str, form: str
) -> None:
    answer = await client.get(f"/api/evaluation/NHPC{form}?{query}")
    assert answer.status_code == 422
    assert answer.json()["field"] == field


async def test_unknown_symbols_and_agents_are_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/evaluation/NOSUCH")).status_code == 404
    answer = await client.get("/api/evaluation/NHPC?agent=nobody")
    assert (answer.status_code, answer.json()["type"]) == (404, f"{PROBLEM}agent-not-found")


async def test_a_symbol_may_be_called_as_an_action_is(client: httpx.AsyncClient) -> None:
    await client.post(
        "/api/datasets", files={"file": ("x.csv", b"x")}, data={"symbol": "run-again"}
    )
    assert (await client.get("/api/evaluation/run-again")).status_code == 200


async def test_a_passport_is_run_again_and_never_from_a_cache(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    terms = "cash=5000&commission_bps=5&slippage_bps=1&fill=next_close"
    first = await client.get(f"/api/evaluation/NHPC?{terms}")
    passport = first.json()["passport"]
    for times in (2, 3):
        again = await client.post("/api/evaluation/run-again", json=passport)
        assert again.status_code == 200
        assert again.content == first.content
        assert again.headers["cache-control"] == "no-store"
        assert model.asked.count("evaluate") == times


async def test_a_passport_of_other_candles_does_not_hold(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    passport = await read_passport(client)
    model.upload = make_candles(100, seed=5)
    await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["type"]) == (409, f"{PROBLEM}passport-outdated")
    assert answer.json()["field"] == "series"
    assert "NHPC" in answer.json()["detail"]
    assert model.asked.count("evaluate") == 1


async def test_a_passport_of_another_price_basis_does_not_hold(client: httpx.AsyncClient) -> None:
    passport = await read_passport(client)
    passport["series"][0]["price_basis"] = "adjusted"
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["field"]) == (409, "series")


async def test_a_passport_of_another_agent_does_not_hold(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    passport = await read_passport(client)
    model.listed = [make_agent(agent_hash="b2")]
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["field"]) == (409, "agent_hash")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("draws", 1),
        ("bootstrap_seed", 7),
        ("seeds", [999]),
        ("members", 30),
        ("steps", 5),
        ("may_trade", "long and short"),
        ("config", {"x": 1}),
    ],
)
async def test_another_run_is_not_passed_off_as_that_of_the_passport(
    client: httpx.AsyncClient, name: str, value: Any
) -> None:
    passport = {**await read_passport(client), name: value}
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["field"]) == (409, name)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agent": None}, "agent"),
        ({"agent_hash": None}, "agent_hash"),
        ({"series": []}, "series"),
        ({"schema_version": 2}, "schema_version"),
        ({"result_hash": "x"}, "result_hash"),
        ({"extra": 1}, "extra"),
    ],
)
async def test_a_passport_that_cannot_be_run_is_refused_by_name(
    client: httpx.AsyncClient, changes: dict[str, Any], field: str
) -> None:
    passport = await read_passport(client)
    answer = await client.post("/api/evaluation/run-again", json={**passport, **changes})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("command", "ending"),
    [
        ("bellwether evaluate --protocol tdqn", "type `bellwether evaluate --protocol tdqn`."),
        (None, "from the command line."),
    ],
)
async def test_a_protocol_is_run_from_the_command_line(
    client: httpx.AsyncClient, command: str | None, ending: str
) -> None:
    passport = {**await read_passport(client), "protocol": "tdqn", "command": command}
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["field"]) == (422, "protocol")
    assert answer.json()["detail"].endswith(ending)


async def test_a_holdout_is_run_again_as_an_experiment(client: httpx.AsyncClient) -> None:
    passport = {**await read_passport(client), "protocol": "holdout"}
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["field"]) == (422, "protocol")
    assert "by starting its experiment again" in answer.json()["detail"]


async def test_an_agent_of_one_step_is_evaluated_again(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.kept_steps = {"tiny@200": make_agent("tiny", agent_hash="a1")}
    passport = {**await read_passport(client), "agent": "tiny@200"}
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert (answer.status_code, answer.json()["passport"]["agent"]) == (200, "tiny@200")
    assert (await client.get("/api/signals/NHPC?agent=tiny@200")).status_code == 200
    page = await client.get("/api/evaluation/NHPC/report.html?agent=tiny@200")
    assert page.headers["content-disposition"].endswith('"bellwether-NHPC-tiny_200.html"')


async def test_a_passport_has_a_size(client: httpx.AsyncClient) -> None:
    passport = {**await read_passport(client), "config": {"x": "y" * (1024 * 1024)}}
    answer = await client.post("/api/evaluation/run-again", json=passport)
    assert answer.status_code == 413


async def test_kept_reports_are_listed_and_passed_on(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    assert (await client.get("/api/evaluations")).json() == {"evaluations": []}
    kept = make_report("NHPC", "raw", model.upload, QUESTION, protocol="tdqn")
    model.kept["tdqn"] = kept
    listed = (await client.get("/api/evaluations")).json()["evaluations"]
    assert [(each["id"], each["symbols"]) for each in listed] == [("tdqn", ["NHPC"])]
    answer = await client.get("/api/evaluations/tdqn")
    assert answer.content == kept
    tagged = {"If-None-Match": answer.headers["etag"]}
    assert (await client.get("/api/evaluations/tdqn", headers=tagged)).status_code == 304
    page = await client.get("/api/evaluations/tdqn/report.html")
    assert page.content == make_page("Tiny on NHPC")
    assert page.headers["content-disposition"] == 'attachment; filename="bellwether-tdqn.html"'


async def test_a_kept_report_that_changes_is_seen_at_once(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    report = orjson.loads(make_report("NHPC", "raw", model.upload, QUESTION, protocol="tdqn"))
    for title in ("Old", "New"):
        model.kept["tdqn"] = orjson.dumps({**report, "title": title})
        assert (await client.get("/api/evaluations/tdqn")).json()["title"] == title


@pytest.mark.parametrize("form", ["", "/report.html"])
async def test_an_unknown_report_is_not_found(client: httpx.AsyncClient, form: str) -> None:
    answer = await client.get(f"/api/evaluations/nothing{form}")
    assert (answer.status_code, answer.json()["type"]) == (404, f"{PROBLEM}evaluation-not-found")
    assert (await client.get(f"/api/evaluations/UPPER{form}")).status_code == 422
