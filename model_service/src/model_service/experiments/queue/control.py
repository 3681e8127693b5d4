"""Stopping and removing experiments."""

from __future__ import annotations

from collections.abc import Callable

from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.errors import ExperimentConflict
from model_service.experiments.artefact_names import agents_prefix, remove_artefacts
from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.queue.progression import finish_cancelling
from model_service.experiments.records.experiments import (
    ENDED,
    ExperimentRow,
    change_state,
    get_experiment,
    remove_experiment,
)
from model_service.experiments.records.units import cancel_units, list_units


class Control:
    """Cancels and removes experiments.

    Parameters
    ----------
    database : Database
    queue : DurableQueue
    store : ArtefactStore
    promoted : callable
        Id of the agent that `default` means where it was promoted, else None.
    clock : callable
        Epoch seconds.
    """

    def __init__(
        self,
        database: Database,
        queue: DurableQueue,
        store: ArtefactStore,
        *,
        promoted: Callable[[], str | None],
        clock: Callable[[], float],
    ) -> None:
        self._database = database
        self._queue = queue
        self._store = store
        self._promoted = promoted
        self._clock = clock

    def cancel(self, experiment_id: str) -> ExperimentRow:
        """Stop an experiment; one that has ended stays as it is.

        Nothing of it begins after this returns. What runs is killed by its worker within two
        seconds, and where nothing runs the experiment has ended already.

        Raises
        ------
        ExperimentNotFound, ExperimentsUnavailable
        """

        def work() -> ExperimentRow:
            now = self._clock()
            with self._database.writing() as connection:
                get_experiment(connection, experiment_id)
                if change_state(connection, experiment_id, "cancelling", at=now):
                    cancel_units(connection, experiment_id, "queued", now)
                    finish_cancelling(connection, experiment_id, now=now)
                return get_experiment(connection, experiment_id)

        return self._database.run(work)

    def remove(self, experiment_id: str) -> ExperimentRow | None:
        """Remove an experiment that has ended with all that it left; cancel one that has not.

        Returns
        -------
        ExperimentRow or None
            The experiment that is being cancelled; None where it is removed.

        Raises
        ------
        ExperimentNotFound, ExperimentsUnavailable, ArtefactStoreUnavailable
        ExperimentConflict
            If its agent is the default one.
        """
        row = self._read(experiment_id)
        if row.state not in ENDED:
            return self.cancel(experiment_id)
        promoted = self._promoted()
        if promoted is not None and promoted.startswith(agents_prefix(experiment_id)):
            raise ExperimentConflict(
                f"{promoted}, an agent of this experiment, is the default agent; promote another "
                "one first."
            )
        # Artefacts first: a removal that is cut short can be asked for again.
        remove_artefacts(self._store, experiment_id)

        def work() -> None:
            with self._database.reading() as connection:
                units = [one.unit for one in list_units(connection, experiment_id)]
            self._queue.remove(experiment_id, units)
            with self._database.writing() as connection:
                remove_experiment(connection, experiment_id)

        self._database.run(work)
        return None

    def _read(self, experiment_id: str) -> ExperimentRow:
        def work() -> ExperimentRow:
            with self._database.reading() as connection:
                return get_experiment(connection, experiment_id)

        return self._database.run(work)
