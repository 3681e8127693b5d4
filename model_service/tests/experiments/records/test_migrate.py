"""Experiments of an earlier release are kept, and are what they were."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from model_service.database import Database
from model_service.experiments.records.experiments import get_experiment, list_experiments
from model_service.experiments.records.migrate import EXPERIMENTS, migrate
from model_service.experiments.specification import Specification
from model_service.schema_upgrades import Schema, current_revision, upgrade

OLD_COLUMNS = (
    "id, owner_id, kind, name, state, specification, specification_hash, code_version, stage, "
    "created_at"
)


def earlier_release(folder: Path, newest: str) -> Schema:
    """The schema as a release knew it whose last revision was this one."""
    shutil.copytree(EXPERIMENTS.folder, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in folder.glob("versions/0*.py"):
        if file.name[: len(newest)] > newest:
            file.unlink()
    return Schema(folder, EXPERIMENTS.version_table, EXPERIMENTS.lock_key)


def test_an_experiment_from_before_traces_has_none(
    empty_url: str, tmp_path: Path, make_specification: Callable[..., Specification]
) -> None:
    database = Database(empty_url, patience_seconds=5)
    old = earlier_release(tmp_path / "release", "0001")
    upgrade(database, old)
    assert current_revision(database, EXPERIMENTS) == "0001"
    values: dict[str, Any] = {"specification": "{}"}
    with database.writing() as connection:
        connection.execute(
            sa.text(
                f"INSERT INTO experiments ({OLD_COLUMNS}) VALUES "  # noqa: S608 - names from above
                "('train-old', 'local', 'train', 'Old', 'done', :specification, 'h', '1', 1, 5.0)"
            ),
            values,
        )
    migrate(database)
    assert current_revision(database, EXPERIMENTS) == EXPERIMENTS.newest
    with database.reading() as connection:
        row = get_experiment(connection, "train-old")
        assert len(list_experiments(connection)) == 1
    assert row.origin is None
    assert (row.name, row.state, row.created_at) == ("Old", "done", 5.0)
    # The earlier release leaves a newer schema alone, and goes on.
    upgrade(database, old)
    assert current_revision(database, EXPERIMENTS) == EXPERIMENTS.newest
    database.close()
