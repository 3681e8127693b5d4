"""Spans of OpenTelemetry, sent to a collector by OTLP over HTTP; imported where there is one."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
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
from opentelemetry.trace import Span as RecordedSpan

from model_service.telemetry import spans
from model_service.telemetry.trace_context import TraceContext

_PATH = "/v1/traces"
_SEND_SECONDS = 5.0
_EVERY_MILLISECONDS = 2_000
_MAX_WAITING = 4_096
_END_SECONDS = 1.5

_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}

_trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)

_log = structlog.get_logger(__name__)


class OtlpSpans:
    """See `spans.Spans`. Those that the collector does not take are lost, and nobody waits.

    Parameters
    ----------
    endpoint : str
        URL of the collector, without the path of traces.
    service, version, environment : str
    """

    def __init__(self, endpoint: str, service: str, version: str, environment: str) -> None:
        self._exporter = OTLPSpanExporter(endpoint.rstrip("/") + _PATH, timeout=_SEND_SECONDS)
        self._provider = TracerProvider(
            # Who asks has no say in what is recorded.
            sampler=ALWAYS_ON,
            id_generator=_GivenTraceIds(),
            resource=Resource.create(
                {
                    "service.name": service,
                    "service.version": version,
                    "deployment.environment.name": environment,
                    "host.name": socket.gethostname(),
                }
            ),
            # By itself it would wait for half a minute.
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(
                _Told(self._exporter),
                max_queue_size=_MAX_WAITING,
                schedule_delay_millis=_EVERY_MILLISECONDS,
            )
        )
        self._tracer = self._provider.get_tracer("model_service", version)

    def begin(
        self, name: str, kind: spans.SpanKind, within: TraceContext, attributes: spans.Attributes
    ) -> spans.Span:
        """See `spans.Spans.begin`."""
        token = _trace_id.set(within.trace_id)
        try:
            span = self._tracer.start_span(name, _below(within), _KINDS[kind], dict(attributes))
        finally:
            _trace_id.reset(token)
        return _OtlpSpan(span, within)

    def close(self) -> None:
        """See `spans.Spans.close`."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(_END_SECONDS)
        # What is being sent is given up, and what waits behind it.
        self._exporter.shutdown()  # type: ignore[no-untyped-call]


class _OtlpSpan:
    def __init__(self, span: RecordedSpan, within: TraceContext) -> None:
        self._span = span
        self.context = replace(within, span_id=f"{span.get_span_context().span_id:016x}")

    def end(
        self,
        *,
        name: str | None = None,
        failure: str | None = None,
        attributes: spans.Attributes | None = None,
    ) -> None:
        if name is not None:
            self._span.update_name(name)
        if failure is not None:
            self._span.set_status(Status(StatusCode.ERROR))
            self._span.set_attribute("error.type", failure)
        self._span.set_attributes(dict(attributes or {}))
        self._span.end()


class _GivenTraceIds(RandomIdGenerator):
    """Begins traces under ids that are known already, such as those in the log."""

    def generate_trace_id(self) -> int:
        known = _trace_id.get()
        return super().generate_trace_id() if known is None else int(known, 16)


def _below(within: TraceContext) -> Context:
    """The context of the span that is known; where none is, a trace begins."""
    if within.span_id is None:
        return Context()
    ids = SpanContext(
        int(within.trace_id, 16),
        int(within.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    return set_span_in_context(NonRecordingSpan(ids), Context())


class _Told(SpanExporter):
    """Tells once that spans are lost, and once that they are taken again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._lost = 0
        self._reasons = _Reasons()
        # It would say so at each attempt, and of each span that finds no place.
        library = logging.getLogger("opentelemetry")
        library.handlers = [self._reasons]
        library.propagate = False

    def export(self, batch: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch, or lose it."""
        result: Any = self._exporter.export(batch)
        if result is SpanExportResult.SUCCESS:
            if self._lost:
                _log.info("spans are taken again", lost=self._lost)
            self._lost = 0
        else:
            if not self._lost:
                _log.warning("spans are lost", reason=self._reasons.last)
            self._lost += len(batch)
        return SpanExportResult(result)

    def shutdown(self) -> None:
        """Give up what is being sent."""
        self._exporter.shutdown()


class _Reasons(logging.Handler):
    """Keeps what was said last."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()
