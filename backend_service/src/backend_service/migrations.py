"""Bring the database to the newest schema when the gateway starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from backend_service.db import Database

_LOCK_KEY = 0x62656C6C  # "bell": any number, the same in every process


async def migrate(database: Database, folder: Path) -> None:
    """Run all migrations in `folder` that have not run yet, in one transaction.

    Processes that start together take turns: PostgreSQL by an advisory lock, SQLite by its write
    lock; each holds until the transaction ends.
    """
    async with database.engine.connect() as connection:
        if database.url.get_backend_name() == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        await connection.run_sync(_upgrade, folder)
        await connection.commit()


def _upgrade(connection: Connection, folder: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
