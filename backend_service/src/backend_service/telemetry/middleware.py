"""What every request gets: ids, a count, a duration, and a log line."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from backend_service.telemetry.access_lines import AccessLog, Asked
from backend_service.telemetry.log_output import current_output
from backend_service.telemetry.spans import begin_request_span, end_request_span
from backend_service.telemetry.trace_context import (
    REQUEST_ID_KEY,
    accept_trace,
    reset_trace,
    set_trace,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from backend_service.telemetry.metrics import Metrics

_UNMATCHED: Final = "unmatched"
_QUIET_ROUTES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, and logged where the answer is bad alone."""
_BAD: Final = 400
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_OTHER_METHOD: Final = "other"
_STREAMS: Final = frozenset({"/api/experiments/{experiment_id}/events"})
"""They last for as long as somebody watches: their duration is the time to their beginning."""


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
        self._metrics = metrics
        self._known: dict[tuple[str, str, int], Callable[[float], None]] = {}
        output = current_output()
        self._access = None
        if output is not None and output.number <= logging.INFO:
            self._access = AccessLog(output)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = began = time.perf_counter()
        trace = accept_trace(scope["headers"])
        span = begin_request_span(scope, trace)
        if span is not None:
            trace = span.trace
        token = set_trace(trace)
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status, began
            if message["type"] == "http.response.start":
                status = message["status"]
                began = time.perf_counter()
                message["headers"].append((REQUEST_ID_KEY, trace.request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            ended = time.perf_counter()
            route = getattr(scope.get("route"), "path", _UNMATCHED)
            self._observe(
                scope["method"], route, status, (began if route in _STREAMS else ended) - started
            )
            if self._access is not None and (route not in _QUIET_ROUTES or status >= _BAD):
                asked = Asked(scope["method"], scope["path"], scope["query_string"], status, route)
                self._access.write(asked, trace, ended - started)
            if span is not None:
                end_request_span(span, scope["method"], route, status)
            reset_trace(token)

    def _observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count; instruments are kept by label, as finding one takes longer than counting."""
        observe = self._known.get((method, route, status))
        if observe is None:
            known_method = method if method in _METHODS else _OTHER_METHOD
            observe = self._metrics.requests.labels(known_method, route, status).observe
            if known_method == method:
                self._known[method, route, status] = observe
        observe(seconds)
