"""Questions and counts on the tables of looks, safe for many processes at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from model_service.evaluation.look_records.tables import look_keys, looks

WINDOW = ("lineage", "symbol", "data_hash", "window_start", "window_end", "agent_hash")
"""What a count is of."""

_TOTAL = sa.func.sum(looks.c.count)
_OVERLAPPING = _TOTAL.filter(
    looks.c.window_start <= sa.bindparam("end"), looks.c.window_end >= sa.bindparam("start")
)
_SUMS = sa.select(sa.func.coalesce(_TOTAL, 0), sa.func.coalesce(_OVERLAPPING, 0)).where(
    looks.c.lineage == sa.bindparam("lineage")
)


def add_looks(connection: sa.Connection, window: Mapping[str, Any], count: int = 1) -> None:
    """Add to the count of a window; the database adds, so that nobody's count is lost."""
    connection.execute(_adding(connection.dialect.name), {**window, "count": count})


def add_key(connection: sa.Connection, key: str) -> bool:
    """Remember the name of a look; whether it was not known. Another process that adds the same
    waits for this transaction."""
    insert = _choose_insert(connection.dialect.name)
    statement = insert(look_keys).on_conflict_do_nothing().returning(look_keys.c.key)
    return connection.execute(statement, {"key": key}).first() is not None


def sum_looks(connection: sa.Connection, lineage: str, start: int, end: int) -> tuple[int, int]:
    """Looks of a lineage in all, and at windows that overlap [start, end]."""
    given = {"lineage": lineage, "start": start, "end": end}
    in_all, overlapping = connection.execute(_SUMS, given).one()
    return int(in_all), int(overlapping)


@cache
def _adding(dialect: str) -> Any:
    # Made once: a look is counted on the way of every prediction.
    statement = _choose_insert(dialect)(looks)
    return statement.on_conflict_do_update(
        index_elements=list(WINDOW), set_={"count": looks.c.count + statement.excluded.count}
    )


def _choose_insert(dialect: str) -> Any:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert
