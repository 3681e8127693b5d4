"""Experiments as a service of the web process: asked, followed, stopped, and never computed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.experiments.queue.control import Control
from model_service.experiments.queue.durable_queue import DurableQueue, migrate_queue
from model_service.experiments.queue.submission import Submissions, Submitted
from model_service.experiments.rates import Estimate, estimate
from model_service.experiments.records.events import Event, list_events
from model_service.experiments.records.experiments import (
    ENDED,
    ExperimentRow,
    ExperimentState,
    get_experiment,
    list_experiments,
)
from model_service.experiments.records.migrate import migrate
from model_service.experiments.records.units import (
    NO_UNITS,
    UnitRow,
    UnitSums,
    list_metrics,
    list_units,
    sum_units,
)
from model_service.experiments.records.workers import last_sign_of_life
from model_service.experiments.specification import Kind, Specification
from model_service.settings import Settings
from model_service.telemetry.trace_context import TraceContext


@dataclass(frozen=True)
class Overview:
    """An experiment with what its units come to so far.

    Attributes
    ----------
    experiment : ExperimentRow
    units : UnitSums
    metrics : mapping
        Of the best unit once that is known, of the first one before.
    """

    experiment: ExperimentRow
    units: UnitSums
    metrics: dict[str, float | None]


@dataclass(frozen=True)
class EventPage:
    """Some events, and whether the last one of all is among them."""

    events: list[Event]
    last_number: int
    ended: bool


class Experiments:
    """What can be asked about experiments.

    Parameters
    ----------
    url : str
        Of the database of experiments.
    store : ArtefactStore
    code_version : str
    max_queued_units : int
    slots : int
        Of a worker, for estimates.
    promoted : callable
        Id of the agent that was promoted, None where none was.
    clock : callable
        Epoch seconds.
    patience_seconds : float
        Longest wait of a question for the database.
    """

    def __init__(
        self,
        url: str,
        store: ArtefactStore,
        *,
        code_version: str,
        max_queued_units: int,
        slots: int,
        promoted: Callable[[], str | None],
        clock: Callable[[], float],
        patience_seconds: float = 2.0,
    ) -> None:
        self._url = url
        self._slots = slots
        self._known_database = Database(url, patience_seconds=patience_seconds)
        self._lock = threading.Lock()
        self._migrated = False
        queue = DurableQueue(self._known_database)
        self._submissions = Submissions(
            self._known_database,
            queue,
            store,
            code_version=code_version,
            max_queued_units=max_queued_units,
            clock=clock,
        )
        self._control = Control(self._known_database, queue, store, promoted=promoted, clock=clock)

    @classmethod
    def of(
        cls, settings: Settings, store: ArtefactStore, promoted: Callable[[], str | None]
    ) -> Self:
        """Those of an installation."""
        return cls(
            settings.full_database_url,
            store,
            code_version=settings.full_code_version,
            max_queued_units=settings.max_queued_units,
            slots=settings.usual_slots,
            promoted=promoted,
            clock=time.time,
        )

    def submit(
        self,
        spec: Specification,
        *,
        name: str | None,
        idempotency_key: str | None,
        origin: TraceContext | None = None,
    ) -> tuple[Overview, bool]:
        """Queue an experiment; whether the answer is an earlier one. See `Submissions.submit`."""
        self._database()
        submitted: Submitted = self._submissions.submit(
            spec, name=name, idempotency_key=idempotency_key, origin=origin
        )
        return self.get(submitted.experiment.id), submitted.reused

    def estimate(self, spec: Specification) -> Estimate:
        """What an experiment would take; refuses what `submit` refuses."""
        database = self._database()
        return estimate(spec, self._submissions.plan(spec), database, slots=self._slots)

    def get(self, experiment_id: str) -> Overview:
        """One experiment.

        Raises
        ------
        ExperimentNotFound, ExperimentsUnavailable
        """
        database = self._database()

        def work() -> Overview:
            with database.reading() as connection:
                row = get_experiment(connection, experiment_id)
                sums = sum_units(connection, [row.id])
                metrics = list_metrics(connection, [(row.id, _shown_unit(row))])
            return Overview(row, sums.get(row.id, NO_UNITS), metrics.get(row.id, {}))

        return database.run(work)

    def page(
        self,
        *,
        states: Sequence[ExperimentState] = (),
        kind: Kind | None = None,
        older_than: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Overview], bool]:
        """Experiments, the newest first, and whether there are older ones."""
        database = self._database()

        def work() -> tuple[list[Overview], bool]:
            with database.reading() as connection:
                before = (
                    None if older_than is None else get_experiment(connection, older_than).number
                )
                rows = list_experiments(
                    connection, states=states, kind=kind, before=before, limit=limit + 1
                )
                shown = rows[:limit]
                sums = sum_units(connection, [row.id for row in shown])
                metrics = list_metrics(connection, [(row.id, _shown_unit(row)) for row in shown])
            found = [
                Overview(row, sums.get(row.id, NO_UNITS), metrics.get(row.id, {})) for row in shown
            ]
            return found, len(rows) > limit

        return database.run(work)

    def units(self, experiment_id: str, *, after: int, limit: int) -> tuple[list[UnitRow], bool]:
        """Units in order, and whether there are more."""
        database = self._database()

        def work() -> tuple[list[UnitRow], bool]:
            with database.reading() as connection:
                get_experiment(connection, experiment_id)
                rows = list_units(connection, experiment_id, after=after, limit=limit + 1)
            return rows[:limit], len(rows) > limit

        return database.run(work)

    def events(self, experiment_id: str, *, after: int, limit: int) -> EventPage:
        """Events behind one of a number."""
        database = self._database()

        def work() -> EventPage:
            with database.reading() as connection:
                # The row first: what it counts is then there to be read.
                row = get_experiment(connection, experiment_id)
                found = list_events(connection, experiment_id, after=after, limit=limit)
            last = found[-1].number if found else after
            return EventPage(found, last, row.state in ENDED and last >= row.last_event)

        return database.run(work)

    def cancel(self, experiment_id: str) -> Overview:
        """Stop an experiment. See `Control.cancel`."""
        self._database()
        self._control.cancel(experiment_id)
        return self.get(experiment_id)

    def remove(self, experiment_id: str) -> Overview | None:
        """Remove an experiment, or cancel one that has not ended. See `Control.remove`."""
        self._database()
        row = self._control.remove(experiment_id)
        return None if row is None else self.get(experiment_id)

    def last_sign_of_life(self) -> float | None:
        """When a worker was seen last, epoch seconds; None where none ever was."""
        database = self._database()

        def work() -> float | None:
            with database.reading() as connection:
                return last_sign_of_life(connection)

        return database.run(work)

    def close(self) -> None:
        """Give up all connections."""
        self._known_database.close()

    def _database(self) -> Database:
        """The database, at the newest schema: whoever is first sees to it."""
        if not self._migrated:
            with self._lock:
                if not self._migrated:
                    self._known_database.run(lambda: migrate(self._known_database))
                    self._known_database.run(lambda: migrate_queue(self._url))
                    self._migrated = True
        return self._known_database


def _shown_unit(row: ExperimentRow) -> int:
    best = None if row.result is None else row.result["best_unit"]
    if best is not None:
        return int(best)
    return 0 if row.specification["budget_seconds"] is None else 1
