"""Spans at a collector that reads them, at one that is away, and at none."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from gateway_fakes import connect
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from backend_service.app import create_app
from backend_service.model_client.client import ModelServiceClient
from backend_service.telemetry.metrics import Metrics
from backend_service.telemetry.otlp import OtlpRecorder, SayingOnce
from backend_service.telemetry.spans import own_trace, use_recorder
from backend_service.telemetry.trace_context import TraceContext
from tests.line_server import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backend_service.settings import Settings

FAILURE, SUCCESS = SpanExportResult.FAILURE, SpanExportResult.SUCCESS
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"


class Collector(BaseHTTPRequestHandler):
    """Takes spans as OTLP over HTTP sends them."""

    taken: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf":
            self.taken.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def collecting() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    taken: list[ExportTraceServiceRequest] = []
    handler = type("Handler", (Collector,), {"taken": taken})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", taken
        finally:
            server.shutdown()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    library = logging.getLogger("opentelemetry")
    handlers, propagates = library.handlers[:], library.propagate
    yield
    use_recorder(None)
    library.handlers, library.propagate = handlers, propagates


def spans_in(taken: list[ExportTraceServiceRequest]) -> dict[str, Span]:
    return {
        span.name: span
        for request in taken
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }


def read(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@pytest.mark.anyio
async def test_a_request_and_what_it_asks_are_one_trace(settings: Settings) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500, json={})

    with collecting() as (url, taken):
        recorder = OtlpRecorder(url + "/", "production")
        use_recorder(recorder)
        transport = httpx.MockTransport(answer)
        model = ModelServiceClient(settings, Metrics(), transport)
        async with connect(create_app(settings, model=model)) as client:
            headers = {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00", "X-Request-ID": "abc-1"}
            path = "/api/agents?apikey=pl4nted"
            assert (await client.get(path, headers=headers)).status_code == 502
            without = await client.get("/healthz")
            with own_trace("refresh news"):
                pass
            with own_trace("follow", recorded=False), pytest.raises(Exception, match="status 500"):
                await model.agents()
        recorder.close()

    spans = spans_in(taken)
    assert set(spans) == {"GET /api/agents", "GET agents", "GET /healthz", "refresh news"}
    served, question = spans["GET /api/agents"], spans["GET agents"]
    assert (served.trace_id.hex(), served.parent_span_id.hex()) == (TRACE_ID, PARENT_ID)
    assert (question.trace_id, question.parent_span_id) == (served.trace_id, served.span_id)
    assert (served.kind, question.kind) == (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT)
    assert served.status.code == question.status.code == Status.STATUS_CODE_ERROR
    described = read(served.attributes)
    assert (
        described.items()
        >= {
            "http.request.method": "GET",
            "http.route": "/api/agents",
            "http.response.status_code": 502,
            "url.path": "/api/agents",
            "url.query": "apikey=REDACTED",
            "error.type": "502",
        }.items()
    )
    assert (
        read(question.attributes).items()
        >= {
            "http.request.method": "GET",
            "http.response.status_code": 500,
            "server.address": "127.0.0.1",
            "error.type": "ModelServiceBadAnswer",
        }.items()
    )
    # The model service goes on below the question's span, and the id is the asker's.
    sent = asked[0].headers
    assert sent["traceparent"] == f"00-{TRACE_ID}-{question.span_id.hex()}-01"
    assert sent["x-request-id"] == "abc-1"
    assert asked[1].headers["traceparent"].endswith("-00")
    # Where nobody sent a trace, the answer names the one that is recorded.
    assert without.headers["x-request-id"] == spans["GET /healthz"].trace_id.hex()
    assert spans["refresh news"].trace_id.hex() not in (TRACE_ID, without.headers["x-request-id"])
    resource = read(taken[0].resource_spans[0].resource.attributes)
    assert resource["service.name"] == "backend_service"
    assert resource["deployment.environment.name"] == "production"


def test_a_collector_that_is_away_harms_nobody_and_is_told_of_once(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://me:pl4nted@127.0.0.1:{nobody.getsockname()[1]}"
        recorder = OtlpRecorder(url, "development", export_seconds=0.1)
        started = time.monotonic()
        for _ in range(6_000):
            recorder.begin("GET", "server", TraceContext(TRACE_ID), {}).end()
        assert time.monotonic() - started < 10.0
        wait_until(lambda: bool(lines()))
        started = time.monotonic()
        recorder.close()
        assert time.monotonic() - started < 4.0
    (line,) = lines()
    assert line["message"] == "spans_are_not_taken"
    assert line["bellwether"]["reason"]
    assert "pl4nted" not in str(line)


def test_a_collector_that_is_back_is_told_of(lines: Callable[[], list[dict[str, Any]]]) -> None:
    class Exporter(SpanExporter):
        results = iter([FAILURE, FAILURE, SUCCESS, SUCCESS, FAILURE])

        def export(self, _spans: object) -> SpanExportResult:
            return next(self.results)

    exporter = SayingOnce(Exporter())
    for _ in range(5):
        exporter.export([object(), object()])  # type: ignore[list-item]
    told = [(line["message"], line["bellwether"].get("lost")) for line in lines()]
    assert told == [
        ("spans_are_not_taken", None),
        ("spans_are_taken_again", 4),
        ("spans_are_not_taken", None),
    ]


def test_where_there_is_no_collector_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, backend_service.__main__ as main, backend_service.settings as settings\n"
        "main.configure_spans(settings.Settings())\n"
        # FastAPI imports the API where it is installed.
        "sys.exit(any(n.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))"
        " for n in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
