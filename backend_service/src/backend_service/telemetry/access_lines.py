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
    from backend_service.telemetry.log_output import LogOutput
    from backend_service.telemetry.trace_context import TraceContext

_NAME: Final = f"{SERVICE}.access"
_KEPT: Final = 1_024
_TEXT_LENGTH: Final = 2_048
_LEVEL: Final = "info"


class Asked(NamedTuple):
    """What a line says of a request and its answer beside times and ids."""

    method: str
    path: str
    query: bytes
    status: int
    route: str


class _Blank(NamedTuple):
    """What stands in a kept line where a value of the single request goes."""

    time: str
    request_id: str
    trace_id: str
    span_id: str
    duration: int


class AccessLog:
    """Writes access lines.

    Parameters
    ----------
    output : LogOutput
        Where they go, and who writes them.
    """

    def __init__(self, output: LogOutput) -> None:
        self._output = output
        self._origin = output.origin.to_fields()
        self._render = EcsLine()
        self._kept: dict[tuple[Asked, bool], bytes] = {}
        # Nobody who asks can have these in a path.
        self._blank = _Blank(
            time=secrets.token_hex(16),
            request_id=secrets.token_hex(16),
            trace_id=secrets.token_hex(16),
            span_id=secrets.token_hex(16),
            duration=10**18 + secrets.randbelow(10**18),
        )
        self._second = 0
        self._second_written = b""

    def write(self, asked: Asked, trace: TraceContext, seconds: float) -> None:
        """Write that `asked` was answered after `seconds`."""
        template = self._kept.get((asked, trace.span_id != ""))
        if template is None:
            template = self._prepare(asked, has_span=trace.span_id != "")
        milliseconds = time.time_ns() // 1_000_000
        second, rest = divmod(milliseconds, 1_000)
        if second != self._second:
            written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
            self._second, self._second_written = second, written.encode()
        line = template % {
            b"time": b"%b.%03dZ" % (self._second_written, rest),
            b"request_id": trace.request_id.encode(),
            b"trace_id": trace.trace_id.encode(),
            b"span_id": trace.span_id.encode(),
            b"duration": seconds * 1e9,
        }
        self._output.write(line)

    def _prepare(self, asked: Asked, *, has_span: bool) -> bytes:
        """The line with `%(…)` where a value of the single request goes."""
        fields = self._describe(asked, has_span=has_span)
        line = self._render(None, _LEVEL, fields).replace(b"%", b"%%") + b"\n"
        for name, blank in self._blank._asdict().items():
            form = "d" if name == "duration" else "b"
            line = line.replace(str(blank).encode(), f"%({name}){form}".encode())
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[asked, has_span] = line
        return line

    def _describe(self, asked: Asked, *, has_span: bool) -> dict[str, object]:
        path = asked.path[:_TEXT_LENGTH]
        fields = {
            "event": f"{asked.method} {path} {asked.status}",
            "@timestamp": self._blank.time,
            **self._origin,
            "log.logger": _NAME,
            "event.dataset": _NAME,
            "event.duration": self._blank.duration,
            "http.request.method": asked.method,
            "http.request.id": self._blank.request_id,
            "http.response.status_code": asked.status,
            "http.route": asked.route,
            "url.path": path,
            "trace.id": self._blank.trace_id,
        }
        if asked.query:
            fields["url.query"] = clean_query(asked.query)[:_TEXT_LENGTH]
        if has_span:
            fields["span.id"] = self._blank.span_id
        return fields
