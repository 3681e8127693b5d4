"""Making one unit from its claim to its commit: what a worker does with a workflow of the queue."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal

import structlog

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import BellwetherError
from model_service.experiments.compute.executor import Executor, UnitDied, UnitStopped
from model_service.experiments.compute.messages import Finished, Hindered, Refused
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.queue.slots import Slots
from model_service.experiments.queue.stop_list import StopList
from model_service.experiments.queue.unit_book import Begun, UnitBook
from model_service.experiments.queue.unit_orders import Orders, Surroundings
from model_service.experiments.queue.unit_recorder import ClaimLost, UnitRecorder, ignore
from model_service.experiments.unit_log import logging_about
from model_service.telemetry.spans import NoSpans, Spans
from model_service.telemetry.trace_context import TraceContext, new_trace_id

MAX_CRASHES = 10
"""After so many deaths of its own process a unit is given up: it kills what it runs in."""

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_LONGEST_HINDRANCE_SECONDS = 7 * 86_400.0
"""Who lets a disk be full or a cluster be away for a week does not wait for the experiment."""

UnitEnd = Literal["done", "failed", "cancelled"]
_GOOD_ENDS: tuple[UnitEnd, ...] = ("done", "cancelled")

_log = structlog.get_logger(__name__)


class UnitRunner:
    """Makes units, as many side by side as the executor has slots.

    Parameters
    ----------
    worker_id : str
    database : Database
    queue : DurableQueue
    store : ArtefactStore
    executor : Executor
    looks : TestLooks
    stop_list : StopList
    surroundings : Surroundings
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
        queue: DurableQueue,
        store: ArtefactStore,
        executor: Executor,
        looks: TestLooks,
        stop_list: StopList,
        surroundings: Surroundings,
        clock: Callable[[], float] = time.time,
        count_steps: Callable[[int], None] = ignore,
        spans: Spans | None = None,
    ) -> None:
        self._database = database
        self._book = UnitBook(worker_id, database, queue, store, clock)
        self._executor = executor
        self._stop_list = stop_list
        self._orders = Orders(surroundings, executor, looks)
        self._clock = clock
        self._count_steps = count_steps
        self._spans = NoSpans() if spans is None else spans
        self._slots = Slots(lambda: executor.slots)

    def run(self, experiment_id: str, unit: int) -> None:
        """Make a unit until it is committed, or somebody else has it.

        Never raises and never returns before that: the queue takes both for the end of the work.
        """
        with logging_about(experiment_id, unit):
            self._run(experiment_id, unit)

    def _run(self, experiment_id: str, unit: int) -> None:
        pause = _FIRST_PAUSE_SECONDS
        hindered_since: float | None = None
        while True:
            with self._slots.one():
                try:
                    self._try_once(experiment_id, unit)
                    return
                except ClaimLost:
                    _log.warning("a unit was begun elsewhere")
                    return
                except _Again as again:
                    reason, hindered = str(again), again.hindered
                    _log.warning("a unit has to be begun anew", reason=reason)
                except Exception as error:
                    _log.exception("a unit could not be run")
                    reason, hindered = f"{type(error).__name__}: {error}", True
            now = time.monotonic()
            hindered_since = (hindered_since or now) if hindered else None
            if hindered_since is not None and now - hindered_since > _LONGEST_HINDRANCE_SECONDS:
                self._book.give_up(experiment_id, unit, reason)
                return
            if not hindered:
                pause = _FIRST_PAUSE_SECONDS / 10
            self._stop_list.wait(pause)
            pause = min(2.0 * pause, _LONGEST_PAUSE_SECONDS)

    def _try_once(self, experiment_id: str, unit: int) -> None:
        begun = self._book.begin(experiment_id, unit)
        if begun is None:
            return
        row = begun.row
        origin = begun.experiment.origin or TraceContext(new_trace_id())
        span = self._spans.begin(
            f"unit {row.task}",
            "consumer",
            origin,
            {
                "bellwether.experiment_id": experiment_id,
                "bellwether.unit": unit,
                "bellwether.fence": begun.claim.fence,
            },
        )
        structlog.contextvars.bind_contextvars(**span.context.log_fields())
        _log.info("unit begun", task=row.task, fence=begun.claim.fence)
        ended = "error"
        try:
            ended = self._make(begun, span.context.log_fields())
        except (ClaimLost, _Again) as interrupted:
            ended = "lost" if isinstance(interrupted, ClaimLost) else "begun anew"
            raise
        finally:
            span.end(failure=None if ended in _GOOD_ENDS else ended)

    def _make(self, begun: Begun, log_fields: Mapping[str, str]) -> UnitEnd:
        """Have a unit made, and write down what comes of it."""
        experiment_id = begun.experiment.id
        claim, crashes = begun.claim, begun.row.crashes
        recorder = UnitRecorder(self._database, claim, self._clock, self._count_steps)
        end: UnitEnd | None = None
        try:
            for message in self._executor.run(
                self._orders.make(begun, log_fields),
                lambda: self._stop_list.is_stopped(experiment_id),
            ):
                match message:
                    case Finished(outcome, metrics):
                        self._book.commit(claim, outcome, metrics)
                        end = self._tell("done")
                    case Refused(reason):
                        self._book.refuse(claim, reason)
                        end = self._tell("failed", reason)
                    case Hindered(reason):
                        self._book.release(claim, f"It has to wait: {reason}", crashes=crashes)
                        raise _Again(reason, hindered=True)
                    case _:
                        recorder.record(message)
        except UnitStopped:
            self._stop_list.wait_where_closing()
            self._book.cancel(claim)
            return self._tell("cancelled")
        except UnitDied as error:
            self._stop_list.wait_where_closing()
            if crashes + 1 >= MAX_CRASHES:
                reason = f"Its process died {crashes + 1} times. {error}"
                self._book.refuse(claim, reason)
                return self._tell("failed", reason)
            self._book.release(claim, str(error), crashes=crashes + 1)
            raise _Again(str(error), hindered=False) from error
        except BellwetherError as error:
            raise _Again(error.detail, hindered=True) from error
        if end is None:
            raise _Again("It ended without a word.", hindered=False)
        return end

    @staticmethod
    def _tell(end: UnitEnd, reason: str | None = None) -> UnitEnd:
        (_log.warning if end == "failed" else _log.info)(f"unit {end}", reason=reason)
        return end


class _Again(Exception):
    """The unit has to be begun anew."""

    def __init__(self, reason: str, *, hindered: bool) -> None:
        super().__init__(reason)
        self.hindered = hindered
