"""Experiments, units and events as the contract writes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from model_service.experiments.artefact_names import agent_id
from model_service.experiments.records.events import Event
from model_service.experiments.records.experiments import ExperimentRow
from model_service.experiments.records.units import UnitRow
from model_service.experiments.service import Overview

SCHEMA_VERSION = 1

_EVENT_MEMBERS = ("state", "text", "step", "total", "loss", "steps_per_second", "validation")


def describe_experiment(overview: Overview, *, reused: bool = False) -> dict[str, Any]:
    """`Experiment` of the contract."""
    row, sums = overview.experiment, overview.units
    specification = {
        **{name: value for name, value in row.specification.items() if name != "kind"},
        "steps": row.steps,
    }
    running = row.state in ("running", "cancelling")
    rate = sums.steps_per_second if running else None
    left = max(0, sums.total - sums.step)
    return {
        "id": row.id,
        "schema_version": SCHEMA_VERSION,
        "owner_id": row.owner_id,
        "kind": row.kind,
        "name": row.name,
        "state": row.state,
        "symbols": [one["symbol"] for one in row.specification["series"]],
        "created_at": write_time(row.created_at),
        "started_at": write_time(row.started_at),
        "ended_at": write_time(row.ended_at),
        "specification": specification,
        "code_version": row.code_version,
        "units": {
            "total": sum(sums.by_state.values()),
            **{
                state: sums.by_state.get(state, 0)
                for state in ("queued", "running", "done", "failed", "cancelled")
            },
        },
        "step": sums.step,
        "total": sums.total,
        "steps_per_second": rate,
        "eta_seconds": left / rate if rate and running else None,
        "last_seen": write_time(sums.seen_at) if running else None,
        "metrics": overview.metrics,
        "result": row.result,
        "reason": row.reason,
        "reused": reused,
    }


def describe_unit(row: UnitRow, experiment: ExperimentRow) -> dict[str, Any]:
    """`Unit` of the contract."""
    names = ("task", "seed", "fold", "point", "state", "step", "total", "metrics", "reason")
    return {
        "index": row.unit,
        **{name: getattr(row, name) for name in names},
        "attempts": row.fence,
        "started_at": write_time(row.started_at),
        "ended_at": write_time(row.ended_at),
        "agent": _agent_of(row, experiment),
    }


def describe_event(event: Event) -> dict[str, Any]:
    """`ExperimentEvent` of the contract."""
    return {
        "id": event.number,
        "at": write_time(event.at),
        "kind": event.kind,
        "unit": event.unit,
        **{name: event.body.get(name) for name in _EVENT_MEMBERS},
    }


def _agent_of(row: UnitRow, experiment: ExperimentRow) -> str | None:
    """The agent that a unit became: of a sweep that is one unit's alone."""
    result = experiment.result
    if result is None or row.task != "train":
        return None
    if experiment.kind == "sweep" and row.unit != result["best_unit"]:
        return None
    own = agent_id(row.experiment_id, f"s{row.seed}")
    return own if own in result["agents"] else None


def write_time(seconds: float | None) -> str | None:
    """Epoch seconds in RFC 3339, UTC."""
    if seconds is None:
        return None
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
