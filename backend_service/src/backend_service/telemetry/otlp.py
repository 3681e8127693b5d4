"""Spans by OpenTelemetry, sent to a collector by OTLP over HTTP.

Imported only where there is a collector. The queue is bounded, the sending has a thread of its own,
and that the collector is away is said once, not every few seconds.
"""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, Final

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from backend_service import __version__
from backend_service.telemetry.log_lines import SERVICE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Span as OtelSpan

    from backend_service.telemetry import spans
    from backend_service.telemetry.trace_context import TraceContext

_PATH: Final = "/v1/traces"
_EXPORT_SECONDS: Final = 5.0
_EVERY_SECONDS: Final = 2.0
_WAITING_SPANS: Final = 4_096
_BATCH_SPANS: Final = 512
_CLOSE_SECONDS: Final = 2.0
_KINDS: Final = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}
_log = structlog.get_logger(__name__)


class OtlpRecorder:
    """Makes all spans it is asked for and sends them in batches.

    Parameters
    ----------
    endpoint : str
        Base address of the collector.
    environment : str
        What ``deployment.environment.name`` says.
    export_seconds : float
        How long the collector may take for a batch.
    """

    def __init__(
        self, endpoint: str, environment: str, export_seconds: float = _EXPORT_SECONDS
    ) -> None:
        exporter = OTLPSpanExporter(endpoint.rstrip("/") + _PATH, timeout=export_seconds)
        self._provider = TracerProvider(
            # Whoever asks the gateway has no say in what it records.
            sampler=ALWAYS_ON,
            resource=Resource.create(
                {
                    "service.name": SERVICE,
                    "service.version": __version__,
                    "deployment.environment.name": environment,
                    "host.name": socket.gethostname(),
                }
            ),
            shutdown_on_exit=False,  # it would wait for half a minute
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                SayingOnce(exporter),
                max_queue_size=_WAITING_SPANS,
                schedule_delay_millis=_EVERY_SECONDS * 1_000,
                max_export_batch_size=_BATCH_SPANS,
            )
        )
        self._tracer = self._provider.get_tracer(SERVICE, __version__)

    def begin(
        self, name: str, kind: spans.SpanKind, trace: TraceContext, attributes: Mapping[str, Any]
    ) -> OtlpSpan:
        span = self._tracer.start_span(name, _parent_of(trace), _KINDS[kind], attributes)
        return OtlpSpan(span, trace)

    def close(self) -> None:
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(_CLOSE_SECONDS)


class OtlpSpan:
    """A span of OpenTelemetry, as :class:`backend_service.telemetry.spans.Span`."""

    def __init__(self, span: OtelSpan, within: TraceContext) -> None:
        self._span = span
        ids = span.get_span_context()
        trace_id = f"{ids.trace_id:032x}"
        # Without an asker's span, OpenTelemetry begins a trace by an id of its own.
        request_id = trace_id if within.request_id == within.trace_id else within.request_id
        self.trace = within._replace(
            trace_id=trace_id, request_id=request_id, span_id=f"{ids.span_id:016x}", sampled=True
        )

    def set(self, attributes: Mapping[str, Any]) -> None:
        self._span.set_attributes(attributes)

    def end(self, *, name: str | None = None, failed: str | None = None) -> None:
        if name is not None:
            self._span.update_name(name)
        if failed is not None:
            self._span.set_status(Status(StatusCode.ERROR))
            self._span.set_attribute("error.type", failed)
        self._span.end()


def _parent_of(trace: TraceContext) -> Context:
    parent_id = trace.span_id or trace.parent_id
    if not parent_id:
        return Context()
    parent = SpanContext(
        int(trace.trace_id, 16),
        int(parent_id, 16),
        is_remote=not trace.span_id,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    return set_span_in_context(NonRecordingSpan(parent), Context())


class SayingOnce(SpanExporter):
    """Says once that spans are not taken, and once that they are taken again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._reasons = _Reasons()
        self._lost = 0
        # It says so at each attempt, and for each span that does not fit into the queue.
        library = logging.getLogger("opentelemetry")
        library.handlers = [self._reasons]
        library.propagate = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            if not self._lost:
                _log.warning("spans_are_not_taken", reason=self._reasons.last)
            self._lost += len(spans)
        elif self._lost:
            _log.info("spans_are_taken_again", lost=self._lost)
            self._lost = 0
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


class _Reasons(logging.Handler):
    """Keeps the last thing that the library had to say."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()
