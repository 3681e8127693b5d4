"""Logs as JSON lines, metrics, and the request id that travels through all tiers."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

import orjson
import stamina.instrumentation
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER: Final = "X-Request-ID"
_WELL_FORMED: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HEADER_KEY: Final = REQUEST_ID_HEADER.lower().encode()
_UNMATCHED: Final = "unmatched"
_QUIET_ROUTES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, not logged."""

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_log = structlog.get_logger("backend_service.access")


def current_request_id() -> str:
    """Id of the request that is being answered; empty outside one."""
    return _request_id.get()


class Metrics:
    """What the gateway counts, in a registry of its own so that every app has its own numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "bellwether_gateway_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.latency = Histogram(
            "bellwether_gateway_request_duration_seconds",
            "Time from request to the last byte of the answer.",
            ["route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
            registry=self.registry,
        )
        self.provider_errors = Counter(
            "bellwether_gateway_provider_errors",
            "Failed questions to a source of candles or headlines.",
            ["source", "kind"],
            registry=self.registry,
        )
        self.model_errors = Counter(
            "bellwether_gateway_model_service_errors",
            "Failed questions to the model service.",
            ["kind"],
            registry=self.registry,
        )
        self.cache = Counter(
            "bellwether_gateway_cache",
            "Answers looked up in the response cache.",
            ["answer", "outcome"],
            registry=self.registry,
        )
        self.event_streams = Gauge(
            "bellwether_gateway_event_streams",
            "Browsers that watch experiments now.",
            registry=self.registry,
        )
        self.event_streams_cut_off = Counter(
            "bellwether_gateway_event_streams_cut_off",
            "Streams of events that were ended because the browser was too slow.",
            registry=self.registry,
        )


class TelemetryMiddleware:
    """Gives every request an id, a count, a duration and a log line.

    Pure ASGI: it costs two clock readings and no task, which a cached answer would notice.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _accept_request_id(scope)
        token = _request_id.set(request_id)
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((_HEADER_KEY, request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, status, time.perf_counter() - started, request_id)
            _request_id.reset(token)

    def _instruments(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Counters by label, kept: finding one takes longer than counting."""
        known = self._known.get((method, route, status))
        if known is None:
            known = (
                self._metrics.requests.labels(method, route, status),
                self._metrics.latency.labels(route),
            )
            self._known[method, route, status] = known
        return known

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route = getattr(scope.get("route"), "path", _UNMATCHED)
        count, latency = self._instruments(scope["method"], route, status)
        count.inc()
        latency.observe(seconds)
        if route not in _QUIET_ROUTES:
            _log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                route=route,
                status=status,
                milliseconds=round(seconds * 1000, 2),
                request_id=request_id,
            )


def _accept_request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _HEADER_KEY and _WELL_FORMED.fullmatch(value):
            return str(value.decode("ascii"))
    return uuid.uuid4().hex


def _render_json(_logger: object, _name: str, event: structlog.typing.EventDict) -> bytes:
    return orjson.dumps(event, default=str)


def _add_request_id(
    _logger: object, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if "request_id" not in event and (request_id := _request_id.get()):
        event["request_id"] = request_id
    return event


class _JsonLineHandler(logging.Handler):
    """Lets what libraries log through :mod:`logging` come out as the same JSON lines."""

    def emit(self, record: logging.LogRecord) -> None:
        event: dict[str, Any] = {"logger": record.name}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        structlog.get_logger(record.name).log(record.levelno, record.getMessage(), **event)


def configure_logging(level: str) -> None:
    """Write all logs of this process as JSON lines to standard output."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_request_id,
            structlog.processors.format_exc_info,
            _render_json,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        handlers=[_JsonLineHandler()], level=max(number, logging.WARNING), force=True
    )
    # Every failed question is logged once, where it is answered, not at each attempt.
    stamina.instrumentation.set_on_retry_hooks([])
    # It warns about every cookie that it does well without.
    logging.getLogger("yfinance").setLevel(logging.ERROR)
