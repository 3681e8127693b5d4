"""The line of a request, and the ids that go with it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from model_service.http.request_log import register_request_log
from model_service.telemetry.metrics import Telemetry
from model_service.telemetry.spans import NoSpans
from model_service.telemetry.trace_context import TraceContext

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def log_line(client: FlaskClient, path: str, **how: Any) -> dict[str, Any]:
    """The only line of a request."""
    with capture_logs() as logs:
        client.open(path, **how)
    (line,) = logs
    return dict(line)


def test_well_formed_request_id_is_kept(client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "abc-123_4.5"})
    assert response.headers["X-Request-ID"] == "abc-123_4.5"


@pytest.mark.parametrize("offered", ["", "a b", "a" * 65, "ä", "<script>", "-x", "a;b"])
def test_other_request_ids_are_replaced(client: FlaskClient, offered: str) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": offered})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-ID"])


def test_the_id_of_a_trace_is_that_of_a_request_without_one(client: FlaskClient) -> None:
    response = client.get("/agents", headers={"traceparent": f"00-{TRACE}-{'1' * 16}-00"})
    assert response.headers["X-Request-ID"] == TRACE


def test_a_line_says_what_was_asked_and_how_it_was_answered(client: FlaskClient) -> None:
    line = log_line(client, "/agents/nobody%20here?days=3&api_key=abc&to%6Ben=def&b")
    assert line.pop("event.duration") > 0
    assert line == {
        "event": "GET /agents/nobody here 404",
        "event.dataset": "model_service.access",
        "log_level": "info",
        "http.request.method": "GET",
        "http.response.status_code": 404,
        "http.route": "/agents/<agent_id>",
        "url.path": "/agents/nobody here",
        "url.query": "days=3&api_key=REDACTED&to%6Ben=REDACTED&b",
    }


def test_a_line_is_bounded_and_says_when_nothing_matched(client: FlaskClient) -> None:
    line = log_line(client, f"/{'x' * 5_000}?{'y' * 5_000}", method="BREW")
    assert line["http.route"] == "unmatched"
    assert len(line["url.path"]) == len(line["url.query"]) == 2_000


def test_no_query_is_no_field(client: FlaskClient) -> None:
    assert log_line(client, "/agents")["url.query"] is None


def test_probes_are_logged_where_their_answer_is_bad(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.get("/healthz")
        client.get("/metrics?token=abc")
    assert logs == []
    assert log_line(client, "/healthz", method="DELETE")["http.response.status_code"] == 405


def test_a_request_leaves_no_id_behind(client: FlaskClient) -> None:
    client.get("/agents")
    assert get_contextvars() == {}


class KeptSpans(NoSpans):
    """Keeps how spans began and ended."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def begin(self, name: str, kind: Any, within: TraceContext, attributes: Any) -> Any:
        self.kept.append((name, kind, within, attributes))
        spans = self

        class Span:
            context = replace(within, span_id="b" * 16)

            def end(self, **how: Any) -> None:
                spans.kept.append(how)

        return Span()


def test_a_request_is_a_span_below_that_of_its_caller() -> None:
    app, spans = Flask("traced", static_folder=None), KeptSpans()
    register_request_log(app, Telemetry("1", {}), spans)

    @app.get("/things/<name>")
    def fail(name: str) -> Response:
        assert get_contextvars()["span.id"] == "b" * 16
        return Response(name, status=503)

    headers = {"traceparent": f"00-{TRACE}-{'1' * 16}-00", "X-Request-ID": "mine"}
    app.test_client().get("/things/a?b=c", headers=headers)
    app.test_client().get("/healthz")
    begun, ended = spans.kept
    assert begun[:3] == ("GET", "server", TraceContext(TRACE, "mine", "1" * 16))
    assert (ended["name"], ended["failure"]) == ("GET /things/<name>", "503")
    assert ended["attributes"] == {
        "http.route": "/things/<name>",
        "http.response.status_code": 503,
    }
