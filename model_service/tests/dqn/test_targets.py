"""Targets against numbers worked out by hand, and rewards against the ledger."""

import dataclasses
import math

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.dqn.targets import (
    double_q_targets,
    fill_prices,
    reward_table,
    trade_growth,
)
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.exposure import Action, ExposureLadder
from model_service.trading.ledger import keep_ledger

LADDER = ExposureLadder()
COSTS = Costs(commission_bps=100.0, slippage_bps=50.0)


def candles_of(opens: list[float], volume: list[float] | None = None) -> Candles:
    prices = np.array(opens)
    return Candles(
        "TEST",
        np.arange(len(opens), dtype=np.int64) * 86_400,
        prices,
        prices * 1.1,
        prices * 0.9,
        prices * 1.05,
        np.array(volume if volume is not None else [1.0] * len(opens)),
    )


def test_fill_prices_are_those_of_the_next_candle() -> None:
    candles = candles_of([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(fill_prices(candles, "next_open"), [2.0, 3.0, np.nan])
    np.testing.assert_allclose(fill_prices(candles, "next_close"), [2.1, 3.15, np.nan])


def test_fill_prices_wait_for_volume() -> None:
    candles = candles_of([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 1.0, 0.0])
    np.testing.assert_array_equal(fill_prices(candles, "next_open"), [3.0, 3.0, np.nan, np.nan])


def test_rewards_by_hand() -> None:
    rewards = reward_table(candles_of([10.0, 20.0, 30.0, 24.0]), LADDER, COSTS, "next_open")
    buy_cost = -math.log(1.005 * 1.01)
    sell_cost = math.log(0.995 * 0.99)
    flat, held = 0, 1
    assert rewards[0, flat, Action.HOLD] == 0.0
    assert rewards[0, flat, Action.BUY] == pytest.approx(math.log(30 / 20) + buy_cost, rel=1e-6)
    assert rewards[0, held, Action.HOLD] == pytest.approx(math.log(30 / 20), rel=1e-6)
    assert rewards[0, held, Action.SELL] == pytest.approx(sell_cost, rel=1e-6)
    assert rewards[1, held, Action.HOLD] == pytest.approx(math.log(24 / 30), rel=1e-6)
    assert np.isnan(rewards[2:, held, Action.HOLD]).all()


def test_moving_half_costs_half() -> None:
    growth = trade_growth(ExposureLadder((0.0, 0.5, 1.0)), Costs(commission_bps=100.0))
    assert growth[0, 0] == 1.0
    assert growth[0, 2] == pytest.approx(1.0 / 1.01)
    assert growth[2, 0] == pytest.approx(0.99)
    assert growth[2, 1] == pytest.approx(1.0 - 0.5 * 0.01)


def test_mixed_prices_are_rewarded_at_closes() -> None:
    candles = candles_of([10.0, 20.0, 30.0, 24.0])
    mixed = dataclasses.replace(candles, price_basis="mixed")
    np.testing.assert_array_equal(
        reward_table(mixed, LADDER, COSTS, "next_open"),
        reward_table(candles, LADDER, COSTS, "next_close"),
    )


@given(
    opens=st.lists(st.floats(50.0, 200.0), min_size=6, max_size=30),
    choices=st.lists(st.booleans(), min_size=30, max_size=30),
    commission=st.floats(0.0, 100.0),
    slippage=st.floats(0.0, 100.0),
    traded=st.lists(st.sampled_from([0.0, 1.0, 1.0]), min_size=30, max_size=30),
)
@settings(deadline=None)
def test_rewards_add_up_to_the_ledgers_log_net_worth(
    opens: list[float],
    choices: list[bool],
    commission: float,
    slippage: float,
    traded: list[float],
) -> None:
    """Follow any path of exposures: the sum of its rewards is the growth from fill to fill."""
    count = len(opens)
    # The first and last candles trade, so that the sum begins and ends on a fill.
    volume = [1.0, 1.0, *traded[: count - 4], 1.0, 1.0]
    candles = candles_of(opens, volume)
    costs = Costs(commission, slippage)
    rewards = reward_table(candles, LADDER, costs, "next_open").astype(np.float64)
    # Decisions on candles without volume ahead keep what is held: the ledger fills the latest.
    rungs, total, held = [], 0.0, 0
    for t in range(count - 2):
        wanted = int(choices[t]) if volume[t + 1] > 0.0 else held
        action = Action(wanted - held + int(Action.HOLD))
        total += rewards[t, held, action]
        held = wanted
        rungs.append(float(held))
    exposure = np.array([*rungs, rungs[-1], rungs[-1]])
    cash = 1e12  # so that whole shares do not matter
    ledger = keep_ledger(candles, exposure, cash=cash, costs=costs, fill="next_open")
    worth_at_last_fill = ledger.cash[-1] + ledger.quantity[-1] * candles.open[-1]
    assert math.log(worth_at_last_fill / cash) == pytest.approx(total, abs=1e-5)


def test_double_q_targets_by_hand() -> None:
    # One member, two rungs, one row.
    rewards = tf.constant([[[[0.0, 1.0, 2.0]], [[3.0, 4.0, 0.0]]]])
    # From flat the online network prefers buy (impossible sells are large on purpose); from held
    # it prefers sell. The target network values those choices with 20 and 40.
    online = tf.constant([[[[99.0, 1.0, 2.0]], [[5.0, 4.0, 99.0]]]])
    target = tf.constant([[[[-1.0, 10.0, 20.0]], [[40.0, 30.0, -1.0]]]])
    targets = double_q_targets(rewards, online, target, LADDER, discount=0.5).numpy()
    flat_value, held_value = 0.5 * 20.0, 0.5 * 40.0
    np.testing.assert_allclose(targets[0, 0, 0, 1:], [1.0 + flat_value, 2.0 + held_value])
    np.testing.assert_allclose(targets[0, 1, 0, :2], [3.0 + flat_value, 4.0 + held_value])
