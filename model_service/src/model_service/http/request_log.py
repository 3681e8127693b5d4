"""One log line, one observation and one id for every request."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from model_service.telemetry import REQUEST_ID_HEADER, Telemetry, accept_request_id

_log = structlog.get_logger(__name__)
_UNMATCHED = "unmatched"
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


def register_request_log(app: Flask, telemetry: Telemetry) -> None:
    """Give requests their ids, and tell how each was answered."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = accept_request_id(request.headers.get(REQUEST_ID_HEADER))
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        route = request.url_rule.rule if request.url_rule is not None else _UNMATCHED
        telemetry.observe_request(request.method, route, response.status_code, seconds)
        # Probes come every few seconds; their answers are worth a line only when they are bad.
        quiet = route in _PROBES and response.status_code < 400
        (_log.debug if quiet else _log.info)(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            duration_ms=round(seconds * 1_000.0, 3),
        )
        response.headers[REQUEST_ID_HEADER] = g.request_id
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        structlog.contextvars.unbind_contextvars("request_id")
