"""Log lines to Logstash's TCP input, in the background: nobody who logs ever waits for it."""

from __future__ import annotations

import logging
import os
import queue
import threading
import weakref

from model_service.telemetry.logstash_connection import LogstashConnection, connecting

SINK = "logstash"

CAPACITY = 10_000
"""Lines that wait at most; what comes then is dropped and counted."""

_BATCH = 200
_STALL_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 5.0
_END_SECONDS = 2.0
_FORK_SECONDS = 3.0


class LogstashSink(logging.Handler):
    """Puts lines into a bounded queue, which a thread of its own delivers.

    What waits is kept while nothing listens there, and delivered once something does. Lines that
    were under way when a connection broke, and may not have arrived, are sent again. The thread
    belongs to the process that logs: one that was forked has a queue and a connection of its own.

    Parameters
    ----------
    host, port
        Of Logstash.
    capacity : int
    stall_seconds : float
        So long Logstash may take nothing before a connection is given up.
    longest_pause_seconds : float
        Between two attempts to connect.
    end_seconds : float
        Longest time that `close` takes.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        capacity: int = CAPACITY,
        stall_seconds: float = _STALL_SECONDS,
        longest_pause_seconds: float = _LONGEST_PAUSE_SECONDS,
        end_seconds: float = _END_SECONDS,
    ) -> None:
        super().__init__()
        self._capacity = capacity
        self._longest_pause_seconds = longest_pause_seconds
        self._end_seconds = end_seconds
        self._connection = LogstashConnection(host, port, stall_seconds)
        self._begin()
        _sinks.add(self)

    def _begin(self) -> None:
        self._dropped = 0
        # Its `put` may interrupt itself, as a signal handler that logs does.
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._in_hand: list[bytes] = []
        self._ended = threading.Event()
        self._given_up = threading.Event()
        self._starting = threading.RLock()
        self._thread: threading.Thread | None = None

    @property
    def dropped(self) -> int:
        """Lines that were not and will not be delivered, since the process began."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """Lines that are not delivered yet."""
        return self._lines.qsize() + len(self._in_hand)

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record delivered; never waits."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
            if self._ended.is_set() or self.waiting >= self._capacity:
                self._dropped += 1  # under the handler's lock
                return
            self._lines.put(line)
            if self._thread is None:
                self._start()
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Deliver what waits, for a bounded time, and count the rest as dropped."""
        if not self._ended.is_set():
            self._ended.set()
            self._lines.put(None)
            if self._thread is not None:
                self._thread.join(self._end_seconds)
            self._given_up.set()
            self._connection.interrupt()
            self._dropped += self.waiting - 1
        super().close()

    def forget_parent(self) -> None:
        """In a process that was forked: begin anew, and leave the parent its lines."""
        self._connection.drop()
        self._begin()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name=SINK, daemon=True)
                self._thread.start()

    def _deliver(self) -> None:
        while self._take_batch() and self._persist():
            pass
        self._connection.drop()

    def _persist(self) -> bool:
        """Deliver what is in hand, however long that takes; false where the end comes first."""
        pause = _FIRST_PAUSE_SECONDS
        while not self._send_batch():
            if self._ended.wait(pause):
                # What the process leaves behind is tried once more.
                return not self._given_up.is_set() and self._send_batch()
            pause = min(2.0 * pause, self._longest_pause_seconds)
        return True

    def _take_batch(self) -> bool:
        """Have lines in hand, as many as wait; false at the end, whose mark stays where it is."""
        line = self._lines.get()
        while line is not None:
            self._in_hand.append(line)
            if len(self._in_hand) >= _BATCH or self._lines.empty():
                return True
            line = self._lines.get()
        self._lines.put(None)
        return bool(self._in_hand)

    def _send_batch(self) -> bool:
        try:
            self._connection.deliver(b"".join(self._in_hand))
        except Exception:
            # Whatever it was: the thread has to go on, and logging it would end up here again.
            self._keep_from(self._connection.arrived())
            self._connection.drop()
        else:
            self._in_hand = []
        return not self._in_hand

    def _keep_from(self, arrived_bytes: int) -> None:
        """Let go of the lines that have arrived whole."""
        end = 0
        for count, line in enumerate(self._in_hand):
            end += len(line)
            if end > arrived_bytes:
                self._in_hand = self._in_hand[count:]
                return
        self._in_hand = []


_sinks: weakref.WeakSet[LogstashSink] = weakref.WeakSet()


_held_for_a_fork: list[bool] = []


def _before_fork() -> None:
    _held_for_a_fork.append(connecting.acquire(timeout=_FORK_SECONDS))


def _after_fork() -> None:
    if _held_for_a_fork.pop():
        connecting.release()


def _after_fork_in_child() -> None:
    _after_fork()
    for sink in list(_sinks):
        sink.forget_parent()


os.register_at_fork(
    before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child
)
