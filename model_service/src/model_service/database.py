"""The database: SQLite on one machine, PostgreSQL in a cluster."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from model_service.errors import BellwetherError, ExperimentsUnavailable

T = TypeVar("T")

_BUSY_MILLISECONDS = 10_000
_LOOK_SECONDS = 0.01
_PRIMARY_CODE = 0xFF
"""Bits of an error code of SQLite that name its kind; those above say more of it."""
_CONNECT_SECONDS = 5
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0

_log = structlog.get_logger(__name__)


def normalise_url(url: str) -> str:
    """The URL with the driver that is installed: ``postgresql://`` is psycopg's."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def make_engine(url: str) -> sa.Engine:
    """An engine that waits for locks, and on SQLite lets readers go on while somebody writes."""
    parsed = make_url(normalise_url(url))
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=8,
            pool_timeout=_CONNECT_SECONDS,
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                "application_name": "bellwether_model_service",
            },
        )
    # A file named by a URI of SQLite's own may be many things, and is not made anew.
    if parsed.database and "uri" not in parsed.query:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Writers take their lock at once, so that none of them fails half-way.
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    _keep_a_log(connection)
    for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _keep_a_log(connection: Any) -> None:
    """Have writers and readers not wait for each other.

    Of several processes that begin with a new file at once one does this for all; SQLite tells the
    others at once that it is busy, whatever time it may take.
    """
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & _PRIMARY_CODE == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_SECONDS)


class Database:
    """Transactions on a database.

    Parameters
    ----------
    url : str
        SQLAlchemy's; see `make_engine`.
    patience_seconds : float
        How long `run` tries again while the database is away, locked or its disk full.
    unavailable : type of BellwetherError
        What `run` raises where it stays away.
    """

    def __init__(
        self,
        url: str,
        *,
        patience_seconds: float,
        unavailable: type[BellwetherError] = ExperimentsUnavailable,
    ) -> None:
        self.engine = make_engine(url)
        self._patience_seconds = patience_seconds
        self._unavailable = unavailable

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that may write; committed unless an error leaves it."""
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "sqlite":
                # What is read first in a transaction is then still so when it writes.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read with."""
        with self.engine.connect() as connection:
            yield connection

    def run(self, work: Callable[[], T]) -> T:
        """`work`, which opens its own transactions, again and again while the database is away.

        Raises
        ------
        ExperimentsUnavailable, or what was given in its place
            If it stays away for longer than the patience.
        """
        deadline = time.monotonic() + self._patience_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return work()
            except DBAPIError as error:
                if not _passes(error):
                    raise
                if time.monotonic() + pause > deadline:
                    raise self._unavailable(
                        f"The database does not answer: {_first_line(error)}."
                    ) from error
                _log.warning("database is away", reason=_first_line(error), again_in=pause)
            except sa.exc.TimeoutError as error:
                if time.monotonic() + pause > deadline:
                    raise self._unavailable(
                        "All connections to the database are in use."
                    ) from error
            time.sleep(pause)
            pause = min(2.0 * pause, _LONGEST_PAUSE_SECONDS)

    def close(self) -> None:
        """Give up all connections."""
        self.engine.dispose()


def _passes(error: DBAPIError) -> bool:
    """Whether an error may be over later: a lost connection, a lock, a full disk, a deadlock."""
    return error.connection_invalidated or isinstance(error, sa.exc.OperationalError)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason"
