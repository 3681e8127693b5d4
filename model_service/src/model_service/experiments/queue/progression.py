"""What follows when a unit ends: the next stage, or the end of the experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from model_service.experiments.queue.durable_queue import DurableQueue
from model_service.experiments.records.events import append_event
from model_service.experiments.records.experiments import (
    change_state,
    get_experiment,
    set_stage,
    set_steps,
)
from model_service.experiments.records.units import (
    Claim,
    UnitRow,
    cancel_units,
    count_by_state,
    get_unit,
    is_any_running,
    list_units,
    set_totals,
    update_claimed,
)
from model_service.experiments.unit_list import ASSESS, CALIBRATE, WORK

ENQUEUED_AT_ONCE = 500


def commit_outcome(
    connection: sa.Connection,
    queue: DurableQueue,
    claim: Claim,
    outcome: Mapping[str, Any],
    *,
    metrics: Mapping[str, float | None],
    now: float,
) -> bool:
    """Record what a unit came to, once, with all that follows; false where the claim is lost."""
    if not update_claimed(
        connection, claim, state="done", outcome=outcome, metrics=metrics, ended_at=now
    ):
        return False
    append_event(connection, claim.experiment_id, "unit", at=now, unit=claim.unit, state="done")
    unit = get_unit(connection, claim.experiment_id, claim.unit)
    assert unit is not None  # noqa: S101 - it was updated a moment ago, in this transaction
    if unit.stage == CALIBRATE:
        _fix_steps(connection, claim.experiment_id, int(outcome["steps"]), now)
    if unit.stage == ASSESS:
        change_state(connection, claim.experiment_id, "done", at=now, result=outcome["result"])
    else:
        _go_on(connection, queue, claim.experiment_id, unit.stage, now)
    finish_cancelling(connection, claim.experiment_id, now=now)
    return True


def commit_failure(
    connection: sa.Connection, queue: DurableQueue, claim: Claim, reason: str, *, now: float
) -> bool:
    """Record that a unit cannot be done, with all that follows; false where the claim is lost."""
    if not update_claimed(connection, claim, state="failed", reason=reason, ended_at=now):
        return False
    append_event(
        connection,
        claim.experiment_id,
        "unit",
        at=now,
        unit=claim.unit,
        state="failed",
        text=reason,
    )
    unit = get_unit(connection, claim.experiment_id, claim.unit)
    assert unit is not None  # noqa: S101 - as above
    if unit.stage == WORK:
        _go_on(connection, queue, claim.experiment_id, unit.stage, now)
    else:
        _fail(connection, claim.experiment_id, reason, now)
    finish_cancelling(connection, claim.experiment_id, now=now)
    return True


def commit_cancelled(connection: sa.Connection, claim: Claim, *, now: float) -> None:
    """Record that a unit was stopped; the last one ends the experiment."""
    if update_claimed(connection, claim, state="cancelled", ended_at=now):
        append_event(
            connection, claim.experiment_id, "unit", at=now, unit=claim.unit, state="cancelled"
        )
    finish_cancelling(connection, claim.experiment_id, now=now)


def commit_abandoned(
    connection: sa.Connection, experiment_id: str, unit: int, *, now: float
) -> None:
    """Cancel a unit that its worker did not live to cancel, where its experiment is cancelled."""
    row = get_unit(connection, experiment_id, unit)
    if row is None or get_experiment(connection, experiment_id).state != "cancelling":
        return
    # One that was let wait again after the others were cancelled.
    cancel_units(connection, experiment_id, "queued", now)
    if row.state == "running":
        commit_cancelled(connection, Claim(experiment_id, unit, row.fence), now=now)
    else:
        finish_cancelling(connection, experiment_id, now=now)


def finish_cancelling(connection: sa.Connection, experiment_id: str, *, now: float) -> bool:
    """End an experiment that is being cancelled, once no unit of it is worked on any more."""
    return not is_any_running(connection, experiment_id) and change_state(
        connection, experiment_id, "cancelled", at=now
    )


def enqueue_stage(
    writing: Callable[[], Any], queue: DurableQueue, experiment_id: str, stage: int
) -> None:
    """Put the units of a stage into the queue, some a transaction: others want to write too."""
    after = -1
    while True:
        with writing() as connection:
            some = list_units(connection, experiment_id, after=after, limit=ENQUEUED_AT_ONCE)
            waiting = [one.unit for one in some if one.stage == stage and one.state == "queued"]
            queue.enqueue_units(connection, experiment_id, waiting)
        if len(some) < ENQUEUED_AT_ONCE:
            return
        after = some[-1].unit


def _fix_steps(connection: sa.Connection, experiment_id: str, steps: int, now: float) -> None:
    set_totals(connection, experiment_id, WORK, steps)
    set_steps(connection, experiment_id, steps)
    append_event(
        connection,
        experiment_id,
        "log",
        at=now,
        text=f"The budget is {steps:,} training steps for every unit.",
        step=0,
        total=steps,
    )


def _go_on(
    connection: sa.Connection, queue: DurableQueue, experiment_id: str, stage: int, now: float
) -> None:
    """Begin the next stage where every unit of this one has ended."""
    by_state = count_by_state(connection, experiment_id, stage)
    if by_state.get("queued", 0) or by_state.get("running", 0):
        return
    failed, done = by_state.get("failed", 0), by_state.get("done", 0)
    kind = get_experiment(connection, experiment_id).kind
    if failed and (kind != "sweep" or not done):
        _fail(connection, experiment_id, _first_reason(connection, experiment_id), now)
        return
    following = stage + 1
    if not set_stage(connection, experiment_id, following):
        return
    if following == WORK:
        # There may be thousands: a transaction of their own enqueues them.
        queue.enqueue_start(connection, experiment_id, stage=WORK)
    else:
        ready = [u.unit for u in list_units(connection, experiment_id) if u.stage == following]
        queue.enqueue_units(connection, experiment_id, ready)


def _fail(connection: sa.Connection, experiment_id: str, reason: str, now: float) -> None:
    cancel_units(connection, experiment_id, "queued", now)
    change_state(connection, experiment_id, "failed", at=now, reason=reason)


def _first_reason(connection: sa.Connection, experiment_id: str) -> str:
    failed: list[UnitRow] = [
        one for one in list_units(connection, experiment_id) if one.state == "failed"
    ]
    count = len(failed)
    first = failed[0].reason or "Unit failed."
    return first if count == 1 else f"{first} ({count} units failed, the first one is told of.)"
