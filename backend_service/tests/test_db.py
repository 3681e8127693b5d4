"""Database addresses as people write them."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backend_service.db import Database, read_url

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20.0
BUSY_SECONDS = 5.0
"""So long a lock is waited for."""
SIDE_BY_SIDE = 4
ROUNDS = 120
"""Without waiting, one round in some twenty fails on two cores."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sqlite:///var/a.db", "sqlite+aiosqlite:///var/a.db"),
        ("sqlite+aiosqlite://", "sqlite+aiosqlite://"),
        ("postgres://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h:5/d", "postgresql+asyncpg://u@h:5/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+asyncpg://u@h/d"),
        ("postgresql://u@h/d?sslmode=require", "postgresql+asyncpg://u@h/d?ssl=require"),
    ],
)
def test_an_address_gets_its_asynchronous_driver(written: str, meant: str) -> None:
    assert read_url(written).render_as_string(hide_password=False) == meant


def test_all_get_a_connection_who_begin_with_a_file_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(SIDE_BY_SIDE, timeout=SECONDS)

    async def use(path: Path) -> str:
        database = Database(f"sqlite:///{path}")
        together.wait()
        async with database.transaction() as session:
            await session.execute(text("CREATE TABLE IF NOT EXISTS candles (close REAL)"))
            mode = str(await session.scalar(text("PRAGMA journal_mode")))
        await database.close()
        return mode

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for number in range(ROUNDS):
            path = tmp_path / f"{number}.db"
            answers = [pool.submit(asyncio.run, use(path)) for _ in range(SIDE_BY_SIDE)]
            assert [one.result(SECONDS) for one in answers] == ["wal"] * SIDE_BY_SIDE


@pytest.mark.anyio
async def test_a_file_that_cannot_be_written_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.db"
    sqlite3.connect(path).close()
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    started = time.monotonic()
    with pytest.raises(OperationalError, match="readonly"):
        await database.ping()
    assert time.monotonic() - started < BUSY_SECONDS
    assert not (tmp_path / "file:").exists()
    await database.close()
