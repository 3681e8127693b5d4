"""Migrations of a database: run once, and never back."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from model_service.database import Database
from model_service.evaluation.look_records.schema import LOOKS
from model_service.experiments.records.migrate import EXPERIMENTS
from model_service.schema_upgrades import Schema, current_revision, upgrade


@pytest.mark.parametrize("schema", [EXPERIMENTS, LOOKS])
def test_a_database_that_a_newer_release_migrated_is_left_as_it_is(
    empty_url: str, schema: Schema
) -> None:
    database = Database(empty_url, patience_seconds=1)
    assert current_revision(database, schema) is None
    upgrade(database, schema)
    assert current_revision(database, schema) == schema.newest
    with database.writing() as connection:
        connection.execute(sa.text(f"UPDATE {schema.version_table} SET version_num = '9999'"))  # noqa: S608
    upgrade(database, schema)
    assert current_revision(database, schema) == "9999"
    database.close()


def test_schemas_do_not_wait_for_each_other() -> None:
    assert EXPERIMENTS.lock_key != LOOKS.lock_key
    assert EXPERIMENTS.version_table != LOOKS.version_table


def test_the_newest_revision_is_that_of_the_last_file(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    for name in ("0001_a.py", "0010_c.py", "0002_b.py", "notes.txt"):
        (tmp_path / "versions" / name).touch()
    assert Schema(tmp_path, "t", 1).newest == "0010"
