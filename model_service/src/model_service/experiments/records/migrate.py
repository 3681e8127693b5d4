"""Bring the database of experiments to the newest schema."""

from __future__ import annotations

from pathlib import Path

from model_service.database import Database
from model_service.schema_upgrades import Schema, upgrade

EXPERIMENTS = Schema(Path(__file__).parent / "migrations", "experiments_version", 0x65787065)


def migrate(database: Database) -> None:
    """Run all migrations that have not run yet; see `upgrade`."""
    upgrade(database, EXPERIMENTS)
