"""The count of looks: by many processes at once, on both databases, and moved from a file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from model_service.database import Database
from model_service.dqn.agent import Agent
from model_service.errors import LooksUnavailable
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.evaluation.look_records.schema import LOOKS
from model_service.evaluation.look_records.tables import metadata
from model_service.evaluation.sealed import LookCounter, Window, count_look, open_looks
from model_service.market.candles import Candles
from model_service.schema_upgrades import current_revision

PROCESSES = 4
LOOKS_EACH = 25
NAMED = 10

PROCESS = f"""
import sys
from pathlib import Path
from model_service.evaluation.sealed import Window, open_looks

url, earlier = sys.argv[1], sys.argv[2]
counter = open_looks(url, Path(earlier), patience_seconds=30)
sys.stdin.readline()
for place in range({LOOKS_EACH}):
    counter.record("line", Window("A", "0" * 64, 100, 200, "agent"))
    counter.record("line", Window(f"B{{place}}", "0" * 64, 100, 200, "agent"))
for place in range({NAMED}):
    counter.record_once(f"train-{{place}}", "line", Window("C", "0" * 64, 100, 200, "agent"))
counter.close()
"""

EARLIER = """
CREATE TABLE keys (key TEXT NOT NULL PRIMARY KEY) STRICT;
CREATE TABLE looks (
    lineage TEXT NOT NULL, symbol TEXT NOT NULL, data_hash TEXT NOT NULL,
    window_start INTEGER NOT NULL, window_end INTEGER NOT NULL, agent_hash TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (lineage, symbol, data_hash, window_start, window_end, agent_hash)
) STRICT;
INSERT INTO keys VALUES ('train-0');
INSERT INTO looks VALUES ('line', 'A', 'hash', 100, 200, 'agent', 7);
INSERT INTO looks VALUES ('line', 'A', 'hash', 300, 400, 'agent', 2);
"""
"""As the release before made it."""


@pytest.fixture
def counter(empty_url: str) -> Iterator[LookCounter]:
    """On SQLite, then on PostgreSQL."""
    made = open_looks(empty_url)
    yield made
    made.close()


def window(start: int, end: int, symbol: str = "A") -> Window:
    return Window(symbol, "0" * 64, start, end, "agent")


def write_earlier_file(path: Path) -> Path:
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.executescript(EARLIER)
    file.close()
    return path


def test_every_look_counts_and_overlapping_windows_count_together(counter: LookCounter) -> None:
    assert counter.count("line", 0, 1).total == 0
    assert counter.record("line", window(100, 200)).total == 1
    assert counter.record("line", window(100, 200)).this_window == 2
    other_symbol = counter.record("line", window(200, 300, "B"))
    assert (other_symbol.total, other_symbol.this_window) == (3, 3)
    later = counter.record("line", window(301, 400))
    assert (later.total, later.this_window) == (4, 1)
    assert counter.record("other line", window(100, 200)).total == 1


def test_a_look_with_a_name_counts_once(counter: LookCounter) -> None:
    assert counter.record_once("train-1", "line", window(100, 200)).total == 1
    assert counter.record_once("train-1", "line", window(100, 200)).total == 1
    assert counter.record_once("train-2", "line", window(100, 200)).total == 2


def test_times_beyond_2038_are_counted(counter: LookCounter) -> None:
    far = 2**40
    assert counter.record("line", window(far, far + 1)).this_window == 1


def test_the_count_survives_the_counter_and_threads(empty_url: str) -> None:
    first = open_looks(empty_url)
    threads = [
        threading.Thread(target=lambda: [first.record("line", window(0, 1)) for _ in range(20)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    first.close()
    second = open_looks(empty_url)
    assert second.count("line", 0, 1).total == 80
    second.close()


def test_processes_that_count_at_once_lose_nothing(empty_url: str, tmp_path: Path) -> None:
    """From an empty database and with a file of before: all migrate, move and count at once."""
    earlier = write_earlier_file(tmp_path / "looks.sqlite3")
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, empty_url, str(earlier)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in running:
        told, _ = process.communicate(timeout=60)
        assert process.returncode == 0, told
    counter = open_looks(empty_url)
    # `train-0` was counted in the file already.
    expected = PROCESSES * LOOKS_EACH * 2 + (NAMED - 1) + 9
    assert counter.count("line", 0, 1_000).total == expected
    counter.close()


@pytest.fixture
def no_server(tmp_path: Path) -> str:
    """Address of a PostgreSQL that is not there."""
    return f"postgresql://u@/x?host={tmp_path}"


def test_without_its_database_nothing_is_counted_and_the_reason_said(no_server: str) -> None:
    counter = open_looks(no_server, patience_seconds=0.2)
    with pytest.raises(LooksUnavailable, match="database does not answer") as refusal:
        counter.record("line", window(0, 1))
    assert refusal.value.status == 503
    counter.close()


def test_a_file_of_the_release_before_goes_on_being_counted_in(tmp_path: Path) -> None:
    path = write_earlier_file(tmp_path / "looks.sqlite3")
    counter = open_looks(f"sqlite:///{path}")
    assert counter.count("line", 150, 160).this_window == 7
    assert counter.record_once("train-0", "line", window(100, 200)).total == 9
    assert counter.record_once("train-1", "line", window(100, 200)).total == 10
    counter.close()


def test_a_file_is_moved_to_the_database_once(empty_url: str, tmp_path: Path) -> None:
    path = write_earlier_file(tmp_path / "looks.sqlite3")
    counter = open_looks(empty_url, path)
    assert counter.count("line", 0, 1_000).total == 9
    assert counter.record_once("train-0", "line", window(100, 200)).total == 9
    counter.close()
    (aside,) = tmp_path.glob("looks.sqlite3.moved-*")
    assert not path.exists()

    # As if it had been killed before the file was put aside.
    aside.rename(path)
    again = open_looks(empty_url, path)
    assert again.count("line", 0, 1_000).total == 9
    again.close()
    assert not path.exists()

    # Another machine's, or one that the release before made anew.
    write_earlier_file(path)
    other = open_looks(empty_url, path)
    assert other.count("line", 0, 1_000).total == 18
    other.close()


def test_a_file_that_is_none_is_left_and_told_of(empty_url: str, tmp_path: Path) -> None:
    path = tmp_path / "looks.sqlite3"
    path.write_bytes(b"nonsense" * 1_000)
    counter = open_looks(empty_url, path)
    assert counter.count("line", 0, 1_000).total == 0
    counter.close()
    assert path.exists()


def test_migrations_make_the_tables_that_are_used(empty_url: str, counter: LookCounter) -> None:
    counter.prepare()
    database = Database(empty_url, patience_seconds=1)
    assert current_revision(database, LOOKS) == LOOKS.newest
    inspector = sa.inspect(database.engine)
    for name, table in metadata.tables.items():
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
        assert found == {column.name: bool(column.nullable) for column in table.columns}
        keys = inspector.get_pk_constraint(name)["constrained_columns"]
        assert keys == [column.name for column in table.primary_key.columns]
    database.close()


def test_only_candles_that_the_agent_never_saw_are_a_look(
    tmp_path: Path, tiny_agent: Agent, random_candles: Callable[..., Candles]
) -> None:
    counter = open_looks(f"sqlite:///{tmp_path}/looks.sqlite3")
    candles = random_candles(500)
    known = run_backtest(tiny_agent, candles, Terms(end=tiny_agent.last_seen_time))
    assert known.test_segment is None
    assert count_look(counter, tiny_agent, known).total == 0
    unseen = run_backtest(tiny_agent, candles, Terms())
    assert unseen.test_segment is not None
    assert unseen.test_segment.start > tiny_agent.last_seen_time
    assert count_look(counter, tiny_agent, unseen).total == 1
    counter.close()
