"""The count of looks at candles that an agent never saw.

A test window is honest as long as it is not chosen on. Nobody can prevent a second look, but each
can be counted: per lineage (the agents that came from one line of work) and per window of dates.
"""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Whoever only counts does not need TensorFlow.
    from model_service.dqn.agent import Agent
    from model_service.evaluation.backtest import Backtest
    from model_service.evaluation.splits import Segment
    from model_service.market.candles import Candles

_TIMEOUT_SECONDS = 5.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (key TEXT NOT NULL PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS looks (
    lineage TEXT NOT NULL, symbol TEXT NOT NULL, data_hash TEXT NOT NULL,
    window_start INTEGER NOT NULL, window_end INTEGER NOT NULL, agent_hash TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (lineage, symbol, data_hash, window_start, window_end, agent_hash)
) STRICT;
"""


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
    """Looks in an SQLite file, shared by the processes of a machine.

    Parameters
    ----------
    path : Path
        Made with its folder where it is missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, timeout=_TIMEOUT_SECONDS, check_same_thread=False, isolation_level=None
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    def record(self, lineage: str, window: Window) -> Looks:
        """Count one look and tell how many there are now."""
        with self._lock:
            self._insert(lineage, window)
        return self.count(lineage, window.start, window.end)

    def record_once(self, key: str, lineage: str, window: Window) -> Looks:
        """Count a look that has a name, however often it is asked for, and tell how many there are.

        Whoever is killed behind this may ask again.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                new = self._connection.execute(
                    "INSERT INTO keys VALUES (?) ON CONFLICT DO NOTHING", (key,)
                ).rowcount
                if new:
                    self._insert(lineage, window)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        return self.count(lineage, window.start, window.end)

    def _insert(self, lineage: str, window: Window) -> None:
        self._connection.execute(
            "INSERT INTO looks VALUES (?, ?, ?, ?, ?, ?, 1)"
            " ON CONFLICT DO UPDATE SET count = count + 1",
            (
                lineage,
                window.symbol,
                window.data_hash,
                window.start,
                window.end,
                window.agent_hash,
            ),
        )

    def count(self, lineage: str, start: int, end: int) -> Looks:
        """Looks of a lineage, in all and at windows that overlap [start, end]."""
        with self._lock:
            total, overlapping = self._connection.execute(
                "SELECT COALESCE(SUM(count), 0),"
                " COALESCE(SUM(count) FILTER (WHERE window_start <= ? AND window_end >= ?), 0)"
                " FROM looks WHERE lineage = ?",
                (end, start, lineage),
            ).fetchone()
        return Looks(lineage, total, overlapping)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


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
