"""How fast units train, as far as that was measured here, and what an experiment would take."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model_service.database import Database
from model_service.dqn.config import AgentConfig
from model_service.experiments.records.experiments import get_experiment
from model_service.experiments.records.units import list_rates
from model_service.experiments.specification import Specification
from model_service.experiments.unit_list import WORK, PlannedUnit
from model_service.trading.exposure import ACTION_COUNT

TRAINING_SHARE = 0.85
"""Of a budget: the rest is for reading candles, compiling, validating and assessing."""

_MEASURED_UNITS = 50
_START_SECONDS = 6.0
"""Of a first unit's process, with TensorFlow and the compilation of a step."""
_UNIT_SECONDS = 1.0
_ASSESSMENT_SECONDS = 3.0
_USUAL_SECONDS_PER_STEP = 4e-4
_USUAL_SECONDS_PER_OPERATION = 2e-10
"""Of a core of 2020, from the benchmark of training; used until something was measured."""


@dataclass(frozen=True)
class Estimate:
    """What an experiment would take, as `ExperimentEstimate` of the contract."""

    units: int
    steps: int | None
    total_steps: int
    seconds: float
    steps_per_second: float
    measured: bool


def estimate(
    spec: Specification, units: Sequence[PlannedUnit], database: Database, *, slots: int
) -> Estimate:
    """What an experiment would take on a worker with so many slots.

    Parameters
    ----------
    spec : Specification
    units : sequence of PlannedUnit
    database : Database
        With the rates of earlier units.
    slots : int
    """
    work = [unit for unit in units if unit.stage == WORK]
    if spec.kind == "evaluate":
        seconds = _START_SECONDS + _UNIT_SECONDS + _ASSESSMENT_SECONDS
        return Estimate(len(work), None, 0, seconds, _rate_of(spec.parts().agent), False)
    rate, measured = _known_rate(spec.parts(work[0].point).agent, database)
    side_by_side = min(slots, len(work))
    if spec.budget_seconds is not None:
        seconds = spec.budget_seconds
        steps = max(1, int(rate * seconds * TRAINING_SHARE * side_by_side / len(work)))
    else:
        assert spec.steps is not None  # noqa: S101 - one of the two is given
        steps = spec.steps
        rounds = math.ceil(len(work) / slots)
        seconds = _START_SECONDS + rounds * (steps / rate + _UNIT_SECONDS) + _ASSESSMENT_SECONDS
    return Estimate(len(work), steps, steps * len(work), seconds, rate, measured)


def _known_rate(config: AgentConfig, database: Database) -> tuple[float, bool]:
    """Steps a second, and whether they were measured on units of the same cost."""

    def work() -> list[tuple[Mapping[str, Any], dict[str, Any], float]]:
        with database.reading() as connection:
            return [
                (get_experiment(connection, experiment_id).specification, point, rate)
                for experiment_id, point, rate in list_rates(connection, limit=_MEASURED_UNITS)
            ]

    wanted = _seconds_per_step(config)
    like: list[float] = []
    scaled: list[float] = []
    for plain, point, rate in database.run(work):
        cost = _seconds_per_step(Specification.from_dict(plain).parts(point).agent)
        if math.isclose(cost, wanted, rel_tol=0.01):
            like.append(rate)
        scaled.append(rate * cost / wanted)
    if like:
        return float(np.median(like)), True
    return (float(np.median(scaled)) if scaled else _rate_of(config)), False


def _rate_of(config: AgentConfig) -> float:
    return 1.0 / _seconds_per_step(config)


def _seconds_per_step(config: AgentConfig) -> float:
    """A guess: so much for a step, and so much for each product in it."""
    rungs = len(config.ladder.rungs)
    widths = [len(config.features.names) + rungs, *config.network.hidden, ACTION_COUNT]
    products = sum(low * high for low, high in itertools.pairwise(widths))
    # Online network twice, its gradient, and the target network once.
    samples = 5 * config.members * config.learning.batch_candles * rungs
    return _USUAL_SECONDS_PER_STEP + _USUAL_SECONDS_PER_OPERATION * samples * products
