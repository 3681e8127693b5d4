"""Follows which experiments are being cancelled, and takes what waits of them out of the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from model_service.database import Database
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.progression import finish_cancelling
from model_service.experiments.queue.stop_list import StopList
from model_service.experiments.records.experiments import list_experiments
from model_service.experiments.records.units import list_units

POLL_SECONDS = 0.25

_log = structlog.get_logger(__name__)


class CancellationWatch:
    """Keeps a `StopList` true, in a thread of its own.

    Parameters
    ----------
    database : Database
    queue : DurableQueue
    stop_list : StopList
    clock : callable
        Epoch seconds.
    """

    def __init__(
        self,
        database: Database,
        queue: DurableQueue,
        stop_list: StopList,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._queue = queue
        self._stop_list = stop_list
        self._clock = clock
        self._stopped = threading.Event()
        self._forgotten: set[str] = set()

    def start(self) -> None:
        threading.Thread(target=self._follow, name="cancellation", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _follow(self) -> None:
        while not self._stopped.wait(POLL_SECONDS):
            try:
                self._look()
            except Exception as error:
                _log.warning("cancellations cannot be seen", reason=str(error))

    def _look(self) -> None:
        with self._database.reading() as connection:
            stopping = {row.id for row in list_experiments(connection, states=("cancelling",))}
        self._stop_list.replace(stopping)
        for experiment_id in stopping - self._forgotten:
            self._forget(experiment_id)
        self._forgotten &= stopping

    def _forget(self, experiment_id: str) -> None:
        """Nothing of it has to be handed out any more; what runs ends by the stop list."""
        with self._database.reading() as connection:
            units = list_units(connection, experiment_id)
        cancelled = [unit.unit for unit in units if unit.state == "cancelled"]
        self._queue.forget_units(experiment_id, cancelled)
        with self._database.writing() as connection:
            finish_cancelling(connection, experiment_id, now=self._clock())
        self._forgotten.add(experiment_id)
