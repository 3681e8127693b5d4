from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from model_service.dqn.agent import Agent
from model_service.dqn.policy import walk
from model_service.market.candles import Candles
from model_service.trading.exposure import Action, ExposureLadder

LADDER = ExposureLadder()


def test_a_walk_by_hand() -> None:
    nothing = [0.0, 0.0, 0.0]
    table = np.array(
        [
            [[9.0, 0.0, 1.0], nothing],  # flat: buy, the impossible sell notwithstanding
            [nothing, [0.0, 1.0, 9.0]],  # held: hold
            [nothing, [2.0, 1.0, 0.0]],  # held: sell
            [[0.0, 1.0, 1.0], nothing],  # flat: of equals hold wins
        ],
        dtype=np.float32,
    )
    decisions = walk(table, LADDER, first=0)
    assert decisions.action.tolist() == [Action.BUY, Action.HOLD, Action.SELL, Action.HOLD]
    assert decisions.rung.tolist() == [1, 1, 0, 0]
    np.testing.assert_array_equal(
        decisions.q, [[np.nan, 0, 1], [0, 1, np.nan], [2, 1, np.nan], [np.nan, 1, 1]]
    )


def test_warm_up_holds_flat_without_q_values() -> None:
    table = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (4, 2, 1))
    decisions = walk(table, LADDER, first=2)
    assert decisions.action.tolist() == [Action.HOLD, Action.HOLD, Action.BUY, Action.HOLD]
    assert np.isnan(decisions.q[:2]).all()


tables = st.integers(1, 60).flatmap(
    lambda count: hnp.arrays(
        np.float32,
        (count, 3, 3),
        elements=st.floats(-10, 10, width=32),
    )
)


@given(tables, st.integers(0, 10))
def test_the_scan_equals_stepping_one_by_one(table: NDArray[np.float32], first: int) -> None:
    ladder = ExposureLadder((0.0, 0.5, 1.0))
    decisions = walk(table, ladder, min(first, table.shape[0]))
    rung = ladder.flat_rung
    for t in range(table.shape[0]):
        if t < first:
            assert decisions.action[t] == Action.HOLD
            continue
        values = {
            action: table[t, rung, action] for action in Action if ladder.possible[rung, action]
        }
        best = max(values.values())
        ranked = [a for a in (Action.HOLD, Action.SELL, Action.BUY) if values.get(a) == best]
        assert decisions.action[t] == ranked[0]
        rung = int(ladder.next_rung[rung, ranked[0]])
        assert decisions.rung[t] == rung


@pytest.mark.parametrize("count", [1, 511, 512, 513, 1_400])
def test_q_values_do_not_depend_on_how_many_candles_follow(
    tiny_agent: Agent, random_candles: Callable[..., Candles], count: int
) -> None:
    features = np.random.default_rng(1).normal(size=(1_400, 16)).astype(np.float32)
    features = np.resize(features, (1_400, len(tiny_agent.config.features.names)))
    whole = tiny_agent.q_function(features)
    np.testing.assert_array_equal(tiny_agent.q_function(features[:count]), whole[:count])


@given(cut=st.integers(1, 699), seed=st.integers(0, 3))
@settings(deadline=None, max_examples=30)
def test_cutting_off_later_candles_changes_no_earlier_decision(
    tiny_agent: Agent, random_candles: Callable[..., Candles], cut: int, seed: int
) -> None:
    candles = random_candles(700, seed)
    whole = tiny_agent.decide(tiny_agent.q_table(candles), 0)
    prefix = candles.slice(0, cut)
    decisions = tiny_agent.decide(tiny_agent.q_table(prefix), 0)
    np.testing.assert_array_equal(decisions.action, whole.action[:cut])
    np.testing.assert_array_equal(decisions.rung, whole.rung[:cut])
    np.testing.assert_array_equal(decisions.q, whole.q[:cut])


def test_stepping_candle_by_candle_gives_the_same_decisions(
    tiny_agent: Agent, random_candles: Callable[..., Candles]
) -> None:
    """The loop that the table replaces: one prefix, one network call, one decision at a time."""
    candles = random_candles(120)
    whole = tiny_agent.decide(tiny_agent.q_table(candles), 0)
    for stop in range(1, 121):
        step = tiny_agent.decide(tiny_agent.q_table(candles.slice(0, stop)), 0)
        assert step.action[-1] == whole.action[stop - 1]
        assert step.rung[-1] == whole.rung[stop - 1]
