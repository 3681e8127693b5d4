"""The units of an experiment: what its specification comes to, in stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from model_service.errors import InvalidRequest, TrainingDataError
from model_service.evaluation.protocols.walk_forward import plan_walk_forward
from model_service.experiments.records.units import Task
from model_service.experiments.specification import Specification
from model_service.experiments.specified_candles import split_of
from model_service.experiments.training_config import SplitConfig
from model_service.market.candles import Candles

CALIBRATE, WORK, ASSESS = range(3)
"""Stages: every unit of one has ended before the next begins."""

MAX_UNITS = 10_000


@dataclass(frozen=True)
class PlannedUnit:
    """One unit.

    Attributes
    ----------
    unit : int
        Index within the experiment.
    stage : int
    task : Task
    seed, fold : int or None
    point : mapping
        Values of the grid by dotted name; empty without a grid.
    total : int
        Steps that it will take; 0 where that is not known yet, and where nothing is trained.
    """

    unit: int
    stage: int
    task: Task
    seed: int | None = None
    fold: int | None = None
    point: dict[str, Any] = field(default_factory=dict)
    total: int = 0

    def to_row(self, experiment_id: str) -> dict[str, Any]:
        """Values of the table of units."""
        return {"experiment_id": experiment_id, **asdict(self)}


def plan_units(spec: Specification, series: Sequence[Candles]) -> list[PlannedUnit]:
    """All units, in the order of their stages.

    Raises
    ------
    InvalidRequest, TrainingDataError
        If there are too many units, a point of the grid is no configuration, or the candles do not
        suffice; `field` says which.
    """
    plans: list[tuple[Task, int | None, int | None, dict[str, Any]]]
    if spec.kind == "evaluate":
        plans = [("decide", None, None, {})]
    elif spec.kind == "walk-forward":
        parts = spec.parts()
        folds = plan_walk_forward(series, parts.windows, parts.agent.fill).folds
        plans = [("fold", seed, fold.index, {}) for seed in spec.seeds for fold in folds]
    else:
        split_of(spec.parts(), series)
        points = spec.points()
        _check_count(len(points) * len(spec.seeds))
        _check_points(spec, points, series)
        plans = [("train", seed, None, point) for point in points for seed in spec.seeds]
    _check_count(len(plans))
    found: list[PlannedUnit] = []
    if spec.budget_seconds is not None:
        found.append(PlannedUnit(0, CALIBRATE, "calibrate", seed=spec.seeds[0]))
    for task, seed, fold, point in plans:
        found.append(PlannedUnit(len(found), WORK, task, seed, fold, point, spec.steps or 0))
    found.append(PlannedUnit(len(found), ASSESS, "assess"))
    return found


def _check_count(count: int) -> None:
    if count > MAX_UNITS:
        raise InvalidRequest(
            f"The experiment has {count:,} units, more than {MAX_UNITS:,}.",
            field="seeds",
            limit=MAX_UNITS,
        )


def _check_points(
    spec: Specification, points: Sequence[dict[str, Any]], series: Sequence[Candles]
) -> None:
    # Thousands of points share few splits, and cutting long series takes a while.
    known: set[tuple[SplitConfig, int]] = set()
    for point in points if spec.grid is not None else ():
        try:
            parts = spec.parts(point)
            split = (parts.split, parts.agent.features.warm_up_candles)
            if split not in known:
                split_of(parts, series)
                known.add(split)
        except (InvalidRequest, TrainingDataError) as error:
            named = (error.field or "").removeprefix("config.")
            raise InvalidRequest(
                f"At {point}: {error.detail}",
                field=f"grid.{named}" if named in point else "grid",
                limit=error.limit,
            ) from None
