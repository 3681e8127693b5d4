"""A SQLite file that several begin with at once."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from model_service.database import make_engine

SECONDS = 20.0
BUSY_SECONDS = 10.0
"""So long a lock is waited for."""
SIDE_BY_SIDE = 4
ROUNDS = 120
"""Without waiting, one round in twelve fails on two cores."""


def test_all_get_a_connection(tmp_path: Path) -> None:
    together = threading.Barrier(SIDE_BY_SIDE, timeout=SECONDS)

    def begin(path: Path) -> str:
        engine = make_engine(f"sqlite:///{path}")
        together.wait()
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE IF NOT EXISTS looks (number INTEGER)"))
            mode = str(connection.execute(sa.text("PRAGMA journal_mode")).scalar())
        engine.dispose()
        return mode

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for number in range(ROUNDS):
            path = tmp_path / f"{number}.sqlite3"
            assert list(pool.map(begin, [path] * SIDE_BY_SIDE)) == ["wal"] * SIDE_BY_SIDE


def test_a_file_that_cannot_be_written_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.sqlite3"
    sqlite3.connect(path).close()
    engine = make_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    started = time.monotonic()
    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        engine.connect()
    assert time.monotonic() - started < BUSY_SECONDS
    assert not (tmp_path / "file:").exists()
    engine.dispose()
