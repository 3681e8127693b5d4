"""Regimes dated by hand, and results that add up."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.regimes import KINDS, regime_results, regimes
from model_service.evaluation.scored_run import ScoredRun

RunMaker = Callable[..., ScoredRun]


def named(close: list[float]) -> list[str]:
    return [KINDS[label] for label in regimes(np.array(close))]


def test_a_rise_and_a_fall() -> None:
    #        trough            peak             trough
    close = [100.0, 110.0, 118.0, 125.0, 115.0, 100.0, 95.0]
    assert named(close) == ["bull"] * 4 + ["bear"] * 3


def test_a_dip_of_less_than_a_turn_does_not_end_a_rise() -> None:
    assert named([100.0, 115.0, 104.0, 130.0]) == ["bull"] * 4


def test_turns_that_stay_small_are_sideways() -> None:
    assert named([100.0, 112.0, 100.0, 112.0, 100.0]) == ["sideways"] * 5
    assert named([100.0, 101.0, 99.0, 100.0]) == ["sideways"] * 4
    assert named([100.0]) == ["sideways"]


def test_what_follows_the_last_extreme_is_a_swing_of_its_own() -> None:
    assert named([100.0, 130.0, 128.0, 120.0]) == ["bull", "bull", "sideways", "sideways"]
    assert named([100.0, 70.0, 72.0]) == ["bear", "bear", "sideways"]


@given(st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=80))
def test_each_stretch_moves_as_its_kind_says(steps: list[float]) -> None:
    close = 100.0 * np.exp(np.cumsum(steps))
    labels = regimes(close)
    rises = np.diff(np.log(close))
    for kind, sign in (("bull", 1.0), ("bear", -1.0)):
        inside = labels[1:] == KINDS.index(kind)  # type: ignore[arg-type]
        if inside.any():
            assert sign * rises[inside].sum() > 0.0
    assert labels.shape == close.shape


def test_results_by_hand(make_run: RunMaker) -> None:
    prices = [100.0, 100.0, 150.0, 75.0]
    hold = make_run(prices, [1.0] * 4)
    timed = make_run(prices, [1.0, 0.0, 0.0, 0.0], seed=0)
    idle = make_run(prices, [0.0] * 4, seed=1)
    bull, bear, sideways = regime_results([timed, idle], [hold])
    assert (bull.kind, bull.candles, bull.candles_fraction) == ("bull", 3, 0.75)
    assert bull.total_return_fraction == pytest.approx(0.25)
    assert bull.buy_and_hold_total_return_fraction == pytest.approx(0.5)
    returns = np.array([0.0, 0.0, 0.5])
    assert bull.buy_and_hold_sharpe == pytest.approx(
        np.sqrt(252.0) * returns.mean() / returns.std(ddof=1)
    )
    pooled = np.array([0.0, 0.0, 0.5, 0.0, 0.0, 0.0])
    assert bull.sharpe == pytest.approx(np.sqrt(252.0) * pooled.mean() / pooled.std(ddof=1))
    assert (bear.candles, bear.total_return_fraction) == (1, 0.0)
    assert bear.buy_and_hold_total_return_fraction == pytest.approx(-0.5)
    assert bear.buy_and_hold_sharpe is None
    assert sideways.to_dict() == {
        "kind": "sideways",
        "candles": 0,
        "candles_fraction": 0.0,
        "total_return_fraction": None,
        "sharpe": None,
        "buy_and_hold_total_return_fraction": None,
        "buy_and_hold_sharpe": None,
    }


def test_the_kinds_of_one_run_compound_to_its_result(make_run: RunMaker) -> None:
    prices = 100.0 * np.exp(np.cumsum(np.random.default_rng(3).normal(0.0, 0.03, 400)))
    run = make_run(prices, [1.0] * 400)
    found = regime_results([run], [run])
    assert sum(part.candles for part in found) == 400
    assert all(part.candles for part in found)
    assert np.prod([1.0 + (part.total_return_fraction or 0.0) for part in found]) == pytest.approx(
        1.0 + run.total_return_fraction
    )
