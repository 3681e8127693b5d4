"""Bring the database of looks to the newest schema."""

from __future__ import annotations

from pathlib import Path

from model_service.database import Database
from model_service.evaluation.look_records.earlier_file import move_looks
from model_service.schema_upgrades import Schema, upgrade

LOOKS = Schema(Path(__file__).parent / "migrations", "looks_version", 0x6C6F6F6B)


def migrate_looks(database: Database, earlier_file: Path | None) -> None:
    """Run all migrations that have not run yet, and move what an earlier file counted."""
    upgrade(database, LOOKS)
    if earlier_file is not None:
        move_looks(earlier_file, database)
