"""Log lines on their way to Logstash.

Lines are put into a bounded queue: whether Logstash is there, slow or away is the affair of the
thread behind it alone. What does not fit into the queue is dropped and
counted. A line leaves it when it has arrived, so that what was under way when a connection broke
is sent again; a line may arrive twice that way.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

import structlog

from backend_service.telemetry.logstash_connection import LogstashConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITING_LINES: Final = 10_000
_BATCH_LINES: Final = 500
_GATHER_SECONDS: Final = 0.1
"""Lines that come within this time go together: waking a thread for each would cost requests."""
_CONNECT_SECONDS: Final = 2.0
_STALL_SECONDS: Final = 5.0
_FIRST_PAUSE_SECONDS: Final = 0.25
_LONGEST_PAUSE_SECONDS: Final = 5.0
_CLOSE_SECONDS: Final = 2.0
_log = structlog.get_logger(__name__)


class LogstashSink:
    """A bounded queue of lines, and the thread that sends them.

    Parameters
    ----------
    host, port
        Of Logstash's TCP input.
    limit : int
        Lines that may wait.
    stall_seconds : float
        How long Logstash may take nothing before the connection is given up.
    longest_pause_seconds : float
        Between two attempts to connect.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        limit: int = WAITING_LINES,
        stall_seconds: float = _STALL_SECONDS,
        longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS,
    ) -> None:
        self.dropped = 0
        """Lines that were never sent, since the start."""
        self._limit = limit
        self._longest_pause_seconds = longest_pause_seconds
        self._connection = LogstashConnection(host, port, _CONNECT_SECONDS, stall_seconds)
        self._waiting: deque[bytes] = deque()
        self._under_way: list[bytes] = []
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._closing = threading.Event()
        self._away = False
        self._deadline = math.inf
        self._thread = threading.Thread(target=self._run, name="logstash", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Lines that have not arrived yet."""
        return len(self._waiting) + len(self._under_way)

    def put(self, lines: Sequence[bytes]) -> None:
        """Have `lines`, each with its line feed, be sent; never waits."""
        room = self._limit - self.waiting
        if room < len(lines):
            room = max(room, 0)
            with self._lock:
                self.dropped += len(lines) - room
            lines = lines[:room]
        self._waiting.extend(lines)
        if not self._some.is_set():
            self._some.set()

    def close(self, seconds: float = _CLOSE_SECONDS) -> int:
        """Send what waits, for at most `seconds`; how many lines are lost."""
        self._deadline = time.monotonic() + seconds
        self._closing.set()
        self._some.set()
        self._thread.join(seconds)
        self._connection.disconnect()
        lost = self.waiting
        with self._lock:
            self.dropped += lost
        return lost

    def _run(self) -> None:
        pause = 0.0
        while time.monotonic() < self._deadline:
            self._some.wait()
            if self._closing.is_set():
                time.sleep(min(pause, _FIRST_PAUSE_SECONDS))
            else:
                self._closing.wait(max(pause, _GATHER_SECONDS))
            self._some.clear()
            pause = self._send_all(pause)
            if pause:
                self._some.set()
            elif self._closing.is_set():
                return

    def _send_all(self, pause: float) -> float:
        """Zero where everything has arrived, else how long to leave Logstash alone."""
        while self._waiting or self._under_way:
            if not self._send_batch():
                return min(max(2 * pause, _FIRST_PAUSE_SECONDS), self._longest_pause_seconds)
            pause = 0.0
        return 0.0

    def _send_batch(self) -> bool:
        """Whether what was under way, or else the oldest lines that wait, have arrived."""
        if not self._under_way:
            take = self._waiting.popleft
            self._under_way = [take() for _ in range(min(len(self._waiting), _BATCH_LINES))]
        try:
            self._connection.send(b"".join(self._under_way))
        except (OSError, ValueError) as error:  # the latter: closed by the end of the process
            self._under_way = _behind(self._under_way, self._connection.arrived())
            self._connection.disconnect()
            self._note(away=True, reason=getattr(error, "strerror", None) or str(error))
            return False
        self._under_way = []
        self._note(away=False)
        return True

    def _note(self, *, away: bool, reason: str | None = None) -> None:
        """Tell once that Logstash is away, and once that it is back."""
        if away != self._away:
            self._away = away
            if away:
                _log.warning("logstash_is_away", reason=reason)
            else:
                _log.info("logstash_is_back", dropped=self.dropped)


def _behind(lines: Sequence[bytes], arrived: int) -> list[bytes]:
    """The lines that are not wholly among the first `arrived` bytes."""
    for place, line in enumerate(lines):
        arrived -= len(line)
        if arrived < 0:
            return list(lines[place:])
    return []
