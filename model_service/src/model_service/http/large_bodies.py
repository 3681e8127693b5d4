"""A gate for requests that take much memory: few at once, and a bounded wait for the rest."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from model_service.allocator import give_memory_back
from model_service.errors import BellwetherError


class Busy(BellwetherError):
    slug, title, status = "busy", "The service is busy", 503


class LargeBodies:
    """Admits a few large requests at once; a million candles take most of a gigabyte.

    Parameters
    ----------
    threshold_bytes : int
        Smaller bodies always pass.
    at_once : int
    wait_seconds : float
        Longest wait to be admitted.
    """

    def __init__(self, threshold_bytes: int, *, at_once: int, wait_seconds: float) -> None:
        self._threshold_bytes = threshold_bytes
        self._places = threading.BoundedSemaphore(at_once)
        self._wait_seconds = wait_seconds

    @contextmanager
    def admit(self, content_length: int | None) -> Iterator[None]:
        """Hold a place while a request is answered; None is a body of unknown length.

        Raises
        ------
        Busy
            If no place became free in time.
        """
        if content_length is not None and content_length < self._threshold_bytes:
            yield
            return
        if not self._places.acquire(timeout=self._wait_seconds):
            raise Busy("Other large requests are being answered; ask again in a moment.")
        try:
            yield
        finally:
            give_memory_back()
            self._places.release()
