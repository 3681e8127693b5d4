"""A unit reads nothing later, goes on from a checkpoint, and is chosen on validation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.dqn.samples import TrainingSet
from model_service.dqn.trainer import TrainerState
from model_service.errors import TrainingDataError
from model_service.evaluation.protocols.plan import Fold, Plan
from model_service.evaluation.protocols.unit import Saving, UnitResult, run_unit
from model_service.evaluation.protocols.walk_forward import Windows, plan_walk_forward
from model_service.market.candles import Candles
from model_service.market.features import FeatureRecipe

CONFIG = AgentConfig(
    features=FeatureRecipe(return_horizons=(1, 2), range_windows=(5,), volatility_candles=10),
    network=NetworkConfig((4,)),
    learning=LearningConfig(batch_candles=16),
    fill="next_close",
)
WINDOWS = Windows(train_candles=100, validation_candles=30, test_candles=40, purge_candles=5)
STEPS = 8


def plan_of(*series: Candles) -> Plan:
    return plan_walk_forward(series, WINDOWS, "next_close")


def without_validation(fold: Fold) -> Fold:
    return replace(fold, symbols=tuple(replace(one, validation=None) for one in fold.symbols))


def same(left: UnitResult, right: UnitResult) -> bool:
    equal = all(
        np.array_equal(left.tables[name], right.tables[name])
        for name in left.tables.keys() | right.tables.keys()
    )
    return equal and left.train_excess_sharpe == right.train_excess_sharpe


@pytest.fixture(scope="module")
def series(random_candles: Callable[..., Candles]) -> tuple[Candles, Candles]:
    return random_candles(180, 1, "A"), random_candles(180, 2, "B").slice(120)


@pytest.fixture(scope="module")
def made(series: tuple[Candles, Candles]) -> UnitResult:
    (fold,) = plan_of(*series).folds
    return run_unit(fold, CONFIG, seed=3, steps=STEPS)


def test_tables_are_of_the_test_candles(made: UnitResult) -> None:
    assert {name: table.shape for name, table in made.tables.items()} == {
        "A": (40, 2, 3),
        "B": (40, 2, 3),
    }
    assert made.train_excess_sharpe is not None
    assert made.steps in (2, 4, 6, 8)


def test_a_seed_gives_the_same_bits_again_and_another_gives_others(
    series: tuple[Candles, Candles], made: UnitResult
) -> None:
    (fold,) = plan_of(*series).folds
    assert same(run_unit(fold, CONFIG, seed=3, steps=STEPS), made)
    assert not same(run_unit(fold, CONFIG, seed=4, steps=STEPS), made)


def test_q_values_read_no_later_candle(series: tuple[Candles, Candles], made: UnitResult) -> None:
    """With the last 17 candles cut off, and with others in their place, the rest stays."""
    (cut,) = plan_of(*(candles.slice(0, len(candles) - 17) for candles in series)).folds
    (wild,) = plan_of(*(_with_a_wild_end(candles, 17) for candles in series)).folds
    for fold in (cut, wild):
        tables = run_unit(fold, CONFIG, seed=3, steps=STEPS).tables
        for name in ("A", "B"):
            np.testing.assert_array_equal(tables[name][:23], made.tables[name][:23])
    assert (tables["A"][23:] != made.tables["A"][23:]).any()


def _with_a_wild_end(candles: Candles, count: int) -> Candles:
    columns: Mapping[str, np.ndarray] = {
        name: np.where(
            np.arange(len(candles)) < len(candles) - count, 1.0, np.arange(len(candles)) % 3 + 2.0
        )
        * getattr(candles, name)
        for name in ("open", "high", "low", "close", "volume")
    }
    return replace(candles, **columns)


def test_training_goes_on_from_where_it_was_saved(series: tuple[Candles, Candles]) -> None:
    (fold,) = map(without_validation, plan_of(*series).folds)
    whole = run_unit(fold, CONFIG, seed=0, steps=STEPS)
    saved: list[TrainerState] = []
    steps: list[int] = []

    def save(data: TrainingSet, state: TrainerState) -> None:
        saved.append(state)

    def go_on(stop: int, state: TrainerState | None) -> UnitResult:
        return run_unit(
            fold,
            CONFIG,
            seed=0,
            steps=stop,
            saving=Saving(lambda step: step % 4 == 0, lambda _: state, save),
            report_steps=2,
            on_step=steps.append,
        )

    half = go_on(4, None)
    assert [state.step for state in saved] == [4]
    assert same(go_on(STEPS, saved[0]), whole)
    assert steps == [2, 4, 6, 8]
    assert whole.steps == STEPS
    # A state of more steps than are asked for is of no use.
    assert [state.step for state in saved] == [4, 8]
    assert same(go_on(4, saved[1]), half)


def test_the_choice_on_validation_does_not_see_the_test(
    series: tuple[Candles, Candles], made: UnitResult
) -> None:
    """With another test the same network is kept, and validation candles are what decides."""
    (wild,) = plan_of(*(_with_a_wild_end(candles, 40) for candles in series)).folds
    again = run_unit(wild, CONFIG, seed=3, steps=STEPS)
    assert (again.steps, again.train_excess_sharpe) == (made.steps, made.train_excess_sharpe)


def test_a_fold_without_enough_candles_to_learn_from_is_refused(
    random_candles: Callable[..., Candles],
) -> None:
    (fold,) = plan_of(random_candles(180)).folds
    slow = replace(CONFIG, features=replace(CONFIG.features, volatility_candles=150))
    with pytest.raises(TrainingDataError, match="the longest has 100"):
        run_unit(fold, slow, seed=0, steps=1)
