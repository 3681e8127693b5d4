"""The gateway's database: SQLite on one machine, PostgreSQL in a cluster; one code path."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, MetaData, TypeDecorator, event, text
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

_ASYNC_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+psycopg": "postgresql+asyncpg",
}
_BUSY_SECONDS = 5
_LOOK_SECONDS = 0.01
_PRIMARY_CODE = 0xFF
"""Bits of an error code of SQLite that name its kind; those above say more of it."""


class Base(DeclarativeBase):
    """All tables; constraint names are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time; SQLite, which keeps no zone, stores UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC).replace(tzinfo=UTC if dialect.name != "sqlite" else None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def read_url(url: str) -> URL:
    """`url` with the asynchronous driver of its database, and that driver's word for TLS."""
    parsed = make_url(url)
    parsed = parsed.set(drivername=_ASYNC_DRIVERS.get(parsed.drivername, parsed.drivername))
    if parsed.get_driver_name() == "asyncpg" and "sslmode" in parsed.query:
        mode = parsed.query["sslmode"]
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return parsed


class Database:
    """An engine and its transactions; connects at first use.

    Parameters
    ----------
    url : str
        SQLAlchemy URL, e.g. ``sqlite:///var/backend.db`` or ``postgresql://user@host/name``.
    """

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        self.engine: AsyncEngine = self._create_engine()
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    def _create_engine(self) -> AsyncEngine:
        if self.url.get_backend_name() == "sqlite":
            file = self.url.database
            # A file named by a URI of SQLite's own may be many things, and is not made anew.
            if file and file != ":memory:" and "uri" not in self.url.query:
                Path(file).parent.mkdir(parents=True, exist_ok=True)
            engine = create_async_engine(self.url, connect_args={"timeout": _BUSY_SECONDS})
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            return engine
        return create_async_engine(
            self.url,
            pool_pre_ping=True,
            pool_timeout=_BUSY_SECONDS,
            connect_args={"timeout": _BUSY_SECONDS, "command_timeout": 60},
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end, or undone by an error.

        Opened at the edge of a request (or of work that many requests share); services and
        repositories never commit.
        """
        async with self._sessions() as session, session.begin():
            yield session

    async def ping(self) -> None:
        """Raise whatever the driver raises where the database does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    _keep_a_log(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _keep_a_log(cursor: Any) -> None:
    """Have readers go on while an upload is written.

    Of several processes that begin with a new file at once, such as a migration beside a gateway,
    one does this for all; SQLite tells the others at once that it is busy, whatever time it may
    take.
    """
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_SECONDS)
