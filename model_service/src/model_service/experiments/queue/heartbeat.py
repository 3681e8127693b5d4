"""Signs of life: a worker's own, and those that it watches in others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from model_service.database import Database
from model_service.errors import ExperimentsUnavailable
from model_service.experiments.records.workers import (
    Worker,
    beat,
    declare_gone,
    list_workers,
    register_worker,
)

_log = structlog.get_logger(__name__)


class Heartbeat:
    """Beats for one worker, and notices when others stop.

    Nobody's clock is compared with another's: a worker is gone when its beat has stood still for a
    lease on the clock of the one who watches, while the database answered.

    Parameters
    ----------
    database : Database
    worker_id : str
    beat_seconds, lease_seconds : float
    clock : callable
        Epoch seconds, for people.
    on_replaced : callable
        Called once where another took this worker for gone, or was started in its name.
    on_gone : callable
        Called with the id of a worker that this one declared gone.
    """

    def __init__(
        self,
        database: Database,
        worker_id: str,
        *,
        beat_seconds: float,
        lease_seconds: float,
        clock: Callable[[], float],
        on_replaced: Callable[[], None],
        on_gone: Callable[[str], None],
    ) -> None:
        self._database = database
        self._worker_id = worker_id
        self._beat_seconds = beat_seconds
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._on_replaced = on_replaced
        self._on_gone = on_gone
        self._stopped = threading.Event()
        self._worker: Worker | None = None
        self._watched: dict[str, tuple[Worker, float]] = {}
        self._beaten_at = time.monotonic()

    def register(self) -> Worker:
        """Begin a new incarnation, in place of an older one of the same id."""

        def work() -> Worker:
            with self._database.writing() as connection:
                return register_worker(connection, self._worker_id, self._clock())

        self._worker = self._database.run(work)
        return self._worker

    def start(self) -> None:
        """Beat until `stop`, in a thread of its own."""
        threading.Thread(target=self._beat_on, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def is_fresh(self) -> bool:
        """Whether the last sign of life is younger than the lease."""
        return time.monotonic() - self._beaten_at < self._lease_seconds

    def is_alone(self) -> bool:
        """Whether no other worker was last seen alive."""
        return not any(one.id != self._worker_id for one in self._database.run(self._list))

    def _beat_on(self) -> None:
        while not self._stopped.wait(self._beat_seconds):
            try:
                if self._database.run(self._beat):
                    self._beaten_at = time.monotonic()
                else:
                    self._on_replaced()
                    return
                self._watch(self._database.run(self._list))
            except ExperimentsUnavailable as error:
                # While nobody can be seen nobody is taken for gone.
                self._watched.clear()
                _log.warning("no sign of life could be given", reason=error.detail)
            except Exception:
                _log.exception("the heartbeat stumbled")

    def _beat(self) -> bool:
        assert self._worker is not None  # noqa: S101 - registered before it is started
        with self._database.writing() as connection:
            return beat(connection, self._worker, self._clock())

    def _list(self) -> list[Worker]:
        with self._database.reading() as connection:
            return list_workers(connection)

    def _watch(self, workers: list[Worker]) -> None:
        now = time.monotonic()
        others = {one.id: one for one in workers if one.id != self._worker_id}
        for gone in set(self._watched) - set(others):
            del self._watched[gone]
        for one in others.values():
            seen = self._watched.get(one.id)
            if seen is None or seen[0] != one:
                self._watched[one.id] = (one, now)
            elif now - seen[1] > self._lease_seconds:
                del self._watched[one.id]
                if self._declare_gone(one):
                    _log.warning("a worker is gone", worker_id=one.id)
                    self._on_gone(one.id)

    def _declare_gone(self, seen: Worker) -> bool:
        def work() -> bool:
            with self._database.writing() as connection:
                return declare_gone(connection, seen)

        return self._database.run(work)
