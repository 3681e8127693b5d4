"""``python -m model_service.migrate``: waits for its database, migrates it, says so and ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from model_service.database import Database

ALONE = "The model service's databases are at the newest schema: experiments 0002, looks 0001."
LAST_LINE = f"{ALONE[:-1]}, spending 0001."


def start(folder: Path, url: str | None, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "MODEL_STATE_DIR": str(folder / "state")}
    if url is not None:
        environment["MODEL_DATABASE_URL"] = url
    return subprocess.Popen(
        [sys.executable, "-m", "model_service.migrate", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> tuple[int, list[str], list[str]]:
    told, complained = process.communicate(timeout=90)
    return process.returncode, told.splitlines(), complained.splitlines()


def test_several_at_once_leave_all_tables(empty_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        running = [start(tmp_path, empty_url) for _ in range(3)]
        for process in running:
            assert end(process) == (0, [LAST_LINE], [])
    database = Database(empty_url, patience_seconds=1)
    names = set(sa.inspect(database.engine).get_table_names())
    assert {"experiments", "units", "looks", "look_keys", "openai_spending"} <= names
    schema = None if database.engine.dialect.name == "sqlite" else "dbos"
    assert "workflow_status" in sa.inspect(database.engine).get_table_names(schema)
    database.close()


def test_without_a_url_the_files_of_one_machine_are_made(tmp_path: Path) -> None:
    assert end(start(tmp_path, None)) == (0, [ALONE], [])
    assert {path.name for path in (tmp_path / "state").glob("*.sqlite3")} == {
        "experiments.sqlite3",
        "looks.sqlite3",
    }


def test_a_database_that_is_not_there_yet_is_waited_for(postgres_url: str, tmp_path: Path) -> None:
    name = f"later_{time.monotonic_ns()}"
    url = sa.make_url(postgres_url).set(drivername="postgresql+psycopg")
    process = start(tmp_path, url.set(database=name).render_as_string(hide_password=False))
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "does not exist" in first
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    code, told, complained = end(process)
    assert (code, told[-1], complained) == (0, LAST_LINE, [])


@pytest.mark.parametrize("password", ["pass-word"])
def test_one_that_stays_away_is_told_of_in_one_line(tmp_path: Path, password: str) -> None:
    started = time.monotonic()
    url = f"postgresql://u:{password}@127.0.0.1:1/x"
    code, told, complained = end(start(tmp_path, url, "--wait-seconds", "1"))
    assert time.monotonic() - started < 15
    assert code == 1
    (line,) = complained
    assert line.startswith("The model service's databases were not migrated: The database does")
    assert "refused" in line
    assert password not in line + "".join(told)


def test_what_waiting_does_not_mend_is_told_at_once(postgres_url: str, tmp_path: Path) -> None:
    """A role that may connect and may not make tables."""
    engine = sa.create_engine(
        sa.make_url(postgres_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    name = f"closed_{time.monotonic_ns()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    url = sa.make_url(postgres_url).set(database=name, username=name)
    code, _, complained = end(
        start(tmp_path, url.render_as_string(hide_password=False), "--wait-seconds", "60")
    )
    assert code == 1
    (line,) = complained
    assert "permission denied" in line


def test_wrong_settings_are_told_as_by_the_service(tmp_path: Path) -> None:
    code, told, complained = end(start(tmp_path, "mysql://u@h/d"))
    assert (code, told) == (2, [])
    assert complained[0].startswith("Not started: MODEL_DATABASE_URL cannot be used")


def test_tensorflow_is_not_needed() -> None:
    program = "import sys, model_service.migrate; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
