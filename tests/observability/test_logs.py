"""Log lines of the live services, as they arrive at Logstash's TCP input."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from scripts.stack.trial import Trial
from tests.log_sink import Line, LogSink
from tests.observability.asking import SYMBOL, Asked, ask, read_metrics
from tests.observability.conftest import SECRET
from tests.observability.ecs import flatten, problems_of

ARRIVE_SECONDS = 30.0
"""A sink that was away is tried again every 5 s."""
REQUESTS = 30
QUICK_SECONDS = 5.0
DROPPED = 'bellwether_log_lines_dropped_total{sink="logstash"}'
WAITING = 'bellwether_log_lines_waiting{sink="logstash"}'

GATEWAY, MODEL, WORKER = "backend_service", "model_service", "worker"

pytestmark = pytest.mark.timeout(240)


def lines_of(sink: LogSink, trace: str) -> list[Line]:
    """Lines that carry a trace, flat."""
    return [flat for line in sink.lines() if (flat := flatten(line)).get("trace.id") == trace]


def access_lines(sink: LogSink, trace: str) -> dict[str, Line]:
    """The access line of each service about a request that went through it."""
    lines = [line for line in lines_of(sink, trace) if "event.dataset" in line]
    return {f"{line['service.name']} {line['http.route']}": line for line in lines}


@pytest.fixture(scope="module")
def candles(live_services: Trial) -> Asked:
    return ask(f"{live_services.page_url}/api/candles/{SYMBOL}?interval=1d&access_token={SECRET}")


@pytest.fixture(scope="module")
def signals(live_services: Trial) -> Asked:
    # Terms that no other test asks for, so that no cache of the gateway answers.
    return ask(f"{live_services.page_url}/api/signals/{SYMBOL}?cash=123456")


def test_an_access_line_has_method_url_status_and_time(log_sink: LogSink, candles: Asked) -> None:
    assert candles.answer.status_code == httpx.codes.OK
    name = f"{GATEWAY} /api/candles/{{symbol}}"
    assert log_sink.wait_for(lambda: name in access_lines(log_sink, candles.trace), ARRIVE_SECONDS)
    line = access_lines(log_sink, candles.trace)[name]
    assert line["message"] == f"GET /api/candles/{SYMBOL} 200"
    assert line["http.request.method"] == "GET"
    assert line["url.path"] == f"/api/candles/{SYMBOL}"
    assert line["url.query"] == "interval=1d&access_token=REDACTED"
    assert line["http.response.status_code"] == httpx.codes.OK
    taken = candles.answer.elapsed.total_seconds() * 1e9
    assert 0 < line["event.duration"] <= taken


def test_gateway_and_model_service_call_a_request_alike(log_sink: LogSink, signals: Asked) -> None:
    assert signals.answer.status_code == httpx.codes.OK
    wanted = {f"{GATEWAY} /api/signals/{{symbol}}", f"{MODEL} /predict"}
    assert log_sink.wait_for(
        lambda: wanted <= access_lines(log_sink, signals.trace).keys(), ARRIVE_SECONDS
    ), lines_of(log_sink, signals.trace)
    lines = lines_of(log_sink, signals.trace)
    assert {line["http.request.id"] for line in lines} == {signals.trace}
    assert signals.answer.headers["x-request-id"] == signals.trace


def test_an_experiment_is_followed_from_the_page_to_its_child(
    log_sink: LogSink, experiment: Asked
) -> None:
    name = experiment.answer.json()["id"]

    def about(service: str, message: str) -> bool:
        return any(
            line["service.name"] == service
            and line["message"] == message
            and (service == GATEWAY or line["bellwether"]["experiment_id"] == name)
            for line in lines_of(log_sink, experiment.trace)
        )

    # The last but one is written by the child process that computes.
    wanted = (
        (GATEWAY, "POST /api/experiments 202"),
        (MODEL, "experiment queued"),
        (WORKER, "unit begun"),
        (WORKER, "making a unit"),
        (WORKER, "unit done"),
    )
    for service, message in wanted:
        assert log_sink.wait_for(lambda s=service, m=message: about(s, m), ARRIVE_SECONDS), (
            f"no `{message}` of {service}"
        )
    assert {line["http.request.id"] for line in lines_of(log_sink, experiment.trace)} == {
        experiment.trace
    }
    # Whoever makes the units calls each of their lines by the request that asked for them.
    units = [
        line
        for line in map(flatten, log_sink.lines())
        if line["service.name"] == WORKER
        and line.get("bellwether", {}).get("experiment_id") == name
    ]
    assert units
    assert {line.get("trace.id") for line in units} == {experiment.trace}


@pytest.mark.usefixtures("candles", "signals", "experiment")
def test_every_line_is_what_the_index_expects(log_sink: LogSink) -> None:
    lines = log_sink.lines()
    assert {line["service"]["name"] for line in lines} >= {GATEWAY, MODEL, WORKER}
    found = {sentence: json.dumps(line) for line in lines for sentence in problems_of(line)}
    assert found == {}


@pytest.mark.usefixtures("experiment")
def test_no_secret_arrives(log_sink: LogSink, live_services: Trial, candles: Asked) -> None:
    refused = ask(
        f"{live_services.page_url}/api/experiments",
        "POST",
        json={"kind": SECRET, "api_key": SECRET},
        headers={"Authorization": f"Bearer {SECRET}"},
    )
    assert refused.answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    for trace in (candles.trace, refused.trace):
        assert log_sink.wait_for(lambda t=trace: bool(access_lines(log_sink, t)), ARRIVE_SECONDS)
    assert [line for line in log_sink.lines() if SECRET in json.dumps(line)] == []


def test_probes_and_readings_are_no_lines(log_sink: LogSink, candles: Asked) -> None:
    assert log_sink.wait_for(lambda: bool(lines_of(log_sink, candles.trace)), ARRIVE_SECONDS)
    quiet = {"/healthz", "/readyz", "/metrics"}
    good = [
        line
        for line in map(flatten, log_sink.lines())
        if line.get("url.path") in quiet and line["http.response.status_code"] < 400
    ]
    assert good == []


def test_while_the_sink_is_away_nothing_fails_and_nothing_is_lost(
    log_sink: LogSink, live_services: Trial
) -> None:
    services = {GATEWAY: live_services.gateway_url, MODEL: live_services.model_url}
    assert log_sink.wait_for(
        lambda: all(read_metrics(url)[WAITING] == 0 for url in services.values()), ARRIVE_SECONDS
    )
    dropped = {name: read_metrics(url)[DROPPED] for name, url in services.items()}
    log_sink.stop()
    try:
        asked, longest = [], 0.0
        for number in range(REQUESTS):
            started = time.monotonic()
            # The model service is asked for each: a cache knows none of them.
            asked.append(
                ask(f"{live_services.page_url}/api/signals/{SYMBOL}?cash={200000 + number}")
            )
            longest = max(longest, time.monotonic() - started)
        waiting = {name: read_metrics(url)[WAITING] for name, url in services.items()}
    finally:
        log_sink.start()
    assert [one.answer.status_code for one in asked] == [httpx.codes.OK] * REQUESTS
    assert longest < QUICK_SECONDS
    assert min(waiting.values()) >= REQUESTS

    wanted = {f"{GATEWAY} /api/signals/{{symbol}}", f"{MODEL} /predict"}

    def missing() -> list[str]:
        arrived = [flatten(line) for line in log_sink.lines()]
        there = {
            (line["trace.id"], f"{line['service.name']} {line['http.route']}")
            for line in arrived
            if "event.dataset" in line
        }
        return [
            f"{one.trace} {name}"
            for one in asked
            for name in wanted
            if (one.trace, name) not in there
        ]

    assert log_sink.wait_for(lambda: not missing(), ARRIVE_SECONDS), missing()
    after = {name: read_metrics(url)[DROPPED] for name, url in services.items()}
    assert after == dropped


GOOD: Line = {
    "@timestamp": "2026-11-30T22:52:25.092Z",
    "log.level": "info",
    "message": "GET /api/symbols 200",
    "ecs.version": "1.6.0",
    "log": {"logger": "backend_service.access"},
    "service": {"name": "backend_service", "version": "0.1.0", "environment": "development"},
    "host": {"name": "here"},
    "event": {"dataset": "backend_service.access", "duration": 467403598},
    "http": {
        "request": {"id": "browser-1", "method": "GET"},
        "response": {"status_code": 200},
        "route": "/api/symbols",
    },
    "url": {"path": "/api/symbols"},
    "trace": {"id": "4bf92f3577b34da6a3ce929d0e0e4736"},
    "bellwether": {"rows": 3},
}

MISTAKES: dict[str, Callable[[dict[str, Any]], object]] = {
    "ecs.version is missing": lambda line: line.pop("ecs.version"),
    "service.environment is missing": lambda line: line["service"].pop("environment"),
    "service.name is 'gateway'": lambda line: line["service"].update(name="gateway"),
    "event.duration is 0.25, which is no long": lambda line: line["event"].update(duration=0.25),
    "http.response.status_code is '200'": lambda line: line["http"]["response"].update(
        status_code="200"
    ),
    "The index does not know symbol": lambda line: line.update(symbol="NHPC"),
    "http.route is missing in an access line": lambda line: line["http"].pop("route"),
    "The message is": lambda line: line.update(message="request"),
    "@timestamp is": lambda line: line.update({"@timestamp": "2026-11-30T22:52:25"}),
    "log.level is 'INFO'": lambda line: line.update({"log.level": "INFO"}),
    "trace.id is": lambda line: line["trace"].update(id="0" * 32),
}


def test_a_good_line_is_good() -> None:
    assert problems_of(GOOD) == []


@pytest.mark.parametrize("sentence", MISTAKES)
def test_planted_mistakes_of_a_line_are_found(sentence: str) -> None:
    line = copy.deepcopy(GOOD)
    MISTAKES[sentence](line)
    assert any(found.startswith(sentence) for found in problems_of(line))
