"""The ids that travel through all tiers: a request's own, and those of W3C Trace Context.

A request brings its ids or is given new ones; work that no request waits for has a trace of its
own. Whatever is asked of another service meanwhile is sent the same ids.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REQUEST_ID_HEADER: Final = "X-Request-ID"
TRACE_HEADER: Final = "traceparent"
REQUEST_ID_KEY: Final = REQUEST_ID_HEADER.lower().encode()
_TRACE_KEY: Final = TRACE_HEADER.encode()
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TRACEPARENT: Final = re.compile(
    rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])"
)
_SAMPLED: Final = 1


class TraceContext(NamedTuple):
    """Ids of what is being done.

    Attributes
    ----------
    trace_id : str
        32 hexadecimal digits.
    request_id : str
        Of the request that is answered; empty in work that no request waits for.
    span_id : str
        Of the span in progress, where spans are recorded; else empty.
    parent_id : str
        The span of the asker, where it sent one; else empty.
    sampled : bool
        Whether somebody records this trace.
    recorded : bool
        Whether this process makes spans of it, where it makes any.
    """

    trace_id: str
    request_id: str = ""
    span_id: str = ""
    parent_id: str = ""
    sampled: bool = False
    recorded: bool = True


_current: ContextVar[TraceContext | None] = ContextVar("trace_context", default=None)
current_trace: Final = _current.get
"""The ids of what is being done; None outside all requests and work."""
set_trace: Final = _current.set
reset_trace: Final = _current.reset

# What the class itself does for its arguments takes three times as long.
_make: Final = tuple.__new__
_fresh: Final[list[TraceContext]] = []
_AT_ONCE: Final = 256


def new_trace_id() -> str:
    return os.urandom(16).hex()


def new_request_trace() -> TraceContext:
    """Ids of a request that brings none."""
    try:
        return _fresh.pop()
    except IndexError:
        # Many at once, as asking the system takes longer than all the rest.
        bits = os.urandom(16 * _AT_ONCE).hex()
        ids = [bits[place : place + 32] for place in range(0, len(bits), 32)]
        _fresh.extend([_make(TraceContext, (i, i, "", "", False, True)) for i in ids])
        return new_request_trace()


def new_span_id() -> str:
    return new_trace_id()[:16]


def accept_trace(headers: Iterable[tuple[bytes, bytes]]) -> TraceContext:
    """The ids that a request brings; what is missing or malformed is made anew."""
    request_id = trace_id = parent_id = ""
    sampled = False
    for name, value in headers:
        if name == REQUEST_ID_KEY:
            if _REQUEST_ID.fullmatch(value) is not None:
                request_id = value.decode()
        elif name == _TRACE_KEY and not trace_id:
            found = _TRACEPARENT.fullmatch(value)
            if found is not None:
                trace_id, parent_id = found[1].decode(), found[2].decode()
                sampled = bool(int(found[3], 16) & _SAMPLED)
    if not trace_id:
        fresh = new_request_trace()
        return fresh._replace(request_id=request_id) if request_id else fresh
    return _make(TraceContext, (trace_id, request_id or trace_id, "", parent_id, sampled, True))


def current_request_id() -> str:
    """Id of the request that is being answered; empty outside one."""
    trace = _current.get()
    return "" if trace is None else trace.request_id


def outgoing_headers() -> dict[str, str]:
    """What a question to another service carries: the ids in progress, under a new parent."""
    trace = _current.get() or TraceContext(new_trace_id())
    parent = trace.span_id or new_span_id()
    return {
        REQUEST_ID_HEADER: trace.request_id or trace.trace_id,
        TRACE_HEADER: f"00-{trace.trace_id}-{parent}-{'01' if trace.sampled else '00'}",
    }


@contextmanager
def continuing(trace: TraceContext) -> Iterator[None]:
    """Have `trace` be the one in progress."""
    token = _current.set(trace)
    try:
        yield
    finally:
        _current.reset(token)
