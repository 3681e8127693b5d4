"""Log lines on their way out of the process.

Whoever logs hands a line over and goes on; a thread writes what has come, many lines at once. So
neither a pipe that nobody reads nor a Logstash that is away keeps a request waiting, and a line
costs a small part of what it costs to write it alone. What goes out keeps the order in which it
came.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend_service.telemetry.logstash import LogstashSink

Deferred = tuple[Any, ...]
"""A line that is yet to be written: a function that makes it of this tuple, and what it needs."""

_WAITING_LINES: Final = 10_000
_BATCH_LINES: Final = 1_000
_GATHER_SECONDS: Final = 0.1
"""Lines that can wait are written together when this time has passed."""
_CLOSE_SECONDS: Final = 2.0
_FULL_SECONDS: Final = 0.05


class LogWriter:
    """A bounded queue of lines, and the thread that writes them to a stream and to Logstash.

    Parameters
    ----------
    stream : binary file
        Unbuffered.
    sink : LogstashSink, optional
    """

    def __init__(self, stream: BinaryIO, sink: LogstashSink | None = None) -> None:
        self.sink = sink
        self.dropped = 0
        """Lines that the stream did not take, since the start."""
        self._stream = stream
        self._waiting: deque[bytes | Deferred] = deque()
        self._urgent = threading.Event()
        self._counting = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    def put(self, line: bytes | Deferred) -> None:
        """Have a line be written at once; text ends with a line feed."""
        if self._closed:
            # What a process says at its very end has nobody else who writes it.
            self._write(self._render([line]))
        elif not self.put_later(line):
            self._drop(1)
        self._urgent.set()

    def put_later(self, line: bytes | Deferred) -> bool:
        """Have a line be written within a tenth of a second; False where too many wait."""
        if len(self._waiting) >= _WAITING_LINES:
            return False
        self._waiting.append(line)
        return True

    def flush(self, seconds: float = _CLOSE_SECONDS) -> None:
        """Return when all that was put so far is written, after `seconds` at the latest."""
        reached = threading.Event()

        def reach(_: Deferred) -> bytes:
            reached.set()
            return b""

        self.put((reach,))
        reached.wait(seconds)

    def close(self, seconds: float = _CLOSE_SECONDS) -> int:
        """Write what waits, for at most `seconds` each here and there; how many lines are lost."""
        self._closed = True
        self._urgent.set()
        self._thread.join(seconds)
        lost = len(self._waiting)
        return lost + (self.sink.close(seconds) if self.sink is not None else 0)

    def _run(self) -> None:
        take = self._waiting.popleft
        while not self._closed or self._waiting:
            # It looks by itself: being told of each line would cost those who write it.
            self._urgent.wait(_GATHER_SECONDS)
            self._urgent.clear()
            while self._waiting:
                count = min(len(self._waiting), _BATCH_LINES)
                self._write(self._render([take() for _ in range(count)]))

    def _render(self, batch: Sequence[bytes | Deferred]) -> list[bytes]:
        """The lines of `batch`; not every entry is one: a probe is only counted."""
        lines = []
        for entry in batch:
            if isinstance(entry, bytes):
                lines.append(entry)
                continue
            try:
                line = entry[0](entry)
            except Exception:  # one that cannot be written must not keep all others from it
                self._drop(1)
                continue
            if line:
                lines.append(line)
        return lines

    def _write(self, lines: Sequence[bytes]) -> None:
        if self.sink is not None:
            self.sink.put(lines)
        left = memoryview(b"".join(lines))
        try:
            while left:
                taken = self._stream.write(left)
                if taken is None:  # a pipe that says it is full instead of waiting
                    time.sleep(_FULL_SECONDS)
                left = left[taken or 0 :]
        except (OSError, ValueError):
            # Nobody reads any more, or the disk is full.
            self._drop(len(lines))

    def _drop(self, count: int) -> None:
        with self._counting:
            self.dropped += count
