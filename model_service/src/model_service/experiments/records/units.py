"""Units: who works on which, how far it is, and the one outcome that each commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import sqlalchemy as sa

from model_service.experiments.records.tables import experiments, units

UnitState = Literal["queued", "running", "done", "failed", "cancelled"]
Task = Literal["calibrate", "train", "fold", "decide", "assess"]

OPEN_STATES: tuple[UnitState, ...] = ("queued", "running")


@dataclass(frozen=True)
class UnitRow:
    """A unit as it is recorded.

    Attributes
    ----------
    unit : int
        Index within its experiment.
    fence : int
        How often it was begun.
    """

    experiment_id: str
    unit: int
    stage: int
    task: Task
    seed: int | None
    fold: int | None
    point: Mapping[str, Any]
    state: UnitState
    fence: int
    worker_id: str | None
    crashes: int
    step: int
    total: int
    steps_per_second: float | None
    metrics: Mapping[str, float | None]
    outcome: Mapping[str, Any] | None
    reason: str | None
    started_at: float | None
    seen_at: float | None
    ended_at: float | None


@dataclass(frozen=True)
class Claim:
    """The right to commit a unit's outcome, until somebody else begins it."""

    experiment_id: str
    unit: int
    fence: int


@dataclass(frozen=True)
class UnitSums:
    """An experiment's units by state, and sums over them."""

    by_state: Mapping[UnitState, int]
    step: int
    total: int
    steps_per_second: float | None
    seen_at: float | None


NO_UNITS = UnitSums({}, 0, 0, None, None)


def insert_units(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add units; `point` is given as plain values."""
    connection.execute(
        sa.insert(units),
        [{**row, "point": orjson.dumps(row["point"]).decode(), "state": "queued"} for row in rows],
    )


def get_unit(connection: sa.Connection, experiment_id: str, unit: int) -> UnitRow | None:
    row = (
        connection.execute(
            sa.select(units).where(units.c.experiment_id == experiment_id, units.c.unit == unit)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else _read(row)


def list_units(
    connection: sa.Connection, experiment_id: str, *, after: int = -1, limit: int | None = None
) -> list[UnitRow]:
    """Units with a higher index than `after`, in order."""
    rows = connection.execute(
        sa.select(units)
        .where(units.c.experiment_id == experiment_id, units.c.unit > after)
        .order_by(units.c.unit)
        .limit(limit)
    )
    return [_read(row) for row in rows.mappings()]


def claim_unit(
    connection: sa.Connection, experiment_id: str, unit: int, worker_id: str, now: float
) -> Claim | None:
    """Begin a unit, also one that somebody else began; None where it is not to be done.

    The fence grows: whoever began it before can no longer commit.
    """
    wanted = sa.exists().where(
        experiments.c.id == experiment_id, experiments.c.state.in_(("queued", "running"))
    )
    fence = connection.execute(
        sa.update(units)
        .where(
            units.c.experiment_id == experiment_id,
            units.c.unit == unit,
            units.c.state.in_(OPEN_STATES),
            wanted,
        )
        .values(
            state="running",
            fence=units.c.fence + 1,
            worker_id=worker_id,
            started_at=sa.func.coalesce(units.c.started_at, now),
            seen_at=now,
        )
        .returning(units.c.fence)
    ).scalar_one_or_none()
    return None if fence is None else Claim(experiment_id, unit, fence)


def update_claimed(connection: sa.Connection, claim: Claim, **values: Any) -> bool:
    """Change a unit that is being worked on; false where the claim is lost.

    `metrics` and `outcome` are given as plain values.
    """
    for name in ("metrics", "outcome"):
        if values.get(name) is not None:
            values[name] = orjson.dumps(values[name]).decode()
    updated = connection.execute(
        sa.update(units)
        .where(
            units.c.experiment_id == claim.experiment_id,
            units.c.unit == claim.unit,
            units.c.fence == claim.fence,
            units.c.state == "running",
        )
        .values(**values)
    )
    return updated.rowcount == 1


def cancel_units(
    connection: sa.Connection, experiment_id: str, state: UnitState, now: float
) -> int:
    """Cancel an experiment's units that are in a state; how many there were."""
    return connection.execute(
        sa.update(units)
        .where(units.c.experiment_id == experiment_id, units.c.state == state)
        .values(state="cancelled", ended_at=now)
    ).rowcount


def set_totals(connection: sa.Connection, experiment_id: str, stage: int, total: int) -> None:
    """Say how many steps the units of a stage have."""
    connection.execute(
        sa.update(units)
        .where(units.c.experiment_id == experiment_id, units.c.stage == stage)
        .values(total=total)
    )


def count_by_state(
    connection: sa.Connection, experiment_id: str, stage: int
) -> dict[UnitState, int]:
    """How many units of a stage are in each state."""
    rows = connection.execute(
        sa.select(units.c.state, sa.func.count())
        .where(units.c.experiment_id == experiment_id, units.c.stage == stage)
        .group_by(units.c.state)
    )
    return {row[0]: row[1] for row in rows}


def is_any_running(connection: sa.Connection, experiment_id: str) -> bool:
    """Whether somebody works on a unit of an experiment."""
    found = sa.exists().where(units.c.experiment_id == experiment_id, units.c.state == "running")
    return bool(connection.execute(sa.select(found)).scalar_one())


def count_queued(connection: sa.Connection) -> int:
    """Units of all experiments that wait."""
    return connection.execute(
        sa.select(sa.func.count()).select_from(units).where(units.c.state == "queued")
    ).scalar_one()


def list_metrics(
    connection: sa.Connection, wanted: Sequence[tuple[str, int]]
) -> dict[str, dict[str, float | None]]:
    """Metrics of one unit of each experiment."""
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(units.c.experiment_id, units.c.metrics).where(
            sa.tuple_(units.c.experiment_id, units.c.unit).in_(wanted)
        )
    )
    return {row.experiment_id: orjson.loads(row.metrics) for row in rows}


