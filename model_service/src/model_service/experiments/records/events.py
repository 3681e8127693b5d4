"""What happened to an experiment, in order: the lines that a page or a terminal follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import sqlalchemy as sa

from model_service.experiments.records.tables import events, experiments

EventKind = Literal["state", "unit", "progress", "validation", "log"]

MAX_LOG_CHARACTERS = 2_000


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes
    ----------
    number : int
        From 1, without gaps; of the experiment.
    at : float
        Epoch seconds.
    kind : EventKind
    unit : int or None
    body : mapping
        The members of `ExperimentEvent` that apply to the kind.
    """

    number: int
    at: float
    kind: EventKind
    unit: int | None
    body: Mapping[str, Any]


def append_event(
    connection: sa.Connection,
    experiment_id: str,
    kind: EventKind,
    *,
    at: float,
    unit: int | None = None,
    **body: Any,
) -> None:
    """Add an event; nothing where the experiment is gone.

    The experiment's row counts its events and is locked until the transaction ends, so that
    nobody who follows sees an event before one with a lower number.
    """
    number = connection.execute(
        sa.update(experiments)
        .where(experiments.c.id == experiment_id)
        .values(last_event=experiments.c.last_event + 1)
        .returning(experiments.c.last_event)
    ).scalar_one_or_none()
    if number is None:
        return
    connection.execute(
        sa.insert(events).values(
            experiment_id=experiment_id,
            event=number,
            at=at,
            kind=kind,
            unit=unit,
            body=orjson.dumps(body).decode(),
        )
    )


def list_events(
    connection: sa.Connection, experiment_id: str, *, after: int, limit: int
) -> list[Event]:
    """Events with a higher number than `after`, in order."""
    rows = connection.execute(
        sa.select(events.c.event, events.c.at, events.c.kind, events.c.unit, events.c.body)
        .where(events.c.experiment_id == experiment_id, events.c.event > after)
        .order_by(events.c.event)
        .limit(limit)
    )
    return [Event(row.event, row.at, row.kind, row.unit, orjson.loads(row.body)) for row in rows]
