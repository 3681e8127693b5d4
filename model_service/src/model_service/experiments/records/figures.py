"""How it stands with all experiments together, in one question to the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import sqlalchemy as sa

from model_service.experiments.records.experiments import ExperimentState
from model_service.experiments.records.tables import experiments, units, workers
from model_service.experiments.records.units import UnitState


@dataclass(frozen=True)
class Figures:
    """Numbers over all experiments.

    Attributes
    ----------
    experiments, units : mapping
        How many there are in each state.
    queue_oldest_seconds : float
        Since when the unit waits that could have been made for longest.
    longest_silence_seconds : float
        Of a unit that runs.
    workers_alive : int
    """

    experiments: Mapping[str, int]
    units: Mapping[str, int]
    queue_oldest_seconds: float
    longest_silence_seconds: float
    workers_alive: int


def read_figures(connection: sa.Connection, *, now: float, lease_seconds: float) -> Figures:
    """The figures of this moment.

    Parameters
    ----------
    now : float
        Epoch seconds.
    lease_seconds : float
        A worker without a sign of life for so long does not live.
    """
    nothing = sa.literal(None, sa.Double)
    rows: Sequence[Any] = connection.execute(
        sa.union_all(
            _count("experiment", experiments.c.state, nothing).group_by(experiments.c.state),
            _count("unit", units.c.state, sa.func.min(units.c.seen_at)).group_by(units.c.state),
            _count("worker", sa.literal("alive"), nothing).where(
                ~workers.c.gone, workers.c.seen_at > now - lease_seconds
            ),
            _oldest_waiting(),
        )
    ).all()
    counts: dict[str, dict[str, int]] = {
        "experiment": dict.fromkeys(get_args(ExperimentState), 0),
        "unit": dict.fromkeys(get_args(UnitState), 0),
        "worker": {},
        "waiting": {},
    }
    since: dict[tuple[str, str], float | None] = {}
    for what, state, count, at in rows:
        counts[what][state] = count
        since[what, state] = at
    return Figures(
        counts["experiment"],
        counts["unit"],
        _seconds(since.get(("waiting", "")), now),
        _seconds(since.get(("unit", "running")), now),
        counts["worker"]["alive"],
    )


def _count(
    what: str, state: sa.ColumnElement[str], at: sa.ColumnElement[float | None]
) -> sa.Select[str, str, int, float | None]:
    return sa.select(sa.literal(what), state, sa.func.count(), at)


def _oldest_waiting() -> sa.Select[str, str, int, float | None]:
    """Since when a unit waits that could be made: its stage has begun, and it was not released
    only now."""
    waits = sa.and_(units.c.state == "queued", units.c.stage == experiments.c.stage)
    since = sa.func.min(
        sa.case((waits, sa.func.coalesce(units.c.seen_at, experiments.c.created_at)))
    )
    begun = sa.func.max(sa.case((units.c.stage < experiments.c.stage, units.c.ended_at)))
    each = (
        sa.select(sa.case((begun > since, begun), else_=since).label("since"))
        .join_from(experiments, units, units.c.experiment_id == experiments.c.id)
        .where(experiments.c.state.in_(("queued", "running")))
        .group_by(experiments.c.id)
        .subquery()
    )
    return sa.select(
        sa.literal("waiting"), sa.literal(""), sa.func.count(), sa.func.min(each.c.since)
    )


def _seconds(since: float | None, now: float) -> float:
    return 0.0 if since is None else max(0.0, now - since)
