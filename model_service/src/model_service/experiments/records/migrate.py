"""Bring the database of experiments to the newest schema."""

from __future__ import annotations

import logging
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from model_service.experiments.records.database import Database

_FOLDER = Path(__file__).parent / "migrations"
_LOCK_KEY = 0x65787065  # "expe": any number, the same in every process


def migrate(database: Database) -> None:
    """Run all migrations that have not run yet, in one transaction.

    Processes that start together take turns: PostgreSQL by an advisory lock, SQLite by its write
    lock; each holds until the transaction ends.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        config = Config()
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
