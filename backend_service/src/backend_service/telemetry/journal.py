"""What is noted of each request that was answered: its duration, and its line in the access log.

Nothing that the asker waits for. So it is noted a little later and many at once, by the thread that
writes the log: that takes a fraction of the time, as it finds everything at hand.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from backend_service.telemetry.access_lines import AccessLines
from backend_service.telemetry.log_output import current_output

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend_service.telemetry.request_durations import RequestDurations
    from backend_service.telemetry.trace_context import TraceContext

UNMATCHED: Final = "unmatched"
_QUIET_ROUTES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: counted, and logged where the answer is bad alone."""
_BAD: Final = 400
_STREAMS: Final = frozenset({"/api/experiments/{experiment_id}/events"})
"""They last for as long as somebody watches: their duration is the time to their beginning."""
_KNOWN: Final = 1_024

Answered = tuple[str, str, bytes, Any, int, "TraceContext", float, float, float]
"""Method, path, query, route, status, ids, and when the request came, when the answer began and
when it ended. The scope itself is not kept: hundreds of them would wait, and drive what the next
requests need out of the processor's caches."""


class RequestJournal:
    """Notes requests as whoever configured the process's log wants them noted.

    Parameters
    ----------
    durations : RequestDurations
        Where they are counted.
    """

    def __init__(self, durations: RequestDurations) -> None:
        self._durations = durations
        self._known: dict[tuple[str, str, int], _Known] = {}
        self._clock_offset = time.time() - time.perf_counter()
        self._lines: AccessLines | None = None
        self._put_later: Callable[[tuple[Any, ...]], bool] | None = None
        output = current_output()
        if output is not None:
            self._put_later = output.writer.put_later
            if output.number <= logging.INFO:
                self._lines = AccessLines(output.origin)

    def note(self, answered: Answered) -> None:
        """Note a request; the only thing that is done while somebody waits."""
        if self._put_later is None or not self._put_later((self._write, answered)):
            self._write((None, answered))

    def _write(self, noted: tuple[Any, ...]) -> bytes:
        """Count it; its line, empty where there is to be none."""
        method, path, query, matched, status, trace, started, began, ended = noted[1]
        route = getattr(matched, "path", UNMATCHED)
        known = self._known.get((method, route, status)) or self._learn(method, route, status)
        observe, whole, logged = known
        observe((ended if whole else began) - started)
        if not logged or self._lines is None:
            return b""
        asked = (method, path, query, status, route, trace[2] != "")
        return self._lines.render(asked, trace, ended - started, ended + self._clock_offset)

    def _learn(self, method: str, route: str, status: int) -> _Known:
        """What there is to do after such a request; kept, as finding it out takes longer."""
        known = _Known(
            self._durations.observing(method, route, status),
            whole=route not in _STREAMS,
            logged=route not in _QUIET_ROUTES or status >= _BAD,
        )
        if len(self._known) < _KNOWN:
            self._known[method, route, status] = known
        return known


class _Known(NamedTuple):
    """What there is to do after a request of some method, route and status.

    Attributes
    ----------
    observe : callable
        Takes the duration in seconds.
    whole : bool
        Whether the duration is that of the whole answer, not that to its beginning.
    logged : bool
        Whether there is a line in the access log.
    """

    observe: Callable[[float], None]
    whole: bool
    logged: bool
