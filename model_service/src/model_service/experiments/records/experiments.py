"""Experiments: their rows, and the changes of state that are allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import sqlalchemy as sa

from model_service.errors import ExperimentNotFound
from model_service.experiments.records.events import append_event
from model_service.experiments.records.tables import experiments
from model_service.experiments.specification import Kind
from model_service.telemetry.trace_context import TraceContext

ExperimentState = Literal["queued", "running", "cancelling", "cancelled", "failed", "done"]

ENDED: tuple[ExperimentState, ...] = ("cancelled", "failed", "done")

_BEFORE: Mapping[ExperimentState, tuple[ExperimentState, ...]] = {
    "running": ("queued",),
    "cancelling": ("queued", "running"),
    "cancelled": ("cancelling",),
    "failed": ("running", "queued"),
    "done": ("running",),
}
"""From which states each may be entered."""


@dataclass(frozen=True)
class ExperimentRow:
    """An experiment as it is recorded; `number` grows with every new one."""

    number: int
    id: str
    owner_id: str
    kind: Kind
    name: str
    state: ExperimentState
    specification: Mapping[str, Any]
    specification_hash: str
    code_version: str
    idempotency_key: str | None
    steps: int | None
    stage: int
    looks: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    reason: str | None
    last_event: int
    created_at: float
    started_at: float | None
    ended_at: float | None
    request_id: str | None
    trace_id: str | None
    span_id: str | None

    @property
    def origin(self) -> TraceContext | None:
        """Where it came from; None of those that are older than traces."""
        if self.trace_id is None:
            return None
        return TraceContext(self.trace_id, self.request_id, self.span_id)


def insert_experiment(connection: sa.Connection, **values: Any) -> None:
    """Add an experiment in the state queued; `specification` is given as plain values."""
    values["specification"] = orjson.dumps(values["specification"]).decode()
    connection.execute(sa.insert(experiments).values(**values, state="queued"))
    append_event(connection, values["id"], "state", at=values["created_at"], state="queued")


def get_experiment(connection: sa.Connection, experiment_id: str) -> ExperimentRow:
    """One experiment.

    Raises
    ------
    ExperimentNotFound
    """
    found = find_experiment(connection, experiments.c.id == experiment_id)
    if found is None:
        raise ExperimentNotFound(
            f"There is no experiment {experiment_id!r}.", field="experiment_id"
        )
    return found


def find_experiment(
    connection: sa.Connection, *where: sa.ColumnElement[bool]
) -> ExperimentRow | None:
    """The newest experiment for which all conditions hold."""
    row = (
        connection.execute(
            sa.select(experiments).where(*where).order_by(experiments.c.number.desc()).limit(1)
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else _read(row)


def list_experiments(
    connection: sa.Connection,
    *,
    states: Sequence[ExperimentState] = (),
    kind: Kind | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[ExperimentRow]:
    """Experiments, the newest first; `before` is a number that they lie below."""
    wanted = sa.select(experiments).order_by(experiments.c.number.desc()).limit(limit)
    if states:
        wanted = wanted.where(experiments.c.state.in_(states))
    if kind is not None:
        wanted = wanted.where(experiments.c.kind == kind)
    if before is not None:
        wanted = wanted.where(experiments.c.number < before)
    return [_read(row) for row in connection.execute(wanted).mappings()]


def change_state(
    connection: sa.Connection,
    experiment_id: str,
    state: ExperimentState,
    *,
    at: float,
    **values: Any,
) -> bool:
    """Move an experiment to a state and tell of it; false where it is in none that leads there.

    An experiment ends once: of two who end it, one is told that it did not.
    """
    if values.get("result") is not None:
        values["result"] = orjson.dumps(values["result"]).decode()
    if state in ENDED:
        values["ended_at"] = at
    if state == "running":
        values["started_at"] = at
    changed = connection.execute(
        sa.update(experiments)
        .where(experiments.c.id == experiment_id, experiments.c.state.in_(_BEFORE[state]))
        .values(state=state, **values)
    )
    if changed.rowcount != 1:
        return False
    append_event(connection, experiment_id, "state", at=at, state=state, text=values.get("reason"))
    return True


def set_stage(connection: sa.Connection, experiment_id: str, stage: int) -> bool:
    """Go on to a later stage; false where the experiment is there already, or is not running."""
    changed = connection.execute(
        sa.update(experiments)
        .where(
            experiments.c.id == experiment_id,
            experiments.c.stage < stage,
            experiments.c.state == "running",
        )
        .values(stage=stage)
    )
    return changed.rowcount == 1


def set_steps(connection: sa.Connection, experiment_id: str, steps: int) -> None:
    """Record what a budget in seconds comes to."""
    connection.execute(
        sa.update(experiments).where(experiments.c.id == experiment_id).values(steps=steps)
    )


def remember_looks(connection: sa.Connection, experiment_id: str, looks: Mapping[str, Any]) -> None:
    """Keep the look that an experiment was given, so that it is given no second one."""
    connection.execute(
        sa.update(experiments)
        .where(experiments.c.id == experiment_id)
        .values(looks=orjson.dumps(dict(looks)).decode())
    )


def remove_experiment(connection: sa.Connection, experiment_id: str) -> None:
    """Remove an experiment with its units and events."""
    connection.execute(sa.delete(experiments).where(experiments.c.id == experiment_id))


def _read(row: sa.RowMapping) -> ExperimentRow:
    plain: dict[str, Any] = dict(row)
    for name in ("specification", "looks", "result"):
        plain[name] = None if plain[name] is None else orjson.loads(plain[name])
    return ExperimentRow(**plain)
