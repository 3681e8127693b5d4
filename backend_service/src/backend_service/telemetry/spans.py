"""Spans: what was asked and done, how long it took, and under which trace.

They are made where ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set. Where it is not, nothing of
OpenTelemetry's SDK is imported (its API is, by FastAPI), and every function here does next to
nothing. Like logging, this is a matter of the whole process.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from backend_service.telemetry.redaction import clean_query
from backend_service.telemetry.trace_context import (
    TraceContext,
    continuing,
    current_trace,
    new_trace_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import Scope

    from backend_service.settings import Settings

SpanKind = Literal["server", "client", "internal"]
_FAILED: Final = 500


class Span(Protocol):
    """A span in progress."""

    trace: TraceContext
    """The ids in progress while it lasts."""

    def set(self, attributes: Mapping[str, Any]) -> None:
        """Add attributes."""
        ...

    def end(self, *, name: str | None = None, failed: str | None = None) -> None:
        """End it, under a better `name` and with the kind of failure, where there is one."""
        ...


class SpanRecorder(Protocol):
    """Makes spans and delivers them."""

    def begin(
        self, name: str, kind: SpanKind, trace: TraceContext, attributes: Mapping[str, Any]
    ) -> Span:
        """A span below the one in progress in `trace`, or else below its asker's."""
        ...

    def close(self) -> None:
        """Deliver what there is, within a bounded time."""
        ...


class _Recorders:
    current: SpanRecorder | None = None


def configure_spans(settings: Settings) -> None:
    """Record spans from now on, where the settings say where they go."""
    if settings.otlp_endpoint is not None:
        from backend_service.telemetry.otlp import OtlpRecorder

        use_recorder(OtlpRecorder(str(settings.otlp_endpoint), settings.environment))


def use_recorder(recorder: SpanRecorder | None) -> None:
    """Have `recorder` make all spans of this process from now on."""
    _Recorders.current = recorder


def close_spans() -> None:
    """Deliver what there is, within a bounded time."""
    if _Recorders.current is not None:
        _Recorders.current.close()


def begin_request_span(scope: Scope, trace: TraceContext) -> Span | None:
    """The span of a request that came; None where none are recorded."""
    recorder = _Recorders.current
    if recorder is None:
        return None
    attributes = {
        "http.request.method": scope["method"],
        "url.scheme": scope.get("scheme", "http"),
        "url.path": scope["path"],
        "network.protocol.version": scope.get("http_version", "1.1"),
    }
    if scope["query_string"]:
        attributes["url.query"] = clean_query(scope["query_string"])
    if server := scope.get("server"):
        attributes["server.address"] = server[0]
        if server[1] is not None:
            attributes["server.port"] = server[1]
    return recorder.begin(scope["method"], "server", trace, attributes)


def end_request_span(span: Span, method: str, route: str, status: int) -> None:
    """End the span of a request that was answered with `status`."""
    span.set({"http.route": route, "http.response.status_code": status})
    span.end(name=f"{method} {route}", failed=str(status) if status >= _FAILED else None)


@contextmanager
def client_span(name: str, attributes: Mapping[str, Any]) -> Iterator[Span | None]:
    """A question to somebody else: failed where the block raises; None where none is recorded."""
    recorder = _Recorders.current
    trace = current_trace()
    if recorder is None or (trace is not None and not trace.recorded):
        yield None
        return
    span = recorder.begin(name, "client", trace or TraceContext(new_trace_id()), attributes)
    try:
        with continuing(span.trace):
            yield span
    except BaseException as error:
        span.end(failed=type(error).__name__)
        raise
    span.end()


@contextmanager
def own_trace(name: str, *, recorded: bool = True) -> Iterator[None]:
    """Work that no request waits for: it has a trace of its own.

    Parameters
    ----------
    name : str
        Of its span.
    recorded : bool
        Whether it and what it asks become spans; not what never ends.
    """
    trace = TraceContext(new_trace_id(), recorded=recorded)
    recorder = _Recorders.current
    if recorder is None or not recorded:
        with continuing(trace):
            yield
        return
    span = recorder.begin(name, "internal", trace, {})
    try:
        with continuing(span.trace):
            yield
    except BaseException as error:
        span.end(failed=type(error).__name__)
        raise
    span.end()
