"""Health, readiness, metrics, request ids and unforeseen errors."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from gateway_fakes import FakeModelService, connect

from backend_service.app import create_app
from backend_service.errors import ModelServiceUnavailable

if TYPE_CHECKING:
    from fastapi import FastAPI

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio


async def test_health_asks_nobody(client: httpx.AsyncClient, model: FakeModelService) -> None:
    model.failure = ModelServiceUnavailable("Down.")
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert model.asked == []


async def test_readiness_says_what_does_not_answer(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    ready = await client.get("/readyz")
    assert ready.json()["checks"] == {"database": "ok", "model_service": "ok"}
    model.failure = ModelServiceUnavailable("It is starting.")
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "model_service": "It is starting."}
    assert "model_service" in answer.json()["detail"]


async def test_readiness_notices_a_database_that_is_gone(
    settings: Settings, model: FakeModelService
) -> None:
    gone = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"})
    app = create_app(gone, model=model)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "The database does not answer."


async def test_a_well_formed_request_id_is_kept_and_any_other_replaced(
    client: httpx.AsyncClient,
) -> None:
    kept = await client.get("/healthz", headers={"X-Request-ID": "abc-123"})
    assert kept.headers["x-request-id"] == "abc-123"
    for bad in ("", "a b", "x" * 65, 'a"b', "-a", "a\u00e4"):
        headers = {"X-Request-ID": bad.encode("latin-1")}
        made = (await client.get("/healthz", headers=headers)).headers["x-request-id"]
        assert len(made) == 32
        assert made.isalnum()


async def test_metrics_count_by_route_and_not_by_path(client: httpx.AsyncClient) -> None:
    for symbol in ("AAA", "BBB"):
        await client.get(f"/api/candles/{symbol}")
    for path in ("/nope", "/neither"):
        await client.get(path)
    text = (await client.get("/metrics")).text
    label = 'method="GET",route="/api/candles/{symbol}",status="404"'
    assert f"http_server_request_duration_seconds_count{{{label}}} 2.0" in text
    unmatched = 'method="GET",route="unmatched",status="404"'
    assert f"http_server_request_duration_seconds_count{{{unmatched}}} 2.0" in text
    assert "AAA" not in text
    assert "nope" not in text


async def test_what_nobody_foresaw_is_a_problem_without_a_trace(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/broken")
    async def break_down() -> None:
        raise RuntimeError("secret detail")

    answer = await client.get("/broken")
    assert answer.status_code == 500
    problem = answer.json()
    assert problem["type"] == "urn:bellwether:problem:internal-error"
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


async def test_what_is_cancelled_at_the_end_is_a_problem(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/cancelled")
    async def stop() -> None:
        raise asyncio.CancelledError

    answer = await client.get("/cancelled")
    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:bellwether:problem:shutting-down"


async def test_a_wrong_path_or_method_is_a_problem(client: httpx.AsyncClient) -> None:
    for method, path, status, slug in (
        ("GET", "/nope", 404, "not-found"),
        ("DELETE", "/api/symbols", 405, "method-not-allowed"),
    ):
        answer = await client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == f"urn:bellwether:problem:{slug}"


async def test_the_model_connections_are_closed_at_the_end(
    app: FastAPI, model: FakeModelService
) -> None:
    async with connect(app):
        assert "close" not in model.asked
    assert model.asked[-1] == "close"


async def test_the_documentation_is_served(client: httpx.AsyncClient) -> None:
    assert (await client.get("/docs")).status_code == 200
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")


async def test_a_refused_method_is_told_all_that_the_path_takes(client: httpx.AsyncClient) -> None:
    answer = await client.request("PATCH", "/api/experiments")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
