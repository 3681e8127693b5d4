"""The book of spending in the database, for all replicas of a cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from model_service.database import Database
from model_service.schema_upgrades import Schema, upgrade
from model_service.sentiment.openai_engine.books import refuse_without

SPENDING = Schema(Path(__file__).parent / "spending_migrations", "spending_version", 0x7370656E)

metadata = sa.MetaData()

days = sa.Table(
    "openai_spending",
    metadata,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("spent_usd", sa.Double, nullable=False),
)


class DatabaseBook:
    """A book in a table; implements `SpendingBook`.

    Parameters
    ----------
    url : str
        SQLAlchemy's. The database is brought to the newest schema when the book is opened first.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, patience_seconds=0.0)
        self._lock = threading.Lock()
        self._migrated = False

    def read(self, day: str) -> float:
        try:
            self._prepare()
            with self._database.reading() as connection:
                spent = connection.execute(_select(day)).scalar()
        except (SQLAlchemyError, OSError):
            raise refuse_without("the database") from None
        return 0.0 if spent is None else float(spent)

    def change(self, day: str, change: Callable[[float], float]) -> None:
        try:
            self._prepare()
            with self._database.writing() as connection:
                insert = postgresql if connection.dialect.name == "postgresql" else sqlite
                first = insert.insert(days).values(day=day, spent_usd=0.0)
                connection.execute(first.on_conflict_do_nothing())
                # The row is ours until the transaction ends; SQLite has locked the whole file.
                spent = connection.execute(_select(day).with_for_update()).scalar_one()
                connection.execute(
                    sa.update(days).where(days.c.day == day).values(spent_usd=change(float(spent)))
                )
        except (SQLAlchemyError, OSError):
            raise refuse_without("the database") from None

    def close(self) -> None:
        """Give up all connections."""
        self._database.close()

    def _prepare(self) -> None:
        if not self._migrated:
            with self._lock:
                if not self._migrated:
                    upgrade(self._database, SPENDING)
                    self._migrated = True


def _select(day: str) -> sa.Select[float]:
    return sa.select(days.c.spent_usd).where(days.c.day == day)
