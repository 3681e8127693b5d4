"""One log line, one observation and one id for every request."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from model_service.http.logged_query import describe_query
from model_service.telemetry.metrics import Telemetry
from model_service.telemetry.spans import NoSpans, Span, Spans
from model_service.telemetry.trace_context import (
    REQUEST_ID_HEADER,
    TRACEPARENT_HEADER,
    TraceContext,
    accept_trace_context,
)

_log = structlog.get_logger("model_service.access")
_UNMATCHED = "unmatched"
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_LONGEST_TEXT = 2_000
"""Characters of a path that are logged."""


def register_request_log(app: Flask, telemetry: Telemetry, spans: Spans) -> None:
    """Give requests their ids and spans, and tell how each was answered."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter_ns()
        caller = accept_trace_context(
            request.headers.get(REQUEST_ID_HEADER), request.headers.get(TRACEPARENT_HEADER)
        )
        # Of probes neither a line nor a span is worth its place.
        maker = NoSpans() if request.path in _PROBES else spans
        g.span = maker.begin(
            request.method, "server", caller, {"http.request.method": request.method}
        )
        structlog.contextvars.bind_contextvars(**request_context().log_fields())

    @app.after_request
    def end(response: Response) -> Response:
        duration = time.perf_counter_ns() - g.started
        route = request.url_rule.rule if request.url_rule is not None else _UNMATCHED
        status = response.status_code
        telemetry.observe_request(request.method, route, status, duration / 1e9)
        # Probes come every few seconds; their answers are worth a line only when they are bad.
        if route not in _PROBES or status >= 400:
            _tell(route, status, duration)
        g.span.end(
            name=f"{request.method} {route}",
            failure=str(status) if status >= 500 else None,
            attributes={"http.route": route, "http.response.status_code": status},
        )
        response.headers[REQUEST_ID_HEADER] = request_context().request_id or ""
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.clear_contextvars()


def request_context() -> TraceContext:
    """The ids of the request that is being answered."""
    span: Span = g.span
    return span.context


def _tell(route: str, status: int, duration_nanoseconds: int) -> None:
    path = request.path[:_LONGEST_TEXT]
    query = describe_query(request.query_string)
    _log.info(
        f"{request.method} {path} {status}",
        **{
            "event.dataset": "model_service.access",
            "event.duration": duration_nanoseconds,
            "http.request.method": request.method,
            "http.response.status_code": status,
            "http.route": route,
            "url.path": path,
            "url.query": query or None,
        },
    )
