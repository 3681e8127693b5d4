"""Which request a piece of work belongs to: its id, and its trace (W3C Trace Context)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

REQUEST_ID_HEADER = "X-Request-ID"
TRACEPARENT_HEADER = "traceparent"

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(frozen=True)
class TraceContext:
    """What is known of where some work came from.

    Attributes
    ----------
    trace_id : str
        32 hexadecimal digits.
    request_id : str or None
        None where no request began it.
    span_id : str or None
        16 hexadecimal digits: the span that the work is a part of, where there is one.
    """

    trace_id: str
    request_id: str | None = None
    span_id: str | None = None

    def log_fields(self) -> dict[str, str]:
        """What log lines about it say."""
        fields = {
            "http.request.id": self.request_id,
            "trace.id": self.trace_id,
            "span.id": self.span_id,
        }
        return {name: value for name, value in fields.items() if value is not None}


def new_trace_id() -> str:
    """A trace of its own, for what no request began."""
    return secrets.token_hex(16)


def accept_trace_context(request_id: str | None, traceparent: str | None) -> TraceContext:
    """What a request says in its headers; what is missing or malformed is made up.

    The span is the caller's.
    """
    parent = _TRACEPARENT.fullmatch(traceparent or "")
    if parent is None or not int(parent[1], 16) or not int(parent[2], 16):
        trace_id, span_id = new_trace_id(), None
    else:
        trace_id, span_id = parent[1], parent[2]
    if request_id is None or not _REQUEST_ID.fullmatch(request_id):
        request_id = trace_id
    return TraceContext(trace_id, request_id, span_id)
