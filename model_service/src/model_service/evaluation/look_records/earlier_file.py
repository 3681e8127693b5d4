"""Looks that were counted in an SQLite file before they were counted in the database.

An installation whose experiments were in PostgreSQL counted looks in a file of each machine. What
these hold is added to the database, each file once, however many processes find it at once and
wherever they are killed.
"""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from model_service.database import Database
from model_service.evaluation.look_records.counting import WINDOW, add_key, add_looks

_TIMEOUT_SECONDS = 10.0
_KEY_TABLES = ("keys", "look_keys")

_log = structlog.get_logger(__name__)


def move_looks(path: Path, database: Database) -> None:
    """Add a file's looks to the database, and put the file aside.

    The file is given a name of its own first, which is remembered with the looks: who is killed
    before the file is put aside adds nothing when it is begun again.
    """
    if not path.is_file():
        return
    try:
        name, windows, keys = _read(path)
    except sqlite3.Error as error:
        if not path.is_file():
            # Another process was quicker.
            return
        _log.error("looks of an earlier file cannot be read", file=str(path), reason=str(error))
        return
    with database.writing() as connection:
        if add_key(connection, f"file {name}"):
            _add(connection, windows, keys)
            _log.info("looks were moved to the database", file=str(path), windows=len(windows))
    aside = path.with_name(f"{path.name}.moved-{name[:8]}")
    try:
        path.rename(aside)
    except FileNotFoundError:
        # Another process was as quick.
        return
    except OSError as error:
        _log.warning("a file of looks stays where it is", file=str(path), reason=str(error))


def _read(path: Path) -> tuple[str, list[dict[str, Any]], list[str]]:
    address = f"{path.resolve().as_uri()}?mode=rw"
    connect = sqlite3.connect(address, timeout=_TIMEOUT_SECONDS, isolation_level=None, uri=True)
    with closing(connect) as file:
        file.row_factory = sqlite3.Row
        file.execute("BEGIN IMMEDIATE")
        file.execute("CREATE TABLE IF NOT EXISTS file_name (name TEXT NOT NULL)")
        file.execute(
            "INSERT INTO file_name SELECT ? WHERE NOT EXISTS (SELECT 1 FROM file_name)",
            (uuid.uuid4().hex,),
        )
        name = str(file.execute("SELECT name FROM file_name").fetchone()[0])
        tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
        windows = []
        if "looks" in tables:
            windows = [dict(row) for row in file.execute("SELECT * FROM looks")]
        keys = [
            str(row[0])
            for table in _KEY_TABLES
            if table in tables
            for row in file.execute(f"SELECT key FROM {table}")  # noqa: S608 - names of ours
        ]
        file.execute("COMMIT")
    return name, windows, keys


def _add(connection: sa.Connection, windows: list[dict[str, Any]], keys: list[str]) -> None:
    # In one order, so that two machines that move theirs at once do not wait for each other.
    for window in sorted(windows, key=lambda each: [each[name] for name in WINDOW]):
        add_looks(connection, {name: window[name] for name in WINDOW}, window["count"])
    for key in sorted(keys):
        add_key(connection, key)
