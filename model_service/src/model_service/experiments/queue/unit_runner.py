"""Making one unit from its claim to its commit: what a worker does with a workflow of the queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from model_service.artefacts.store import ArtefactStore
from model_service.errors import BellwetherError
from model_service.experiments.artefact_names import checkpoint_prefix, names_of_experiment
from model_service.experiments.compute.executor import Executor, UnitDied, UnitStopped
from model_service.experiments.compute.messages import Finished, Hindered, Refused
from model_service.experiments.compute.orders import FinishedUnit, UnitOrder
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.looks import TestLooks
from model_service.experiments.queue.progression import (
    commit_abandoned,
    commit_cancelled,
    commit_failure,
    commit_outcome,
)
from model_service.experiments.queue.stop_list import StopList
from model_service.experiments.queue.unit_recorder import ClaimLost, UnitRecorder
from model_service.experiments.records.database import Database
from model_service.experiments.records.events import append_event
from model_service.experiments.records.experiments import (
    ExperimentRow,
    change_state,
    get_experiment,
)
from model_service.experiments.records.units import (
    Claim,
    UnitRow,
    claim_unit,
    get_unit,
    list_units,
    update_claimed,
)

MAX_CRASHES = 10
"""After so many deaths of its own process a unit is given up: it kills what it runs in."""

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 60.0
_LONGEST_HINDRANCE_SECONDS = 6 * 3600.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What all units of a worker are given.

    Attributes
    ----------
    code_version, artefacts_url, agents_dir : str
    checkpoint_seconds : float
    """

    code_version: str
    artefacts_url: str
    agents_dir: str
    checkpoint_seconds: float


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
    ) -> None:
        self._worker_id = worker_id
        self._database = database
        self._queue = queue
        self._store = store
        self._executor = executor
        self._looks = looks
        self._stop_list = stop_list
        self._surroundings = surroundings
        self._clock = clock
        self._slots = threading.BoundedSemaphore(executor.slots)

    def run(self, experiment_id: str, unit: int) -> None:
        """Make a unit until it is committed, or somebody else has it.

        Never raises and never returns before that: the queue takes both for the end of the work.
        """
        pause = _FIRST_PAUSE_SECONDS
        hindered_since: float | None = None
        while True:
            with self._slots:
                try:
                    self._try_once(experiment_id, unit)
                    return
                except ClaimLost:
                    _log.warning("a unit was begun elsewhere", experiment=experiment_id, unit=unit)
                    return
                except _Again as again:
                    reason, hindered = str(again), again.hindered
                except Exception as error:
                    _log.exception("a unit could not be run", experiment=experiment_id, unit=unit)
                    reason, hindered = f"{type(error).__name__}: {error}", True
            now = time.monotonic()
            hindered_since = (hindered_since or now) if hindered else None
            if hindered_since is not None and now - hindered_since > _LONGEST_HINDRANCE_SECONDS:
                self._give_up(experiment_id, unit, reason)
                return
            if not hindered:
                pause = _FIRST_PAUSE_SECONDS / 10
            self._stop_list.wait(pause)
            pause = min(2.0 * pause, _LONGEST_PAUSE_SECONDS)

    def _try_once(self, experiment_id: str, unit: int) -> None:
        begun = self._database.run(lambda: self._begin(experiment_id, unit))
        if begun is None:
            self._abandon(experiment_id, unit)
            return
        experiment, row, claim, order = begun
        recorder = UnitRecorder(self._database, claim, self._clock)
        try:
            if row.task == "assess":
                order = replace(order, looks=self._looks.of(experiment, order.units))
            for message in self._executor.run(
                order, lambda: self._stop_list.is_stopped(experiment_id)
            ):
                match message:
                    case Finished(outcome, metrics):
                        self._commit(claim, outcome, metrics)
                    case Refused(reason):
                        self._refuse(claim, reason)
                    case Hindered(reason):
                        self._release(claim, f"It has to wait: {reason}", crashes=row.crashes)
                        raise _Again(reason, hindered=True)
                    case _:
                        recorder.record(message)
        except UnitStopped:
            self._stop_list.wait_where_closing()
            self._cancel(claim)
        except UnitDied as error:
            self._stop_list.wait_where_closing()
            if row.crashes + 1 >= MAX_CRASHES:
                self._refuse(claim, f"Its process died {row.crashes + 1} times. {error}")
                return
            self._release(claim, str(error), crashes=row.crashes + 1)
            raise _Again(str(error), hindered=False) from error
        except BellwetherError as error:
            raise _Again(error.detail, hindered=True) from error

    def _begin(
        self, experiment_id: str, unit: int
    ) -> tuple[ExperimentRow, UnitRow, Claim, UnitOrder] | None:
        now = self._clock()
        with self._database.writing() as connection:
            claim = claim_unit(connection, experiment_id, unit, self._worker_id, now)
            if claim is None:
                return None
            change_state(connection, experiment_id, "running", at=now)
            append_event(connection, experiment_id, "unit", at=now, unit=unit, state="running")
            row = get_unit(connection, experiment_id, unit)
            assert row is not None  # noqa: S101 - it was claimed a moment ago
            experiment = get_experiment(connection, experiment_id)
            finished = (
                [
                    FinishedUnit(u.unit, u.task, u.seed, u.fold, u.point, u.outcome)
                    for u in list_units(connection, experiment_id)
                    if u.state == "done" and u.outcome is not None
                ]
                if row.task == "assess"
                else []
            )
        return experiment, row, claim, self._order(experiment, row, claim, finished)

    def _order(
        self, experiment: ExperimentRow, row: UnitRow, claim: Claim, finished: list[FinishedUnit]
    ) -> UnitOrder:
        return UnitOrder(
            experiment_id=experiment.id,
            name=experiment.name,
            unit=row.unit,
            fence=claim.fence,
            task=row.task,
            specification=experiment.specification,
            seed=row.seed,
            fold=row.fold,
            point=row.point,
            steps=experiment.steps,
            created_at=experiment.created_at,
            code_version=self._surroundings.code_version,
            artefacts_url=self._surroundings.artefacts_url,
            agents_dir=self._surroundings.agents_dir,
            checkpoint_seconds=self._surroundings.checkpoint_seconds,
            side_by_side=self._executor.slots,
            units=finished,
        )

    def _commit(self, claim: Claim, outcome: object, metrics: object) -> None:
        def work() -> bool:
            with self._database.writing() as connection:
                return commit_outcome(
                    connection,
                    self._queue,
                    claim,
                    outcome,  # type: ignore[arg-type]
                    metrics=metrics,  # type: ignore[arg-type]
                    now=self._clock(),
                )

        if not self._database.run(work):
            raise ClaimLost
        self._forget_checkpoints(claim)

    def _refuse(self, claim: Claim, reason: str) -> None:
        def work() -> bool:
            with self._database.writing() as connection:
                return commit_failure(connection, self._queue, claim, reason, now=self._clock())

        if not self._database.run(work):
            raise ClaimLost
        self._forget_checkpoints(claim)

    def _cancel(self, claim: Claim) -> None:
        def work() -> None:
            with self._database.writing() as connection:
                commit_cancelled(connection, claim, now=self._clock())

        self._database.run(work)
        try:
            for name in names_of_experiment(self._store, claim.experiment_id):
                self._store.remove(name)
        except BellwetherError as error:
            _log.warning("artefacts stay", experiment=claim.experiment_id, reason=error.detail)

    def _abandon(self, experiment_id: str, unit: int) -> None:
        """Where the experiment is being cancelled: its last worker did not live to say so."""

        def work() -> None:
            with self._database.writing() as connection:
                commit_abandoned(connection, experiment_id, unit, now=self._clock())

        self._database.run(work)

    def _release(self, claim: Claim, reason: str, *, crashes: int) -> None:
        """Let a unit wait again, and tell why."""

        def work() -> bool:
            now = self._clock()
            with self._database.writing() as connection:
                if not update_claimed(
                    connection, claim, state="queued", crashes=crashes, seen_at=now
                ):
                    return False
                append_event(
                    connection,
                    claim.experiment_id,
                    "unit",
                    at=now,
                    unit=claim.unit,
                    state="queued",
                    text=reason,
                )
                return True

        if not self._database.run(work):
            raise ClaimLost

    def _give_up(self, experiment_id: str, unit: int, reason: str) -> None:
        def work() -> None:
            with self._database.writing() as connection:
                claim = claim_unit(connection, experiment_id, unit, self._worker_id, self._clock())
                if claim is not None:
                    commit_failure(connection, self._queue, claim, reason, now=self._clock())

        self._database.run(work)

    def _forget_checkpoints(self, claim: Claim) -> None:
        try:
            self._store.remove(checkpoint_prefix(claim.experiment_id, claim.unit))
        except BellwetherError as error:
            _log.warning("checkpoints stay", unit=claim.unit, reason=error.detail)


class _Again(Exception):
    """The unit has to be begun anew."""

    def __init__(self, reason: str, *, hindered: bool) -> None:
        super().__init__(reason)
        self.hindered = hindered
