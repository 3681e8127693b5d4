"""Taking experiments in: checked, never twice, and no more than the queue may hold."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from model_service.artefacts.promotion import OWNER_ID
from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import ExperimentConflict, QueueFull
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.records.experiments import (
    ExperimentRow,
    find_experiment,
    get_experiment,
    insert_experiment,
)
from model_service.experiments.records.tables import experiments
from model_service.experiments.records.units import count_queued, insert_units
from model_service.experiments.specification import Specification
from model_service.experiments.specified_candles import read_candles
from model_service.experiments.unit_list import PlannedUnit, plan_units
from model_service.telemetry.trace_context import TraceContext, new_trace_id

RETRY_SECONDS = 30
"""When somebody who met a full queue may try again."""

_ALPHABET = string.digits + "abcdefghjkmnpqrstvwxyz"
_ID_CHARACTERS = 8
_LOCK_KEY = 0x7375626D  # "subm": any number, the same in every process


@dataclass(frozen=True)
class Submitted:
    """An experiment that was asked for, and whether it is an earlier one."""

    experiment: ExperimentRow
    reused: bool


class Submissions:
    """Puts experiments into the queue.

    Parameters
    ----------
    database : Database
    queue : DurableQueue
    store : ArtefactStore
        Where the candles are.
    code_version : str
    max_queued_units : int
        Bound of the queue.
    clock : callable
        Epoch seconds.
    """

    def __init__(
        self,
        database: Database,
        queue: DurableQueue,
        store: ArtefactStore,
        *,
        code_version: str,
        max_queued_units: int,
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._queue = queue
        self._store = store
        self._code_version = code_version
        self._max_queued_units = max_queued_units
        self._clock = clock

    def plan(self, spec: Specification) -> list[PlannedUnit]:
        """The units that an experiment would have; checks everything that can be refused.

        Raises
        ------
        InvalidRequest, TrainingDataError, DatasetNotFound
        """
        return plan_units(spec, read_candles(spec, self._store))

    def submit(
        self,
        spec: Specification,
        *,
        name: str | None = None,
        idempotency_key: str | None = None,
        origin: TraceContext | None = None,
    ) -> Submitted:
        """Queue an experiment, or find the earlier one that is the same.

        Parameters
        ----------
        spec : Specification
        name, idempotency_key : str, optional
        origin : TraceContext, optional
            Of the request that asks for it; without one it has a trace of its own.

        Raises
        ------
        InvalidRequest, TrainingDataError, DatasetNotFound
            As `plan`.
        ExperimentConflict
            If the key was used for another experiment.
        QueueFull
        ExperimentsUnavailable
        """
        known = self._database.run(lambda: self._known(spec, idempotency_key))
        if known is not None:
            return Submitted(known, reused=True)
        units = self.plan(spec)
        origin = origin or TraceContext(new_trace_id())
        return self._database.run(lambda: self._insert(spec, units, name, idempotency_key, origin))

    def _known(self, spec: Specification, idempotency_key: str | None) -> ExperimentRow | None:
        with self._database.reading() as connection:
            return self._find(connection, spec, idempotency_key)

    def _find(
        self, connection: sa.Connection, spec: Specification, idempotency_key: str | None
    ) -> ExperimentRow | None:
        wanted = spec.hash_with(self._code_version)
        if idempotency_key is not None:
            known = find_experiment(connection, experiments.c.idempotency_key == idempotency_key)
            if known is not None and known.specification_hash != wanted:
                raise ExperimentConflict(
                    f"`idempotency_key` was used for {known.id}, which is another experiment.",
                    field="idempotency_key",
                )
            if known is not None:
                return known
        return find_experiment(
            connection,
            experiments.c.specification_hash == wanted,
            experiments.c.state.in_(("queued", "running", "done")),
        )

    def _insert(
        self,
        spec: Specification,
        units: list[PlannedUnit],
        name: str | None,
        idempotency_key: str | None,
        origin: TraceContext,
    ) -> Submitted:
        experiment_id = f"{spec.kind}-{_random_letters()}"
        first_stage = min(unit.stage for unit in units)
        with self._database.writing() as connection:
            _take_turn(connection)
            known = self._find(connection, spec, idempotency_key)
            if known is not None:
                return Submitted(known, reused=True)
            waiting = count_queued(connection)
            if waiting + len(units) > self._max_queued_units:
                raise QueueFull(
                    f"{waiting:,} units wait already; with the {len(units):,} of this experiment "
                    f"they would be more than {self._max_queued_units:,}.",
                    retry_seconds=RETRY_SECONDS,
                    limit=self._max_queued_units,
                )
            insert_experiment(
                connection,
                id=experiment_id,
                owner_id=OWNER_ID,
                kind=spec.kind,
                name=name or _describe(spec),
                specification=spec.to_dict(),
                specification_hash=spec.hash_with(self._code_version),
                code_version=self._code_version,
                idempotency_key=idempotency_key,
                steps=spec.steps,
                stage=first_stage,
                created_at=self._clock(),
                request_id=origin.request_id,
                trace_id=origin.trace_id,
                span_id=origin.span_id,
            )
            insert_units(connection, [unit.to_row(experiment_id) for unit in units])
            self._queue.enqueue_start(connection, experiment_id, first_stage)
            return Submitted(get_experiment(connection, experiment_id), reused=False)


def _take_turn(connection: sa.Connection) -> None:
    """Until the transaction ends nobody else submits: the same that comes twice at once is found by
    the second, and the bound of the queue holds. On SQLite every writer has the database alone."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})


def _random_letters() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_ID_CHARACTERS))


def _describe(spec: Specification) -> str:
    """A name for people who gave none."""
    first, others = spec.symbols[0], len(spec.symbols) - 1
    what = {"train": "Train on", "evaluate": "Evaluate on", "sweep": "Sweep on"}.get(
        spec.kind, "Walk-forward on"
    )
    return f"{what} {first}" + (f" and {others} more" if others else "")
