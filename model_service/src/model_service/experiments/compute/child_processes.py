"""Units in child processes of this one: the default executor."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from model_service.experiments.compute.executor import UnitDied, UnitStopped
from model_service.experiments.compute.messages import (
    LAST,
    Alive,
    Message,
    decode_message,
)
from model_service.experiments.compute.orders import UnitOrder

_MODULE = "model_service.experiments.compute.child"
_POLL_SECONDS = 0.1
_MAX_MESSAGES = 1_000
"""Of a child that are not yet read; it waits when there are more."""

UNITS_OF_A_CHILD = 64
"""After so many units a child makes place for a new one: compiled graphs stay in its memory."""

_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""Children are side by side on all cores; each of them takes one."""


class ChildProcesses:
    """Makes units in child processes, which are kept for the next unit.

    Parameters
    ----------
    slots : int
        Children at once.
    silence_seconds : float
        A child that says nothing for so long is taken for dead and killed.
    """

    def __init__(self, slots: int, *, silence_seconds: float) -> None:
        self.slots = slots
        self._silence_seconds = silence_seconds
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._lock = threading.Lock()
        self._closed = False
        # The kernel ends a child with the thread that started it, and this one lives as long as
        # the executor.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="start-children")

    def run(self, order: UnitOrder, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        """See `Executor.run`."""
        child = self._take()
        finished = False
        try:
            child.begin(order)
            for message in self._listen(child, is_stopped):
                # A child that is idle again may be taken before its last message is acted on.
                if isinstance(message, LAST):
                    finished = True
                    self._give_back(child)
                yield message
        finally:
            if not finished:
                self._discard(child)

    def close(self) -> None:
        """See `Executor.close`."""
        with self._lock:
            self._closed = True
            children = [*self._idle, *self._busy]
        for child in children:
            child.kill()
        self._starter.shutdown(wait=False)

    def retire_idle(self, seconds: float) -> None:
        """End children that had nothing to do for so long: each holds half a gigabyte."""
        now = time.monotonic()
        with self._lock:
            old = [child for child in self._idle if now - child.idle_since > seconds]
            self._idle = [child for child in self._idle if child not in old]
        for child in old:
            child.kill()

    def _listen(self, child: _Child, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        heard = time.monotonic()
        while True:
            if is_stopped():
                child.kill()
                raise UnitStopped
            message = child.next_message(_POLL_SECONDS)
            now = time.monotonic()
            if message is None:
                if now - heard > self._silence_seconds:
                    child.kill()
                    raise UnitDied(f"Its process said nothing for {now - heard:.0f} s.")
                continue
            heard = now
            yield message
            if isinstance(message, LAST):
                return

    def _take(self) -> _Child:
        with self._lock:
            if self._closed:
                raise UnitStopped
            while self._idle:
                child = self._idle.pop()
                if child.is_alive():
                    self._busy.add(child)
                    return child
        child = self._starter.submit(_Child).result()
        with self._lock:
            self._busy.add(child)
            closed = self._closed
        if closed:
            child.kill()
        return child

    def _give_back(self, child: _Child) -> None:
        child.made += 1
        child.idle_since = time.monotonic()
        keep = child.made < UNITS_OF_A_CHILD
        with self._lock:
            self._busy.discard(child)
            if keep and not self._closed:
                self._idle.append(child)
                return
        child.kill()

    def _discard(self, child: _Child) -> None:
        with self._lock:
            self._busy.discard(child)
        child.kill()


class _Child:
    """One child process with its two pipes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, nothing from outside
            [sys.executable, "-m", _MODULE, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_ONE_THREAD},
        )
        self.made = 0
        self.idle_since = time.monotonic()
        self._messages: queue.Queue[Message | None] = queue.Queue(_MAX_MESSAGES)
        self._ended = threading.Event()
        threading.Thread(target=self._read, name="read-child", daemon=True).start()

    def begin(self, order: UnitOrder) -> None:
        """Hand an order over; what was said before it is forgotten.

        Raises
        ------
        UnitDied
        """
        with suppress(queue.Empty):
            while True:
                self._messages.get_nowait()
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it is a pipe
        try:
            stdin.write(order.encode() + b"\n")
            stdin.flush()
        except OSError as error:
            raise UnitDied(self._how_it_ended()) from error

    def next_message(self, timeout_seconds: float) -> Message | None:
        """The next message; None where none comes in time.

        Raises
        ------
        UnitDied
        """
        try:
            return self._messages.get(timeout=timeout_seconds)
        except queue.Empty:
            if self._ended.is_set() and self._messages.empty():
                raise UnitDied(self._how_it_ended()) from None
            return None

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it and wait until it is gone: what it writes is whole or not there."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it is a pipe
        with suppress(OSError, ValueError):
            for line in stdout:
                message = decode_message(line)
                # Signs of life of an idle child are of no interest and must not fill the queue.
                if isinstance(message, Alive):
                    with suppress(queue.Full):
                        self._messages.put_nowait(message)
                else:
                    self._messages.put(message)
        self._ended.set()

    def _how_it_ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        if code is None:
            return "Its process closed its pipes."
        if code < 0:
            return f"Its process was killed by {signal.Signals(-code).name}."
        return f"Its process ended with exit code {code}."
