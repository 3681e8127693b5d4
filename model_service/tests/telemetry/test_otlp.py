"""Spans at a collector that reads them, at one that is away, and at none."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from structlog.testing import capture_logs

from model_service.settings import Settings
from model_service.telemetry.otlp import OtlpSpans
from model_service.telemetry.spans import open_spans
from model_service.telemetry.trace_context import TraceContext

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
ERROR = 2


class Collector:
    """Takes what an OTLP exporter posts."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if (self.path, self.headers["Content-Type"]) == (
                    "/base/v1/traces",
                    "application/x-protobuf",
                ):
                    collector.requests.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/base/"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def spans(self) -> dict[str, Any]:
        return {
            span.name: span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        }


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


def test_spans_are_sent_with_their_places_in_a_trace(collector: Collector) -> None:
    spans = OtlpSpans(collector.url, "worker", "1.2", "production")
    below = spans.begin("GET", "server", TraceContext(TRACE, "mine", CALLER), {"a": 1})
    assert below.context.trace_id == TRACE
    assert below.context.request_id == "mine"
    assert below.context.span_id not in (None, CALLER)
    first = spans.begin("unit train", "consumer", TraceContext(TRACE), {})
    # A trace that is known only by its id is gone on with too.
    assert first.context.trace_id == TRACE
    first.end(failure="failed")
    below.end(name="GET /agents", attributes={"http.response.status_code": 200})
    spans.close()

    found = collector.spans()
    assert set(found) == {"GET /agents", "unit train"}
    request, unit = found["GET /agents"], found["unit train"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, CALLER)
    assert request.span_id.hex() == below.context.span_id
    assert plain(request.attributes) == {"a": 1, "http.response.status_code": 200}
    assert (unit.trace_id.hex(), unit.parent_span_id) == (TRACE, b"")
    assert (unit.status.code, plain(unit.attributes)) == (ERROR, {"error.type": "failed"})
    assert request.start_time_unix_nano < request.end_time_unix_nano
    resource = plain(collector.requests[0].resource_spans[0].resource.attributes)
    assert resource["service.name"] == "worker"
    assert resource["service.version"] == "1.2"
    assert resource["deployment.environment.name"] == "production"


def test_a_collector_that_is_away_is_said_once_and_holds_nobody_up() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    spans = OtlpSpans(url, "worker", "1", "development")
    with capture_logs() as lines:
        began = time.monotonic()
        for _ in range(4_200):
            spans.begin("GET", "server", TraceContext(TRACE), {}).end()
        assert time.monotonic() - began < 5.0
        began = time.monotonic()
        spans.close()
        assert time.monotonic() - began < 2.0
    assert len([line for line in lines if line["event"] == "spans are lost"]) <= 1


def test_without_a_collector_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, model_service.app, model_service.worker, model_service.http.request_log;"
        "sys.exit('opentelemetry.sdk' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    spans = open_spans(Settings(otlp_endpoint=None), "worker")
    span = spans.begin("GET", "server", TraceContext(TRACE, "mine", CALLER), {})
    assert span.context == TraceContext(TRACE, "mine")
    span.end()
    spans.close()
