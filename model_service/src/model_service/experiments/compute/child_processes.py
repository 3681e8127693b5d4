"""Units in child processes of this one: the default executor."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from model_service.experiments.compute.executor import UnitDied, UnitStopped
from model_service.experiments.compute.messages import LAST, Message
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.unit_child import UnitChild

_POLL_SECONDS = 0.1

IDLE_SECONDS = 60.0
"""After so long without a unit a child ends: each holds half a gigabyte."""

UNITS_OF_A_CHILD = 64
"""After so many units a child makes place for a new one: compiled graphs stay in its memory."""


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
        self._idle: list[UnitChild] = []
        self._busy: set[UnitChild] = set()
        self._lock = threading.Lock()
        self._closed = False
        # The kernel ends a child with the thread that started it, and this one lives as long as
        # the executor.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="start-children")
        self._ended = threading.Event()
        threading.Thread(target=self._retire_idle, name="retire-children", daemon=True).start()

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
        self._ended.set()
        with self._lock:
            self._closed = True
            children = [*self._idle, *self._busy]
        for child in children:
            child.kill()
        self._starter.shutdown(wait=False)

    def _listen(self, child: UnitChild, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        # Counted in waits and not by the clock: a worker that was itself stopped for a while has
        # not listened.
        silent_seconds = 0.0
        while True:
            if is_stopped():
                child.kill()
                raise UnitStopped
            message = child.next_message(_POLL_SECONDS)
            if message is None:
                silent_seconds += _POLL_SECONDS
                if silent_seconds > self._silence_seconds:
                    child.kill()
                    raise UnitDied(f"Its process said nothing for {silent_seconds:.0f} s.")
                continue
            silent_seconds = 0.0
            yield message
            if isinstance(message, LAST):
                return

    def _take(self) -> UnitChild:
        with self._lock:
            if self._closed:
                raise UnitStopped
            while self._idle:
                child = self._idle.pop()
                if child.is_alive():
                    self._busy.add(child)
                    return child
                child.kill()  # closes its pipes
        child = self._starter.submit(UnitChild).result()
        with self._lock:
            self._busy.add(child)
            closed = self._closed
        if closed:
            child.kill()
        return child

    def _give_back(self, child: UnitChild) -> None:
        child.made += 1
        child.idle_since = time.monotonic()
        keep = child.made < UNITS_OF_A_CHILD
        with self._lock:
            self._busy.discard(child)
            if keep and not self._closed:
                self._idle.append(child)
                return
        child.kill()

    def _discard(self, child: UnitChild) -> None:
        with self._lock:
            self._busy.discard(child)
        child.kill()

    def _retire_idle(self) -> None:
        while not self._ended.wait(IDLE_SECONDS / 4):
            now = time.monotonic()
            with self._lock:
                old = [child for child in self._idle if now - child.idle_since > IDLE_SECONDS]
                self._idle = [child for child in self._idle if child not in old]
            for child in old:
                child.kill()
