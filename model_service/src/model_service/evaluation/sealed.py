"""The count of looks at candles that an agent never saw.

A test window is honest as long as it is not chosen on. Nobody can prevent a second look, but each
can be counted: per lineage (the agents that came from one line of work) and per window of dates.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from model_service.database import Database
from model_service.errors import LooksUnavailable
from model_service.evaluation.look_records.counting import add_key, add_looks, sum_looks
from model_service.evaluation.look_records.schema import migrate_looks

if TYPE_CHECKING:
    # Whoever only counts does not need TensorFlow.
    from model_service.dqn.agent import Agent
    from model_service.evaluation.backtest import Backtest
    from model_service.evaluation.splits import Segment
    from model_service.market.candles import Candles


@dataclass(frozen=True)
class Looks:
    """How often a lineage was scored on unseen candles.

    Attributes
    ----------
    lineage : str
    total : int
        Looks at any window.
    this_window : int
        Looks at windows that overlap this one in time, of any symbol: symbols of one period are
        not independent.
    """

    lineage: str
    total: int
    this_window: int


@dataclass(frozen=True)
class Window:
    """Unseen candles that were scored: of which symbol, from which data, by which agent."""

    symbol: str
    data_hash: str
    start: int
    end: int
    agent_hash: str


class LookCounter:
    """Looks in the database, shared by all processes that have it.

    Parameters
    ----------
    database : Database
        Brought to the newest schema when it is used first.
    earlier_file : Path, optional
        Where looks were counted before; what it holds is moved to the database.
    """

    def __init__(self, database: Database, earlier_file: Path | None = None) -> None:
        self._known_database = database
        self._earlier_file = earlier_file
        self._lock = threading.Lock()
        self._migrated = False

    def record(self, lineage: str, window: Window) -> Looks:
        """Count one look and tell how many there are now.

        Raises
        ------
        LooksUnavailable
            If the database cannot be reached; the look is not counted then.
        """

        def work(connection: sa.Connection) -> None:
            add_looks(connection, _as_row(lineage, window))

        return self._change(work, lineage, window)

    def record_once(self, key: str, lineage: str, window: Window) -> Looks:
        """Count a look that has a name, however often it is asked for, and tell how many there are.

        Whoever is killed behind this may ask again.
        """

        def work(connection: sa.Connection) -> None:
            if add_key(connection, key):
                add_looks(connection, _as_row(lineage, window))

        return self._change(work, lineage, window)

    def count(self, lineage: str, start: int, end: int) -> Looks:
        """Looks of a lineage, in all and at windows that overlap [start, end]."""
        database = self._database()

        def read() -> Looks:
            with database.reading() as connection:
                return Looks(lineage, *sum_looks(connection, lineage, start, end))

        return database.run(read)

    def prepare(self) -> None:
        """Bring the database to the newest schema, where nobody has yet."""
        self._database()

    def close(self) -> None:
        """Give up all connections."""
        self._known_database.close()

    def _change(self, work: Callable[[sa.Connection], None], lineage: str, window: Window) -> Looks:
        database = self._database()

        def change() -> Looks:
            with database.writing() as connection:
                work(connection)
                sums = sum_looks(connection, lineage, window.start, window.end)
            return Looks(lineage, *sums)

        return database.run(change)

    def _database(self) -> Database:
        if not self._migrated:
            with self._lock:
                if not self._migrated:
                    database = self._known_database
                    database.run(lambda: migrate_looks(database, self._earlier_file))
                    self._migrated = True
        return self._known_database


def open_looks(
    url: str, earlier_file: Path | None = None, *, patience_seconds: float = 2.0
) -> LookCounter:
    """The count of looks in the database of a URL; see `LookCounter` and `Database`."""
    database = Database(url, patience_seconds=patience_seconds, unavailable=LooksUnavailable)
    return LookCounter(database, earlier_file)


def _as_row(lineage: str, window: Window) -> dict[str, str | int]:
    return {
        "lineage": lineage,
        "symbol": window.symbol,
        "data_hash": window.data_hash,
        "window_start": window.start,
        "window_end": window.end,
        "agent_hash": window.agent_hash,
    }


def count_look(counter: LookCounter, agent: Agent, backtest: Backtest) -> Looks:
    """Count a backtest as a look where it scored candles that its agent never saw."""
    return count_unseen(counter, agent, backtest.candles, backtest.test_segment)


def count_unseen(
    counter: LookCounter, agent: Agent, candles: Candles, unseen: Segment | None
) -> Looks:
    """Count a look at the unseen part of candles; where there is none, tell how many there were."""
    lineage = str(agent.stored.manifest["lineage"])
    if unseen is None:
        return counter.count(lineage, int(candles.time[0]), int(candles.time[-1]))
    return counter.record(
        lineage,
        Window(
            candles.symbol, candles.data_hash, unseen.start, unseen.end, agent.stored.agent_hash
        ),
    )
