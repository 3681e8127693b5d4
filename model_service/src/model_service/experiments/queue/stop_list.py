"""What has to stop: experiments that are being cancelled, and everything when the worker ends."""

from __future__ import annotations

import threading
from collections.abc import Iterable


class StopList:
    """Asked by whoever makes a unit, several times a second."""

    def __init__(self) -> None:
        self._experiments: frozenset[str] = frozenset()
        self._closing = threading.Event()

    def replace(self, experiment_ids: Iterable[str]) -> None:
        """These experiments are being cancelled, and no others."""
        self._experiments = frozenset(experiment_ids)

    def close(self) -> None:
        """The worker ends: everything stops, and nothing of it is cancelled."""
        self._closing.set()

    @property
    def is_closing(self) -> bool:
        return self._closing.is_set()

    def is_stopped(self, experiment_id: str) -> bool:
        """Whether the units of an experiment should stop."""
        return self._closing.is_set() or experiment_id in self._experiments

    def wait(self, seconds: float) -> None:
        """Wait, and for ever where the worker ends meanwhile."""
        if self._closing.wait(seconds):
            self.wait_where_closing()

    def wait_where_closing(self) -> None:
        """Never come back where the worker ends.

        A unit that returns or raises is over for the queue. One that hangs when its worker goes is
        taken up by the next.
        """
        if self._closing.is_set():
            threading.Event().wait()
