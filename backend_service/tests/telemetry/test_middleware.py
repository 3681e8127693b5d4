"""Ids, lines and counts of requests through the whole app."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from gateway_fakes import FakeModelService, connect

from backend_service.app import create_app
from backend_service.errors import (
    ModelServiceRefusal,
    ModelServiceTimeout,
    ModelServiceUnavailable,
)
from backend_service.model_client.client import ModelServiceClient
from backend_service.telemetry.metrics import Metrics
from backend_service.telemetry.trace_context import TraceContext, current_trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_fakes import FakeClock

    from backend_service.settings import Settings

    Lines = Callable[[], list[dict[str, Any]]]

pytestmark = pytest.mark.anyio
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
HEADERS = {"traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01", "X-Request-ID": "abc-1"}


def access_lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in lines if each.get("event", {}).get("dataset")]


async def test_the_ids_reach_the_model_service_the_log_and_the_answer(
    settings: Settings, lines: Lines
) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(401)

    model = ModelServiceClient(settings, Metrics(), httpx.MockTransport(answer))
    async with connect(create_app(settings, model=model)) as client:
        given = await client.get("/api/agents", headers=HEADERS)
        made = await client.get("/api/agents")
    assert given.headers["x-request-id"] == given.json()["request_id"] == "abc-1"
    assert asked[0].headers["x-request-id"] == "abc-1"
    assert re.fullmatch(f"00-{TRACE_ID}-[0-9a-f]{{16}}-01", asked[0].headers["traceparent"])
    assert "00f067aa0ba902b7" not in asked[0].headers["traceparent"]
    new = made.headers["x-request-id"]
    assert asked[1].headers["x-request-id"] == new
    assert asked[1].headers["traceparent"].startswith(f"00-{new}-")
    read = lines()
    for trace, request in ((TRACE_ID, "abc-1"), (new, new)):
        of_it = [each for each in read if each.get("trace", {}).get("id") == trace]
        # What went wrong, what the asker was told, and that it was answered.
        assert [each["log.level"] for each in of_it] == ["error", "warning", "info"]
        assert {each["http"]["request"]["id"] for each in of_it} == {request}
        assert of_it[2]["message"] == "GET /api/agents 502"
        assert of_it[2]["http"]["response"]["status_code"] == 502
        assert of_it[2]["event"]["duration"] > 0


async def test_the_log_says_why_an_answer_is_5xx_and_nothing_of_4xx(
    settings: Settings, model: FakeModelService, lines: Lines
) -> None:
    refusal = {"type": "urn:bellwether:problem:not-found", "title": "", "detail": "No."}
    failures = {
        "too-long": ModelServiceTimeout("It did not answer within 10 s."),
        "refused": ModelServiceRefusal({**refusal, "status": 404}),
        "broken": ModelServiceRefusal({**refusal, "status": 500}),
    }
    async with connect(create_app(settings, model=model)) as client:
        for request, model.failure in failures.items():
            await client.get("/api/agents", headers={"X-Request-ID": request})
    said = {
        each["http"]["request"]["id"]: each["bellwether"]
        for each in lines()
        if each["message"] == "problem"
    }
    assert said["too-long"] == {
        "problem": "model-service-timeout",
        "detail": "It did not answer within 10 s.",
    }
    # What others say may quote what they were sent.
    assert said["broken"]["detail"] == "The model service refuses with status 500 (not-found)."
    assert set(said) == {"too-long", "broken"}


async def test_probes_are_logged_only_when_they_are_bad(
    settings: Settings, model: FakeModelService, lines: Lines
) -> None:
    async with connect(create_app(settings, model=model)) as client:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await client.get(path)).status_code == 200
        model.failure = ModelServiceUnavailable("Down.")
        assert (await client.get("/readyz")).status_code == 503
        text = (await client.get("/metrics")).text
    (line,) = access_lines(lines())
    assert line["message"] == "GET /readyz 503"
    for path, status in (("/healthz", 200), ("/readyz", 200), ("/readyz", 503)):
        label = f'method="GET",route="{path}",status="{status}"'
        assert f"http_server_request_duration_seconds_count{{{label}}} 1.0" in text


async def test_what_a_refresh_does_has_a_trace_of_its_own(
    settings: Settings, model: FakeModelService, clock: FakeClock, lines: Lines
) -> None:
    seen: list[TraceContext | None] = []

    class Source:
        provider = "feed"
        name = "A feed"
        refresh_seconds = 900.0

        def offers(self, _symbol: str) -> bool:
            return True

        async def fetch(self, _symbol: str, **_: object) -> None:
            seen.append(current_trace())
            raise ModelServiceUnavailable("Not now.")

    app = create_app(settings, model=model, clock=clock, news_providers=(Source(),))  # type: ignore[arg-type]
    async with connect(app) as client:
        news = {"file": ("n.csv", "date,headline\n2024-06-03,Profits rise\n")}
        form = {"symbol": "ACME"}
        (await client.post("/api/news", files=news, data=form)).raise_for_status()
        for _ in range(50):
            answer = await client.get("/api/news/ACME", headers=HEADERS)
            if seen and not answer.json()["refreshing"]:
                break
    assert seen[0] is not None
    assert seen[0].trace_id != TRACE_ID
    failure = next(each for each in lines() if each["message"] == "news_refresh_failed")
    assert failure["trace"]["id"] == seen[0].trace_id
    assert "http" not in failure
    assert failure["bellwether"] == {"source": "A feed", "symbol": "ACME", "reason": "Not now."}


async def test_a_stream_has_its_ids_and_its_duration_is_that_to_its_beginning(
    settings: Settings, model: FakeModelService, lines: Lines
) -> None:
    model.experiments.end("e1", 1)
    async with connect(create_app(settings, model=model)) as client:
        answer = await client.get("/api/experiments/e1/events", headers=HEADERS)
        text = (await client.get("/metrics")).text
    assert answer.headers["x-request-id"] == "abc-1"
    route = "/api/experiments/{experiment_id}/events"
    (line,) = access_lines(lines())
    assert (line["http"]["route"], line["trace"]["id"]) == (route, TRACE_ID)
    label = f'{{method="GET",route="{route}",status="200"}}'
    begun = [each for each in text.splitlines() if f"_seconds_sum{label}" in each]
    total = float(begun[0].rpartition(" ")[2])
    assert 0 < total <= line["event"]["duration"] / 1e9


async def test_methods_that_somebody_makes_up_are_one_series(
    settings: Settings, model: FakeModelService
) -> None:
    async with connect(create_app(settings, model=model)) as client:
        for method in ("BREW", "WHEN"):
            await client.request(method, "/api/symbols")
        text = (await client.get("/metrics")).text
    assert "BREW" not in text
    assert '_count{method="other",route="/api/symbols",status="405"} 2.0' in text
