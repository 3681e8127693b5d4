"""How long an experiment would take, from what was measured here."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from model_service.database import Database
from model_service.experiments.rates import TRAINING_SHARE, estimate
from model_service.experiments.records.units import claim_unit, update_claimed
from model_service.experiments.specification import Specification
from model_service.experiments.unit_list import plan_units
from model_service.market.candles import Candles

Make = Callable[..., Specification]


@pytest.fixture(scope="module")
def series(random_candles: Callable[..., Candles]) -> list[Candles]:
    return [random_candles(400)]


def measure(database: Database, experiment_id: str, rate: float, at: float = 1.0) -> None:
    """Have a unit of an experiment trained at a rate."""
    with database.writing() as connection:
        claim = claim_unit(connection, experiment_id, 0, "w", 1.0)
        assert claim is not None
        update_claimed(connection, claim, state="done", steps_per_second=rate, ended_at=at)


def test_without_a_measurement_the_rate_is_a_guess(
    sqlite_database: Database, make_specification: Make, series: list[Candles]
) -> None:
    small = make_specification(seeds=(0, 1, 2))
    found = estimate(small, plan_units(small, series), sqlite_database, slots=2)
    assert (found.units, found.steps, found.total_steps, found.measured) == (3, 40, 120, False)
    large = make_specification(config={"network": {"hidden": [512, 512]}})
    slower = estimate(large, plan_units(large, series), sqlite_database, slots=2)
    assert 0 < slower.steps_per_second < found.steps_per_second
    assert 0 < found.seconds < 60


def test_a_measured_rate_of_like_units_is_taken(
    sqlite_database: Database,
    make_specification: Make,
    add_experiment: Callable[..., str],
    series: list[Candles],
) -> None:
    for rate in (80.0, 100.0, 5_000.0):
        measure(sqlite_database, add_experiment(sqlite_database), rate)
    spec = make_specification(steps=1_000, seeds=tuple(range(5)))
    found = estimate(spec, plan_units(spec, series), sqlite_database, slots=2)
    assert (found.steps_per_second, found.measured) == (100.0, True)
    # Five units of ten seconds on two slots: three rounds.
    assert 30.0 < found.seconds < 50.0


def test_a_rate_of_other_units_is_scaled(
    sqlite_database: Database,
    make_specification: Make,
    add_experiment: Callable[..., str],
    series: list[Candles],
) -> None:
    large = make_specification(config={"network": {"hidden": [512, 512]}})
    guess = estimate(large, plan_units(large, series), sqlite_database, slots=1)
    small = make_specification()
    small_guess = estimate(small, plan_units(small, series), sqlite_database, slots=1)
    measure(sqlite_database, add_experiment(sqlite_database), small_guess.steps_per_second / 2)
    found = estimate(large, plan_units(large, series), sqlite_database, slots=1)
    assert not found.measured
    assert math.isclose(found.steps_per_second, guess.steps_per_second / 2, rel_tol=1e-6)


@pytest.mark.parametrize(("seeds", "side_by_side"), [((0,), 1), ((0, 1), 2), ((0, 1, 2, 3), 2)])
def test_a_budget_is_turned_into_steps(
    sqlite_database: Database,
    make_specification: Make,
    add_experiment: Callable[..., str],
    series: list[Candles],
    seeds: tuple[int, ...],
    side_by_side: int,
) -> None:
    measure(sqlite_database, add_experiment(sqlite_database), 100.0)
    spec = make_specification(budget_seconds=60.0, seeds=seeds)
    found = estimate(spec, plan_units(spec, series), sqlite_database, slots=2)
    expected = int(100.0 * 60.0 * TRAINING_SHARE * side_by_side / len(seeds))
    assert (found.seconds, found.steps) == (60.0, expected)
    assert found.total_steps == expected * len(seeds)


def test_an_evaluation_trains_nothing(
    sqlite_database: Database, make_specification: Make, series: list[Candles]
) -> None:
    spec: Any = make_specification("evaluate")
    found = estimate(spec, plan_units(spec, series), sqlite_database, slots=2)
    assert (found.units, found.steps, found.total_steps) == (1, None, 0)
    assert found.seconds > 0
