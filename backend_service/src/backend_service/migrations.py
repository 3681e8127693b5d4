"""Bring the database to the newest schema when the gateway starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from backend_service.db import Database

_LOCK_KEY = 0x62656C6C  # "bell": any number, the same in every process


async def migrate(database: Database, folder: Path) -> str:
    """Run all migrations in `folder` that have not run yet, in one transaction.

    Processes that start together take turns: PostgreSQL by an advisory lock, SQLite by its write
    lock; each holds until the transaction ends. A database that a newer release has migrated is
    left as it is: migrations only add, so that the release before can be gone back to.

    Returns
    -------
    str
        The revision that the database has now.
    """
    async with database.engine.connect() as connection:
        if database.url.get_backend_name() == "sqlite":
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        revision = await connection.run_sync(_upgrade, folder)
        await connection.commit()
    return revision


def _upgrade(connection: Connection, folder: Path) -> str:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    newest = str(ScriptDirectory.from_config(config).get_current_head())
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current >= newest:
        return current
    command.upgrade(config, "head")
    return newest
