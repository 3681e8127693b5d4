"""The durable queue: DBOS on the database of experiments.

DBOS keeps what is to be done and by whom; what it came to is in our own tables. A unit is one
workflow of one name, a start another; their ids are made of the experiment's, so that enqueuing
twice is enqueuing once. The application's version is fixed: work of an older release is taken up
by a newer one.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer

from model_service.database import Database, normalise_url

APPLICATION = "bellwether"
VERSION = "1"
UNITS_QUEUE = "units"
STARTS_QUEUE = "starts"
RUN_UNIT = "run_unit"
START_EXPERIMENT = "start_experiment"

STAGES = 3
"""Of an experiment; see `unit_list`."""

MAX_RECOVERIES = 1_000
"""Of one workflow. Units whose own process dies are counted by us, and far fewer are allowed."""

_CANCELLED_AT_ONCE = 500


def migrate_queue(url: str) -> None:
    """Make DBOS's own tables where they are missing or old."""
    quieten_dbos()
    DBOS.migrate(normalise_url(url))


def quieten_dbos() -> None:
    """DBOS tells of every start and queue on the root logger; warnings are enough."""
    logging.getLogger("dbos").setLevel(logging.WARNING)


class DurableQueue:
    """Puts work into the queue and takes it out again.

    Parameters
    ----------
    database : Database
        Work is enqueued in transactions on it.
    """

    def __init__(self, database: Database) -> None:
        self._client = DBOSClient(
            system_database_engine=database.engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue_start(self, connection: sa.Connection, experiment_id: str, stage: int) -> None:
        """Have a stage of an experiment started by whichever worker comes first."""
        self._client.enqueue_in_transaction(
            connection,
            {
                "workflow_name": START_EXPERIMENT,
                "queue_name": STARTS_QUEUE,
                "workflow_id": _start_workflow(experiment_id, stage),
                "app_version": VERSION,
            },
            experiment_id,
            stage,
        )

    def enqueue_units(
        self, connection: sa.Connection, experiment_id: str, units: Sequence[int]
    ) -> None:
        """Have units worked on. The first units of all experiments come before the second ones,
        so that a sweep of thousands does not keep a single training waiting."""
        for unit in units:
            self._client.enqueue_in_transaction(
                connection,
                {
                    "workflow_name": RUN_UNIT,
                    "queue_name": UNITS_QUEUE,
                    "workflow_id": unit_workflow(experiment_id, unit),
                    "app_version": VERSION,
                    "priority": unit + 1,
                },
                experiment_id,
                unit,
            )

    def forget_units(self, experiment_id: str, units: Sequence[int]) -> None:
        """Take units out of the queue; those that are worked on are not touched by it."""
        for first in range(0, len(units), _CANCELLED_AT_ONCE):
            some = units[first : first + _CANCELLED_AT_ONCE]
            self._client.cancel_workflows([unit_workflow(experiment_id, unit) for unit in some])

    def remove(self, experiment_id: str, units: Sequence[int]) -> None:
        """Delete what the queue remembers of an experiment."""
        ids = [
            *(_start_workflow(experiment_id, stage) for stage in range(STAGES)),
            *(unit_workflow(experiment_id, unit) for unit in units),
        ]
        for first in range(0, len(ids), _CANCELLED_AT_ONCE):
            self._client.delete_workflows(ids[first : first + _CANCELLED_AT_ONCE])

    def close(self) -> None:
        """Stop the client's threads; the engine is the database's."""
        self._client.destroy()


def unit_workflow(experiment_id: str, unit: int) -> str:
    """The id of a unit's workflow."""
    return f"{experiment_id}/{unit}"


def _start_workflow(experiment_id: str, stage: int) -> str:
    return f"{experiment_id}/start-{stage}"


def worker_config(database: Database, worker_id: str) -> DBOSConfig:
    """DBOS's configuration in a worker. Its executor id is the worker's, which stays the same when
    it is started again: so it takes its own work up at once."""
    return {
        "name": APPLICATION,
        "system_database_engine": database.engine,
        "application_version": VERSION,
        "executor_id": worker_id,
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": False,
        "enable_otlp": False,
        "log_level": "WARNING",
    }
