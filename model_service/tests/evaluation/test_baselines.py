"""Baselines by hand, and their sweep against one run after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_service.evaluation.baselines import (
    BASELINE_NAMES,
    LONGEST_WINDOW,
    MOVING_AVERAGE_RULES,
    WINDOW_PAIRS,
    Rule,
    best_pair,
    buy_and_hold,
    moving_average_signs,
    moving_averages,
    random_exposures,
    sell_and_hold,
)
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule, keep_ledger

rules = pytest.mark.parametrize("rule", MOVING_AVERAGE_RULES)


def candles_of(closes: NDArray[np.float64]) -> Candles:
    opens = np.append(closes[0], closes[:-1])
    return Candles(
        "TEST",
        np.arange(closes.shape[0], dtype=np.int64) * 86_400,
        opens,
        np.maximum(opens, closes),
        np.minimum(opens, closes),
        closes,
        np.ones_like(closes),
    )


def random_closes(count: int, seed: int = 0) -> NDArray[np.float64]:
    steps = np.random.default_rng(seed).normal(0.0005, 0.02, count)
    closes: NDArray[np.float64] = 100.0 * np.exp(np.cumsum(steps))
    return closes


def test_names_are_those_of_the_contract() -> None:
    assert BASELINE_NAMES == (
        "buy_and_hold", "sell_and_hold", "trend_following", "mean_reversion", "random",
    )  # fmt: skip


def test_holding_begins_where_it_is_told() -> None:
    assert buy_and_hold(3).tolist() == [1.0, 1.0, 1.0]
    assert buy_and_hold(4, 2).tolist() == [0.0, 0.0, 1.0, 1.0]
    assert sell_and_hold(3, 1).tolist() == [0.0, -1.0, -1.0]


def test_there_are_406_pairs_short_ascending_then_long() -> None:
    assert len(WINDOW_PAIRS) == 406
    assert WINDOW_PAIRS[:2] == ((1, 2), (1, 3))
    assert WINDOW_PAIRS[-1] == (28, 29)
    assert list(WINDOW_PAIRS) == sorted(WINDOW_PAIRS)


def test_moving_averages_are_means_of_the_last_closes() -> None:
    closes = random_closes(50)
    means = moving_averages(closes)
    assert means.shape == (LONGEST_WINDOW, 50)
    for window in (1, 2, 17, 29):
        for t in (window - 1, 30, 49):
            expected = closes[t - window + 1 : t + 1].mean()
            assert means[window - 1, t] == pytest.approx(expected, rel=1e-12)


def test_moving_averages_of_few_closes() -> None:
    assert moving_averages(np.array([3.0, 5.0]))[:2, 1].tolist() == [5.0, 4.0]


def test_signs_by_hand() -> None:
    closes = np.array([1.0, 2.0, 4.0, 3.0, 3.0, 3.0])
    # Averages of 1: 2, 4, 3, 3, 3 and of 2: 1.5, 3, 3.5, 3, 3 from the second close on.
    trend = moving_average_signs(closes, 1, 2, "trend_following", first=1)
    assert trend.tolist() == [0.0, 1.0, 1.0, -1.0, 1.0, 1.0]
    reversion = moving_average_signs(closes, 1, 2, "mean_reversion", first=1)
    assert reversion.tolist() == [0.0, -1.0, -1.0, 1.0, 1.0, 1.0]


@rules
def test_signs_begin_where_the_longest_average_does(rule: Rule) -> None:
    signs = moving_average_signs(random_closes(40), 2, 5, rule)
    assert not signs[: LONGEST_WINDOW - 1].any()
    assert (np.abs(signs[LONGEST_WINDOW - 1 :]) == 1.0).all()


@rules
@given(st.integers(0, 1_000), st.integers(30, 79))
def test_later_closes_change_no_earlier_sign(rule: Rule, seed: int, cut: int) -> None:
    closes = random_closes(80, seed)
    whole = moving_average_signs(closes, 3, 20, rule)
    np.testing.assert_array_equal(moving_average_signs(closes[:cut], 3, 20, rule), whole[:cut])


@rules
@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_the_best_pair_is_that_of_one_run_after_the_other(rule: Rule, fill: FillRule) -> None:
    candles = candles_of(random_closes(120, seed=3))
    cash, costs, can_trade = 1e5, Costs(10.0, 5.0), np.ones(120, dtype=np.bool_)
    best, found = -np.inf, (0, 0)
    for short, long in WINDOW_PAIRS:
        exposure = moving_average_signs(candles.close, short, long, rule)
        worth = keep_ledger(
            candles, exposure, cash=cash, costs=costs, fill=fill, can_trade=can_trade
        ).net_worth
        returns = worth / np.append(cash, worth[:-1]) - 1.0
        ratio = returns.mean() / returns.std(ddof=1)
        if ratio > best:
            best, found = ratio, (short, long)
    terms = {"cash": cash, "costs": costs, "fill": fill, "can_trade": can_trade}
    assert best_pair(candles, rule, **terms) == found


@rules
def test_of_equal_pairs_the_first_found_wins(rule: Rule) -> None:
    candles = candles_of(np.full(60, 10.0))
    pair = best_pair(
        candles,
        rule,
        cash=1e5,
        costs=Costs(0.0, 0.0),
        fill="next_close",
        can_trade=np.ones(60, dtype=np.bool_),
    )
    assert pair == (1, 2)


paths = st.lists(st.sampled_from([-1.0, -0.5, 0.0, 1.0]), min_size=1, max_size=60).map(np.array)


@given(paths, st.integers(0, 100), st.integers(0, 60))
def test_a_random_run_has_the_same_turnover_and_the_same_time_at_each_rung(
    exposure: NDArray[np.float64], seed: int, first: int
) -> None:
    shuffled = random_exposures(exposure, seed, first)
    np.testing.assert_array_equal(np.sort(shuffled), np.sort(exposure))
    np.testing.assert_array_equal(shuffled[:first], exposure[:first])

    def orders(path: NDArray[np.float64]) -> list[float]:
        steps = np.diff(path, prepend=0.0)
        return [float(step) for step in steps[steps != 0.0]]

    assert orders(shuffled) == orders(exposure)
    np.testing.assert_array_equal(shuffled, random_exposures(exposure, seed, first))


def test_random_runs_differ_by_seed_and_leave_the_model_as_it_is() -> None:
    exposure = np.repeat([0.0, 1.0] * 10, np.arange(1, 21))
    before = exposure.copy()
    draws = [random_exposures(exposure, seed) for seed in range(20)]
    assert len({draw.tobytes() for draw in draws}) == 20
    np.testing.assert_array_equal(exposure, before)
