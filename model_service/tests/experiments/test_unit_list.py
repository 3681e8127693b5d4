"""What an experiment comes to in units."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from model_service.errors import InvalidRequest, TrainingDataError
from model_service.experiments.specification import Specification
from model_service.experiments.unit_list import ASSESS, CALIBRATE, MAX_UNITS, WORK, plan_units
from model_service.market.candles import Candles

Make = Callable[..., Specification]
WINDOWS = {"train_candles": 200, "validation_candles": 50, "test_candles": 50, "purge_candles": 2}


@pytest.fixture(scope="module")
def series(random_candles: Callable[..., Candles]) -> list[Candles]:
    return [random_candles(400)]


def told(spec: Specification, series: list[Candles]) -> list[tuple[Any, ...]]:
    return [
        (unit.stage, unit.task, unit.seed, unit.fold, unit.point, unit.total)
        for unit in plan_units(spec, series)
    ]


def test_a_training_has_a_unit_a_seed_and_an_assessment(
    make_specification: Make, series: list[Candles]
) -> None:
    assert told(make_specification(seeds=(4, 2)), series) == [
        (WORK, "train", 4, None, {}, 40),
        (WORK, "train", 2, None, {}, 40),
        (ASSESS, "assess", None, None, {}, 0),
    ]


def test_a_budget_is_calibrated_first(make_specification: Make, series: list[Candles]) -> None:
    units = plan_units(make_specification(budget_seconds=60.0, seeds=(4, 2)), series)
    assert [(unit.unit, unit.stage, unit.task, unit.seed, unit.total) for unit in units] == [
        (0, CALIBRATE, "calibrate", 4, 0),
        (1, WORK, "train", 4, 0),
        (2, WORK, "train", 2, 0),
        (3, ASSESS, "assess", None, 0),
    ]


def test_a_sweep_has_every_point_with_every_seed(
    make_specification: Make, series: list[Candles]
) -> None:
    low, high = ({"learning.discount": value} for value in (0.5, 0.9))
    assert told(make_specification("sweep", seeds=(0, 1)), series) == [
        (WORK, "train", 0, None, low, 40),
        (WORK, "train", 1, None, low, 40),
        (WORK, "train", 0, None, high, 40),
        (WORK, "train", 1, None, high, 40),
        (ASSESS, "assess", None, None, {}, 0),
    ]


def test_walk_forward_has_every_fold_with_every_seed(
    make_specification: Make, series: list[Candles], tiny_config: dict[str, Any]
) -> None:
    spec = make_specification(
        "walk-forward", seeds=(0, 1), config={**tiny_config, "windows": WINDOWS}
    )
    work = told(spec, series)[:-1]
    folds = [unit[3] for unit in work if unit[2] == 0]
    assert folds == list(range(len(folds)))
    assert len(folds) > 1
    assert [unit[2] for unit in work] == [0] * len(folds) + [1] * len(folds)


def test_an_evaluation_asks_once(make_specification: Make, series: list[Candles]) -> None:
    assert [unit[1] for unit in told(make_specification("evaluate"), series)] == [
        "decide",
        "assess",
    ]


@pytest.mark.parametrize(
    ("kind", "given", "error", "field"),
    [
        ("train", {"config": {}}, TrainingDataError, "start"),
        ("walk-forward", {}, TrainingDataError, None),
        ("sweep", {"grid": {"learning.discount": [0.5, 1.5]}}, InvalidRequest,
         "grid.learning.discount"),
        ("sweep", {"grid": {"features.volatility_candles": [10, 500]}}, InvalidRequest, "grid"),
        ("sweep", {"grid": {"split.train_fraction": [0.5, 0.01]}}, InvalidRequest, "grid"),
    ],
)  # fmt: skip
def test_what_the_candles_do_not_allow_is_refused(
    make_specification: Make, series: list[Candles], kind: str, given: dict[str, Any],
    error: type[Exception], field: str | None,
) -> None:  # fmt: skip
    few = [series[0].slice(0, 150)]
    with pytest.raises(error) as refusal:
        plan_units(make_specification(kind, **given), few)
    if field is not None:
        assert refusal.value.field == field  # type: ignore[attr-defined]


def test_too_many_units_are_refused(make_specification: Make, series: list[Candles]) -> None:
    grid = {"learning.discount": [place / 200 for place in range(150)]}
    spec = make_specification("sweep", grid=grid, seeds=tuple(range(100)))
    with pytest.raises(InvalidRequest, match="15,000 units") as refusal:
        plan_units(spec, series)
    assert (refusal.value.field, refusal.value.limit) == ("seeds", MAX_UNITS)


def test_the_largest_sweep_on_long_series_is_planned_in_seconds(
    make_specification: Make, random_candles: Callable[..., Candles]
) -> None:
    grid = {
        "learning.discount": [place / 200 for place in range(100)],
        "learning.weight_decay": [place / 200 for place in range(100)],
    }
    long = [random_candles(200_000, seed, f"S{seed}") for seed in range(3)]
    began = time.monotonic()
    units = plan_units(make_specification("sweep", grid=grid), long)
    assert len(units) == MAX_UNITS + 1
    assert time.monotonic() - began < 20.0


def test_a_row_of_the_table_is_made_of_a_unit(
    make_specification: Make, series: list[Candles]
) -> None:
    row = plan_units(make_specification(), series)[0].to_row("train-1")
    assert row == {
        "experiment_id": "train-1", "unit": 0, "stage": WORK, "task": "train", "seed": 0,
        "fold": None, "point": {}, "total": 40,
    }  # fmt: skip
