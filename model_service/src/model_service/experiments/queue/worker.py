"""A worker: takes units from the queue and makes them, until it is told to end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import structlog
from dbos import DBOS

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import ExperimentsUnavailable
from model_service.experiments.compute.executor import Executor
from model_service.experiments.queue.cancellation import CancellationWatch
from model_service.experiments.queue.durable_queue import (
    MAX_RECOVERIES,
    RUN_UNIT,
    START_EXPERIMENT,
    STARTS_QUEUE,
    UNITS_QUEUE,
    DurableQueue,
    quieten_dbos,
    worker_config,
)
from model_service.experiments.queue.heartbeat import Heartbeat
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.queue.progression import enqueue_stage
from model_service.experiments.queue.stop_list import StopList
from model_service.experiments.queue.unit_orders import Surroundings
from model_service.experiments.queue.unit_recorder import ignore
from model_service.experiments.queue.unit_runner import UnitRunner
from model_service.telemetry.spans import Spans

POLL_SECONDS = 0.2
"""Between two looks into the queue."""

SLOTS_SECONDS = 5.0
"""Between two questions for how many slots the executor has."""

REPLACED = 75
"""Exit code of a worker that was taken for gone (EX_TEMPFAIL): it may be started again."""

_log = structlog.get_logger(__name__)


class Worker:
    """Everything of one worker process.

    Parameters
    ----------
    worker_id : str
        Stays the same when the process is started again.
    database : Database
    store : ArtefactStore
    executor : Executor
    looks : TestLooks
    surroundings : Surroundings
    beat_seconds, lease_seconds : float
    clock : callable
        Epoch seconds.
    count_steps : callable
        Told of steps that were trained.
    spans : Spans, optional
        By default none are made.
    """

    def __init__(
        self,
        worker_id: str,
        database: Database,
        store: ArtefactStore,
        executor: Executor,
        looks: TestLooks,
        surroundings: Surroundings,
        *,
        beat_seconds: float,
        lease_seconds: float,
        clock: Callable[[], float] = time.time,
        count_steps: Callable[[int], None] = ignore,
        spans: Spans | None = None,
    ) -> None:
        self._id = worker_id
        self._database = database
        self._executor = executor
        self._queue = DurableQueue(database)
        self._stop_list = StopList()
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._exit_code = 0
        self._registered = 0
        self._runner = UnitRunner(
            worker_id,
            database,
            self._queue,
            store,
            executor,
            looks,
            self._stop_list,
            surroundings,
            clock,
            count_steps,
            spans,
        )
        self._cancellations = CancellationWatch(database, self._queue, self._stop_list, clock)
        self._heartbeat = Heartbeat(
            database,
            worker_id,
            beat_seconds=beat_seconds,
            lease_seconds=lease_seconds,
            clock=clock,
            on_replaced=self._end_as_replaced,
            on_gone=self._take_over,
        )

    def run(self) -> int:
        """Work until `end`; returns the exit code.

        The caller has to leave the process at once afterwards: threads that hold units of the queue
        never return, so that their units stay with the queue.
        """
        worker = self._heartbeat.register()
        self._launch_queue()
        self._cancellations.start()
        self._heartbeat.start()
        self._ready.set()
        _log.info("worker ready", worker_id=worker.id, incarnation=worker.incarnation)
        while not self._ended.wait(SLOTS_SECONDS):
            self._register_units()
        self._ready.clear()
        self._stop_list.close()
        self._heartbeat.stop()
        self._cancellations.stop()
        self._executor.close()
        _log.info("worker ended", worker_id=worker.id, exit_code=self._exit_code)
        return self._exit_code

    def is_ready(self) -> bool:
        """Whether it takes units from the queue."""
        return self._ready.is_set()

    def is_alive(self) -> bool:
        """Whether others can see that it lives."""
        return self._heartbeat.is_fresh()

    def end(self) -> None:
        """Have `run` return: running units are killed, and go on from their checkpoints later."""
        self._ended.set()

    def _launch_queue(self) -> None:
        quieten_dbos()
        DBOS(config=worker_config(self._database, self._id))
        runner, queue, database = self._runner, self._queue, self._database

        def run_unit(experiment_id: str, unit: int) -> None:
            runner.run(experiment_id, unit)

        def start_experiment(experiment_id: str, stage: int) -> None:
            database.run(lambda: enqueue_stage(database.writing, queue, experiment_id, stage))

        DBOS.workflow(name=RUN_UNIT, max_recovery_attempts=MAX_RECOVERIES)(run_unit)
        DBOS.workflow(name=START_EXPERIMENT, max_recovery_attempts=MAX_RECOVERIES)(start_experiment)
        DBOS.launch()
        self._register_units()
        DBOS.register_queue(
            STARTS_QUEUE,
            worker_concurrency=1,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )

    def _register_units(self) -> None:
        """Have as many units handed out as there are slots now, which a cluster may change.

        A worker that is alone gets as many again: they wait for a slot, so that none stands idle
        until the next look. Of several workers each would keep from the others what it cannot make
        yet.
        """
        try:
            wanted = self._executor.slots * (2 if self._heartbeat.is_alone() else 1)
        except ExperimentsUnavailable:
            return
        if wanted == self._registered:
            return
        DBOS.register_queue(
            UNITS_QUEUE,
            worker_concurrency=wanted,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )
        self._registered = wanted

    def _take_over(self, worker_id: str) -> None:
        """Give the work of a worker that is gone back to the queue, for any of the living."""
        DBOS._recover_pending_workflows([worker_id])  # noqa: SLF001 - there is no public way

    def _end_as_replaced(self) -> None:
        _log.error("this worker was taken for gone and ends; its units are made elsewhere")
        self._exit_code = REPLACED
        self._ended.set()


def leave(exit_code: int) -> None:
    """End the process now, without waiting for threads."""
    os._exit(exit_code)