def list_rates(connection: sa.Connection, *, limit: int) -> list[tuple[str, dict[str, Any], float]]:
    """Experiment, point and steps a second of the units that were trained last."""
    rows = connection.execute(
        sa.select(units.c.experiment_id, units.c.point, units.c.steps_per_second)
        .where(units.c.state == "done", units.c.steps_per_second.is_not(None))
        .order_by(units.c.ended_at.desc())
        .limit(limit)
    )
    return [(row.experiment_id, orjson.loads(row.point), row.steps_per_second) for row in rows]


def sum_units(connection: sa.Connection, experiment_ids: Sequence[str]) -> dict[str, UnitSums]:
    """`UnitSums` of each experiment."""
    is_running = units.c.state == "running"
    rows = connection.execute(
        sa.select(
            units.c.experiment_id,
            units.c.state,
            sa.func.count().label("units"),
            sa.func.sum(units.c.step).label("step"),
            sa.func.sum(units.c.total).label("total"),
            sa.func.sum(sa.case((is_running, units.c.steps_per_second))).label("rate"),
            sa.func.max(sa.case((is_running, units.c.seen_at))).label("seen_at"),
        )
        .where(units.c.experiment_id.in_(experiment_ids))
        .group_by(units.c.experiment_id, units.c.state)
    ).all()
    found: dict[str, UnitSums] = {}
    for row in rows:
        known = found.get(row.experiment_id, NO_UNITS)
        found[row.experiment_id] = UnitSums(
            {**known.by_state, row.state: row.units},
            known.step + int(row.step),
            known.total + int(row.total),
            row.rate if row.rate is not None else known.steps_per_second,
            row.seen_at if row.seen_at is not None else known.seen_at,
        )
    return found


def _read(row: sa.RowMapping) -> UnitRow:
    plain: dict[str, Any] = dict(row)
    for name in ("point", "metrics", "outcome"):
        plain[name] = None if plain[name] is None else orjson.loads(plain[name])
    return UnitRow(**plain)
