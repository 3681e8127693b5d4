"""The access log: a line for each request that is answered.

Most of a line depends on what was asked and nothing else, and the same is asked again and again:
that part is written once, by the formatter that writes all lines, and kept.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from backend_service.telemetry.log_lines import SERVICE, EcsLine
from backend_service.telemetry.redaction import clean_query

if TYPE_CHECKING:
    from backend_service.telemetry.log_lines import Origin
    from backend_service.telemetry.trace_context import TraceContext

_NAME: Final = f"{SERVICE}.access"
_KEPT: Final = 1_024
_TEXT_LENGTH: Final = 2_048
_LEVEL: Final = "info"
_MILLISECONDS: Final = [f".{number:03d}Z" for number in range(1_000)]


Asked = tuple[str, str, bytes, int, str, bool]
"""What a line says of a request and its answer beside times and ids: method, path, query, status,
route, and whether there is a span. No class, since making one for each request takes longer."""


class _Kept(NamedTuple):
    """A line in pieces; between them go time, duration, request id, trace id and span id."""

    before_time: str
    before_duration: str
    before_request_id: str
    before_trace_id: str
    before_span_id: str
    end: str


class AccessLines:
    """Writes access lines.

    Parameters
    ----------
    origin : Origin
        Who writes.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin.to_fields()
        self._write = EcsLine()
        self._kept: dict[Asked, _Kept] = {}
        # Nobody who asks can have these in a path.
        self._blanks = [secrets.token_hex(16) for _ in range(5)]
        self._second = 0
        self._second_written = ""

    def render(self, asked: Asked, trace: TraceContext, seconds: float, ended: float) -> bytes:
        """The line about a request that took `seconds` and was answered at `ended`."""
        kept = self._kept.get(asked)
        if kept is None:
            kept = self._prepare(asked)
        second = int(ended)
        if second != self._second:
            self._second = second
            self._second_written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return "".join(
            (
                kept[0],
                self._second_written,
                _MILLISECONDS[int((ended - second) * 1e3)],
                kept[1],
                str(int(seconds * 1e9)),
                kept[2],
                trace[1],
                kept[3],
                trace[0],
                kept[4],
                trace[2],
                kept[5],
            )
        ).encode()

    def _prepare(self, asked: Asked) -> _Kept:
        at, duration, request_id, trace_id, span_id = self._blanks
        line = self._write(None, _LEVEL, self._describe(asked)).decode() + "\n"
        pieces = []
        # As text, a number has quotes around it.
        for blank in (at, f'"{duration}"', request_id, trace_id, span_id):
            piece, found, line = line.partition(blank)
            pieces.append(piece)
            if not found:  # no span: the line ends with that piece
                break
        has_span = asked[-1]
        kept = _Kept(*pieces, *([line] if has_span else [""]))
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[asked] = kept
        return kept

    def _describe(self, asked: Asked) -> dict[str, object]:
        at, duration, request_id, trace_id, span_id = self._blanks
        method, path, query, status, route, has_span = asked
        path = path[:_TEXT_LENGTH]
        fields = {
            "event": f"{method} {path} {status}",
            "@timestamp": at,
            **self._origin,
            "log.logger": _NAME,
            "event.dataset": _NAME,
            "event.duration": duration,
            "http.request.method": method,
            "http.request.id": request_id,
            "http.response.status_code": status,
            "http.route": route,
            "url.path": path,
            "trace.id": trace_id,
        }
        if query:
            fields["url.query"] = clean_query(query)[:_TEXT_LENGTH]
        if has_span:
            fields["span.id"] = span_id
        return fields
