"""Places for units that are made side by side, as many as the executor has at the moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 1.0
"""Between two questions for how many there are: a cluster grows without telling."""


class Slots:
    """A bounded number of places, where the bound may change.

    Parameters
    ----------
    count : callable
        How many there are now, at least one.
    """

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a place and keep it."""
        with self._changed:
            while self._taken >= self._count():
                self._changed.wait(LOOK_SECONDS)
            self._taken += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify()
