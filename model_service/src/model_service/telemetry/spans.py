"""Spans: how long a request or a unit took, and which trace it is a part of.

They are made where ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set; elsewhere nothing of OpenTelemetry is
imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from model_service.telemetry.trace_context import TraceContext

if TYPE_CHECKING:
    from model_service.settings import Settings

SpanKind = Literal["server", "consumer"]
Attributes = Mapping[str, str | int | float]


class Span(Protocol):
    """One that has begun."""

    @property
    def context(self) -> TraceContext:
        """The ids of what is done meanwhile; its own `span_id` is among them."""
        ...

    def end(
        self,
        *,
        name: str | None = None,
        failure: str | None = None,
        attributes: Attributes | None = None,
    ) -> None:
        """End it.

        Parameters
        ----------
        name : str, optional
            A better one than it was begun with.
        failure : str, optional
            Its kind, where what was done failed.
        attributes : mapping, optional
        """
        ...


class Spans(Protocol):
    """Makes spans and sends them somewhere, in the background."""

    def begin(
        self, name: str, kind: SpanKind, within: TraceContext, attributes: Attributes
    ) -> Span:
        """Begin a span of the trace `within`, below the span of it that is known."""
        ...

    def close(self) -> None:
        """Send what there is, for a bounded time."""
        ...


def open_spans(settings: Settings, service: str) -> Spans:
    """Where the spans of this process go; to be called after it was forked."""
    if settings.otlp_endpoint is None:
        return NoSpans()
    from model_service.telemetry.otlp import OtlpSpans

    return OtlpSpans(
        settings.otlp_endpoint, service, settings.full_code_version, settings.environment
    )


@dataclass(frozen=True)
class _NoSpan:
    context: TraceContext

    def end(
        self,
        *,
        name: str | None = None,
        failure: str | None = None,
        attributes: Attributes | None = None,
    ) -> None:
        """Nothing is kept of it."""


class NoSpans:
    """Makes none; the ids are passed on all the same."""

    def begin(
        self,
        name: str,  # noqa: ARG002 - as `Spans`
        kind: SpanKind,  # noqa: ARG002
        within: TraceContext,
        attributes: Attributes,  # noqa: ARG002
    ) -> Span:
        """See `Spans.begin`."""
        return _NoSpan(replace(within, span_id=None))

    def close(self) -> None:
        """See `Spans.close`."""
