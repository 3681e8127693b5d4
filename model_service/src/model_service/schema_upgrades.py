"""Bring a database to the newest schema, by the migrations of a folder."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from model_service.database import Database

# Alembic knows of one migration at a time in a process, whatever the database.
_alone = threading.Lock()


@dataclass(frozen=True)
class Schema:
    """Tables that have a history of their own.

    Attributes
    ----------
    folder : Path
        Alembic's; revisions are called ``0001``, ``0002``, …
    version_table : str
        Where the database says which revision it has.
    lock_key : int
        Any number, the same in every process and of no other schema.
    """

    folder: Path
    version_table: str
    lock_key: int

    @property
    def newest(self) -> str:
        """The revision that this release knows as the newest."""
        return max(path.stem.partition("_")[0] for path in self.folder.glob("versions/0*.py"))


def upgrade(database: Database, schema: Schema) -> None:
    """Run all migrations that have not run yet, in one transaction.

    Processes that start together take turns: PostgreSQL by an advisory lock, SQLite by its write
    lock; each holds until the transaction ends. A database that a newer release has migrated is
    left as it is: migrations only add, so that the release before can be gone back to.
    """
    if _is_new_enough(database, schema):
        return
    # It tells of its plugins when it is imported.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Imported here: most processes find the database as they need it.
    from alembic import command
    from alembic.config import Config

    with _alone, database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": schema.lock_key}
            )
        config = Config()
        config.set_main_option("script_location", str(schema.folder).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_revision(database: Database, schema: Schema) -> str | None:
    """The revision that a database has; None before the first migration."""
    with database.reading() as connection:
        if not sa.inspect(connection).has_table(schema.version_table):
            return None
        table = sa.table(schema.version_table, sa.column("version_num", sa.Text))
        return connection.execute(sa.select(table.c.version_num)).scalar()


def _is_new_enough(database: Database, schema: Schema) -> bool:
    current = current_revision(database, schema)
    return current is not None and current >= schema.newest
