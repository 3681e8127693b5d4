"""Databases of experiments of both kinds, and experiments in them."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.database import Database
from model_service.experiments.queue.durable_queue import DurableQueue, migrate_queue
from model_service.experiments.records.experiments import change_state, insert_experiment
from model_service.experiments.records.migrate import migrate
from model_service.experiments.records.units import insert_units
from model_service.experiments.specification import Specification, SpecifiedSeries, specify
from model_service.experiments.unit_list import ASSESS, CALIBRATE, WORK, PlannedUnit
from model_service.market.candles import Candles

PATIENCE_SECONDS = 5.0
NO_CANDLES = "0" * 64

TINY = {
    "features": {"return_horizons": [1, 2], "range_windows": [5], "volatility_candles": 10},
    "network": {"hidden": [8, 4]},
    "learning": {"batch_candles": 16},
}
"""A configuration whose steps take no time."""

_STAGES = {"calibrate": CALIBRATE, "assess": ASSESS}
_ids = itertools.count()

AddExperiment = Callable[..., str]


@pytest.fixture(scope="session")
def _postgres_database(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url, patience_seconds=PATIENCE_SECONDS)
    migrate(database)
    migrate_queue(postgres_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def _sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of experiments, migrated once for all tests."""
    path = tmp_path_factory.mktemp("sqlite") / "experiments.sqlite3"
    database = Database(f"sqlite:///{path}", patience_seconds=PATIENCE_SECONDS)
    migrate(database)
    migrate_queue(f"sqlite:///{path}")
    database.close()
    return path


@pytest.fixture
def sqlite_database(_sqlite_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty database of this test alone, on SQLite."""
    path = tmp_path / "experiments.sqlite3"
    shutil.copyfile(_sqlite_file, path)
    database = Database(f"sqlite:///{path}", patience_seconds=PATIENCE_SECONDS)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of this test alone, on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_database")
        return
    database: Database = request.getfixturevalue("_postgres_database")
    yield database
    _empty(database)


def _empty(database: Database) -> None:
    inspector = sa.inspect(database.engine)
    own = ("experiments", "units", "events", "workers")
    theirs = [f"dbos.{name}" for name in inspector.get_table_names(schema="dbos")]
    kept = ("dbos.dbos_migrations", "dbos.application_versions")
    with database.engine.begin() as connection:
        names = ", ".join(name for name in (*own, *theirs) if name not in kept)
        connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")


@pytest.fixture(scope="session")
def tiny_config() -> dict[str, Any]:
    """A configuration whose steps take no time."""
    return TINY


@pytest.fixture(scope="session")
def make_specification() -> Callable[..., Specification]:
    """``make_specification("train", seeds=(0, 1))``: of candles that are nowhere."""

    def make(kind: str = "train", **given: Any) -> Specification:
        values: dict[str, Any] = {
            "series": (SpecifiedSeries("TEST", NO_CANDLES, "raw"),),
            "config": TINY,
            "steps": None if kind == "evaluate" or "budget_seconds" in given else 40,
            "budget_seconds": None,
            "grid": {"learning.discount": [0.5, 0.9]} if kind == "sweep" else None,
            "agent": "default" if kind == "evaluate" else None,
            **given,
        }
        return specify(kind=kind, **values)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def _datasets(
    tmp_path_factory: pytest.TempPathFactory, random_candles: Callable[..., Candles]
) -> tuple[Path, tuple[SpecifiedSeries, ...]]:
    folder = tmp_path_factory.mktemp("datasets") / "artefacts"
    datasets = DatasetStore(ArtefactStore(str(folder)))
    series = [random_candles(500, seed, symbol) for seed, symbol in enumerate(("TEST", "OTHER"))]
    named = tuple(
        SpecifiedSeries(one.symbol, datasets.put_candles(one).data_hash, one.price_basis)
        for one in series
    )
    return folder, named


@pytest.fixture
def stocked(
    _datasets: tuple[Path, tuple[SpecifiedSeries, ...]], tmp_path: Path
) -> tuple[ArtefactStore, tuple[SpecifiedSeries, ...]]:
    """An artefact store of this test alone with two series of 500 candles, and their names."""
    folder, series = _datasets
    shutil.copytree(folder, tmp_path / "artefacts")
    return ArtefactStore(str(tmp_path / "artefacts")), series


@pytest.fixture(scope="session")
def add_experiment(make_specification: Callable[..., Specification]) -> AddExperiment:
    """``add_experiment(database, tasks=("train", "assess"), state="running")``: its id.

    Its units are in the database and not in the queue.
    """

    def add(
        database: Database,
        *,
        kind: str = "train",
        tasks: Sequence[str] = ("train", "assess"),
        state: str = "running",
        at: float = 100.0,
        **values: Any,
    ) -> str:
        experiment_id = f"{kind}-{next(_ids)}"
        budget = {"budget_seconds": 60.0} if "calibrate" in tasks else {}
        spec = make_specification(kind, **budget)
        stages = [_STAGES.get(task, WORK) for task in tasks]
        planned = [
            PlannedUnit(place, stage, task, seed=0, total=40)  # type: ignore[arg-type]
            for place, (task, stage) in enumerate(zip(tasks, stages, strict=True))
        ]
        defaults = {
            "owner_id": "local",
            "name": "An experiment",
            "specification": spec.to_dict(),
            "specification_hash": spec.hash_with("1"),
            "code_version": "1",
            "idempotency_key": None,
            "steps": spec.steps,
            "stage": min(stages, default=WORK),
            "created_at": at,
        }
        with database.writing() as connection:
            insert_experiment(connection, id=experiment_id, kind=kind, **defaults | values)
            if planned:
                insert_units(connection, [unit.to_row(experiment_id) for unit in planned])
            if state != "queued":
                change_state(connection, experiment_id, "running", at=at)
            if state == "cancelling":
                change_state(connection, experiment_id, "cancelling", at=at)
        return experiment_id

    return add


@pytest.fixture
def queued_units() -> Callable[[DurableQueue], set[str]]:
    """``queued_units(queue)``: ids of the workflows that wait in the queue."""

    def read(queue: DurableQueue) -> set[str]:
        return {one.workflow_id for one in queue._client.list_workflows(status="ENQUEUED")}

    return read
