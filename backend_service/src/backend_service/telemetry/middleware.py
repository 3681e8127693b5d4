"""What every request gets: ids, and to be noted in the log, the metrics and the trace."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from backend_service.telemetry.journal import UNMATCHED, RequestJournal
from backend_service.telemetry.spans import begin_request_span, end_request_span
from backend_service.telemetry.trace_context import (
    REQUEST_ID_KEY,
    accept_trace,
    reset_trace,
    set_trace,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from backend_service.telemetry.metrics import Metrics


class TelemetryMiddleware:
    """Gives every request ids, a duration by route and status, a log line and a span.

    Pure ASGI, without a task of its own: a cached answer would notice one.

    Parameters
    ----------
    app : ASGIApp
    metrics : Metrics
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._note = RequestJournal(metrics.requests).note

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = began = perf_counter()
        trace = accept_trace(scope["headers"])
        span = begin_request_span(scope, trace)
        if span is not None:
            trace = span.trace
        token = set_trace(trace)
        status = 500

        # Not a coroutine of its own: it is awaited for every message.
        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status, began
            if message["type"] == "http.response.start":
                status = message["status"]
                began = perf_counter()
                message["headers"].append((REQUEST_ID_KEY, trace.request_id.encode()))
            return send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            reset_trace(token)
            method, path, query = scope["method"], scope["path"], scope["query_string"]
            route = scope.get("route")
            self._note((method, path, query, route, status, trace, started, began, perf_counter()))
            if span is not None:
                end_request_span(span, method, getattr(route, "path", UNMATCHED), status)
