"""``python -m backend_service.migrate``: waits for its database, migrates it, says so and ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from backend_service.db import Database
from backend_service.migrations import migrate

if TYPE_CHECKING:
    from pathlib import Path

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

LAST_LINE = "The gateway's database is at the newest schema: 0003."


def start(folder: Path, url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "backend_service.migrate", *arguments],
        cwd=folder,
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, list[str], list[str]]:
    told, complained = process.communicate(timeout=90)
    return process.returncode, told.splitlines(), complained.splitlines()


async def run_on(url: str, statement: str) -> None:
    """Outside a transaction, as making a database has to be."""
    database = Database(url)
    async with database.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text(statement))
    await database.close()


def on(postgres_url: str, **changes: str) -> str:
    return make_url(postgres_url).set(**changes).render_as_string(hide_password=False)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_several_at_once_leave_all_tables(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/backend.db"
    if kind == "postgresql":
        server = request.getfixturevalue("postgres_url")
        name = f"at_once_{time.monotonic_ns()}"
        await run_on(server, f"CREATE DATABASE {name}")
        url = on(server, database=name)
    for _ in range(2):
        running = [start(tmp_path, url) for _ in range(3)]
        for process in running:
            assert end(process) == (0, [LAST_LINE], [])
    await run_on(url, "SELECT symbol FROM series")


async def test_a_database_that_is_not_there_yet_is_waited_for(
    postgres_url: str, tmp_path: Path
) -> None:
    name = f"later_{time.monotonic_ns()}"
    process = start(tmp_path, on(postgres_url, database=name))
    assert process.stdout is not None
    assert "does not exist" in process.stdout.readline()
    await run_on(postgres_url, f"CREATE DATABASE {name}")
    code, told, complained = end(process)
    assert (code, told[-1], complained) == (0, LAST_LINE, [])


def test_one_that_stays_away_is_told_of_in_one_line(tmp_path: Path) -> None:
    started = time.monotonic()
    url = "postgresql://u:pass-word@127.0.0.1:1/x"
    code, told, complained = end(start(tmp_path, url, "--wait-seconds", "1"))
    assert time.monotonic() - started < 15
    assert code == 1
    (line,) = complained
    assert line.startswith("The gateway's database was not migrated: ")
    assert "pass-word" not in line + "".join(told)


async def test_what_waiting_does_not_mend_is_told_at_once(
    postgres_url: str, tmp_path: Path
) -> None:
    """A role that may connect and may not make tables."""
    name = f"closed_{time.monotonic_ns()}"
    await run_on(postgres_url, f"CREATE ROLE {name} LOGIN")
    await run_on(postgres_url, f"CREATE DATABASE {name}")
    code, _, complained = end(start(tmp_path, on(postgres_url, database=name, username=name)))
    assert code == 1
    (line,) = complained
    assert "permission denied" in line


def test_wrong_settings_are_told_as_by_the_gateway(tmp_path: Path) -> None:
    code, told, complained = end(start(tmp_path, "mysql://u@h/d"))
    assert (code, told) == (2, [])
    assert complained[0].startswith("Not started: DATABASE_URL cannot be used")


async def test_a_database_that_a_newer_release_migrated_is_left_as_it_is(
    database: Database, settings: Settings
) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert await migrate(database, settings.migrations_dir) == "9999"
