"""A value that takes a while to find out, for whoever asks often and must not wait long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Refreshed(Generic[T]):
    """Asks again once its answer is old, in a thread of its own, and never twice at once.

    Parameters
    ----------
    ask : callable
        May take its time, and may raise: then there is no answer.
    fresh_seconds : float
        So long an answer is good for.
    wait_seconds : float
        Longest wait for a new one.
    """

    def __init__(self, ask: Callable[[], T], *, fresh_seconds: float, wait_seconds: float) -> None:
        self._ask = ask
        self._fresh_seconds = fresh_seconds
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._asking: threading.Event | None = None
        self._answer: T | None = None
        self._answered_at = float("-inf")

    def get(self) -> T | None:
        """The answer; None where there is none now, or none in time."""
        with self._lock:
            if time.monotonic() - self._answered_at < self._fresh_seconds:
                return self._answer
            if self._asking is None:
                self._asking = threading.Event()
                threading.Thread(
                    target=self._refresh, args=(self._asking,), name="refresh", daemon=True
                ).start()
            asking = self._asking
        return self._answer if asking.wait(self._wait_seconds) else None

    def _refresh(self, asking: threading.Event) -> None:
        try:
            answer = self._ask()
        except Exception:
            answer = None
        with self._lock:
            self._answer = answer
            self._answered_at = time.monotonic()
            self._asking = None
        asking.set()
