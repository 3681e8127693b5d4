"""The database: migrated by many at once, waited for while it is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from model_service.database import Database, normalise_url
from model_service.errors import ExperimentsUnavailable
from model_service.experiments.records.migrate import migrate
from model_service.experiments.records.tables import metadata


def test_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    databases = [Database(empty_url, patience_seconds=20) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate, databases))
    inspector = sa.inspect(databases[0].engine)
    assert set(metadata.tables) <= set(inspector.get_table_names())
    for name, table in metadata.tables.items():
        found = {column["name"]: column["nullable"] for column in inspector.get_columns(name)}
        assert found == {column.name: bool(column.nullable) for column in table.columns}
        assert {index["name"] for index in inspector.get_indexes(name)} >= {
            index.name for index in table.indexes
        }
    for one in databases:
        one.close()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgresql://u:p%40@host/db", "postgresql+psycopg://u:p%40@host/db"),
        ("postgresql+psycopg://host/db", "postgresql+psycopg://host/db"),
        ("sqlite:////srv/x.db", "sqlite:////srv/x.db"),
    ],
)
def test_urls_name_the_driver_that_is_installed(given: str, meant: str) -> None:
    assert normalise_url(given) == meant


def test_work_is_tried_again_while_the_database_is_away(sqlite_database: Database) -> None:
    answers = [OperationalError("", None, Exception("locked")), None]

    def work() -> str:
        error = answers.pop(0)
        if error is not None:
            raise error
        return "done"

    assert sqlite_database.run(work) == "done"


def test_a_database_that_stays_away_is_told_of_in_a_sentence(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/e.sqlite3", patience_seconds=0.2)

    def work() -> None:
        raise OperationalError("", None, Exception("disk is full\nand more"))

    with pytest.raises(ExperimentsUnavailable, match="does not answer: disk is full\\.") as error:
        database.run(work)
    assert error.value.status == 503


def test_what_will_not_pass_is_not_tried_again(sqlite_database: Database) -> None:
    asked = []

    def work() -> None:
        asked.append(1)
        raise IntegrityError("", None, Exception("twice"))

    with pytest.raises(IntegrityError):
        sqlite_database.run(work)
    assert asked == [1]


def test_a_server_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    database = Database(f"postgresql://postgres@/x?host={tmp_path}", patience_seconds=0.2)

    def work() -> None:
        with database.reading():
            pass

    with pytest.raises(ExperimentsUnavailable):
        database.run(work)
    database.close()


def test_an_error_leaves_nothing_of_its_transaction(database: Database) -> None:
    table = metadata.tables["workers"]
    row = {"id": "a", "incarnation": 1, "beat": 0, "gone": False, "seen_at": 0.0}

    def write_half() -> None:
        with database.writing() as connection:
            connection.execute(sa.insert(table).values(**row))
            raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        write_half()
    with database.reading() as connection:
        assert connection.execute(sa.select(table)).all() == []
