"""What is written down of a unit between its claim and its end, each change in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import BellwetherError
from model_service.experiments.artefact_names import checkpoint_prefix, remove_artefacts
from model_service.experiments.compute.orders import FinishedUnit
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.progression import (
    commit_abandoned,
    commit_cancelled,
    commit_failure,
    commit_outcome,
)
from model_service.experiments.queue.unit_recorder import ClaimLost
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

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Begun:
    """A unit that was claimed, with what its order is made from.

    Attributes
    ----------
    experiment : ExperimentRow
    row : UnitRow
    claim : Claim
    finished : list of FinishedUnit
        Of an assessment: everything before it.
    """

    experiment: ExperimentRow
    row: UnitRow
    claim: Claim
    finished: list[FinishedUnit]


class UnitBook:
    """Claims units for one worker, and writes down how they end.

    Every method waits while the database is away.

    Parameters
    ----------
    worker_id : str
    database : Database
    queue : DurableQueue
    store : ArtefactStore
    clock : callable
        Epoch seconds.
    """

    def __init__(
        self,
        worker_id: str,
        database: Database,
        queue: DurableQueue,
        store: ArtefactStore,
        clock: Callable[[], float],
    ) -> None:
        self._worker_id = worker_id
        self._database = database
        self._queue = queue
        self._store = store
        self._clock = clock

    def begin(self, experiment_id: str, unit: int) -> Begun | None:
        """Claim a unit; None where it is not to be made."""
        begun = self._database.run(lambda: self._claim(experiment_id, unit))
        if begun is None:
            # Of an experiment that is being cancelled: its last worker did not live to say so.
            self._write(
                lambda connection, now: commit_abandoned(connection, experiment_id, unit, now=now)
            )
        return begun

    def commit(
        self, claim: Claim, outcome: Mapping[str, Any], metrics: Mapping[str, float | None]
    ) -> None:
        """Write an outcome down, with all that follows from it.

        Raises
        ------
        ClaimLost
        """
        self._write_claimed(
            lambda connection, now: commit_outcome(
                connection, self._queue, claim, outcome, metrics=metrics, now=now
            )
        )
        self._forget_checkpoints(claim)

    def refuse(self, claim: Claim, reason: str) -> None:
        """Write down that a unit cannot be made, with all that follows from it.

        Raises
        ------
        ClaimLost
        """
        self._write_claimed(
            lambda connection, now: commit_failure(connection, self._queue, claim, reason, now=now)
        )
        self._forget_checkpoints(claim)

    def cancel(self, claim: Claim) -> None:
        """Write down that a unit was stopped, and remove what its experiment left."""
        self._write(lambda connection, now: commit_cancelled(connection, claim, now=now))
        try:
            remove_artefacts(self._store, claim.experiment_id)
        except BellwetherError as error:
            _log.warning("artefacts stay", reason=error.detail)

    def release(self, claim: Claim, reason: str, *, crashes: int) -> None:
        """Let a unit wait again, and tell why.

        Raises
        ------
        ClaimLost
        """

        def write(connection: sa.Connection, now: float) -> bool:
            if not update_claimed(connection, claim, state="queued", crashes=crashes, seen_at=now):
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

        self._write_claimed(write)

    def give_up(self, experiment_id: str, unit: int, reason: str) -> None:
        """Write down that a unit which nobody works on will not be made."""

        def write(connection: sa.Connection, now: float) -> None:
            claim = claim_unit(connection, experiment_id, unit, self._worker_id, now)
            if claim is not None:
                commit_failure(connection, self._queue, claim, reason, now=now)

        self._write(write)

    def _claim(self, experiment_id: str, unit: int) -> Begun | None:
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
            others = list_units(connection, experiment_id) if row.task == "assess" else []
        finished = [
            FinishedUnit(one.unit, one.task, one.seed, one.fold, one.point, one.outcome)
            for one in others
            if one.state == "done" and one.outcome is not None
        ]
        return Begun(experiment, row, claim, finished)

    def _write_claimed(self, write: Callable[[sa.Connection, float], bool]) -> None:
        def work() -> bool:
            with self._database.writing() as connection:
                return write(connection, self._clock())

        if not self._database.run(work):
            raise ClaimLost

    def _write(self, write: Callable[[sa.Connection, float], None]) -> None:
        def work() -> None:
            with self._database.writing() as connection:
                write(connection, self._clock())

        self._database.run(work)

    def _forget_checkpoints(self, claim: Claim) -> None:
        try:
            self._store.remove(checkpoint_prefix(claim.experiment_id, claim.unit))
        except BellwetherError as error:
            _log.warning("checkpoints stay", reason=error.detail)
