"""The reward of training against numbers worked out by hand."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from model_service.dqn.config import AgentConfig, LearningConfig
from model_service.dqn.objective import objective_tables, reward_units
from model_service.dqn.targets import reward_table
from model_service.market.candles import Candles
from model_service.market.features import FeatureRecipe
from model_service.trading.costs import Costs
from model_service.trading.exposure import Action, ExposureLadder

LADDER = ExposureLadder((0.0, 0.5, 1.0))
COSTS = Costs(commission_bps=100.0)
FLAT, HALF, FULL = 0, 1, 2


def candles_of(prices: list[float]) -> Candles:
    values = np.array(prices)
    time = np.arange(len(prices), dtype=np.int64) * 86_400
    return Candles("TEST", time, values, values, values, values, np.ones(len(prices)))


def config_of(**learning: float) -> AgentConfig:
    features = FeatureRecipe(return_horizons=(1,), range_windows=(1,), volatility_candles=1)
    return AgentConfig(features, ladder=LADDER, costs=COSTS, learning=LearningConfig(**learning))  # type: ignore[arg-type]


CANDLES = candles_of([10.0, 10.0, 11.0, 8.8, 8.8])
# A decision at candle 0 earns from 10 to 11, one at candle 1 from 11 to 8.8. The first candle only
# warms up, so the mean change that is learned from is that of candles 1 and 2.
MEAN = (-0.2 + 0.0) / 2


def test_without_terms_it_is_the_log_growth(random_candles: Callable[..., Candles]) -> None:
    series = [random_candles(50, 0), random_candles(60, 1)]
    config = config_of()
    for candles, table in zip(series, objective_tables(series, config), strict=True):
        np.testing.assert_array_equal(table, reward_table(candles, LADDER, COSTS, config.fill))


def test_risk_costs_half_the_squared_return_of_what_is_held() -> None:
    plain = objective_tables([CANDLES], config_of())[0]
    averse = objective_tables([CANDLES], config_of(risk_aversion=3.0))[0]
    taken = plain - averse
    assert taken[0, FLAT, Action.HOLD] == 0.0
    assert taken[0, FLAT, Action.BUY] == pytest.approx(1.5 * 0.05**2, rel=1e-4)
    assert taken[0, FULL, Action.HOLD] == pytest.approx(1.5 * 0.1**2, rel=1e-4)
    assert taken[1, FULL, Action.HOLD] == pytest.approx(1.5 * 0.2**2, rel=1e-4)
    assert taken[1, FULL, Action.SELL] == pytest.approx(1.5 * 0.1**2, rel=1e-4)


def test_risk_may_be_the_same_on_every_candle() -> None:
    plain = objective_tables([CANDLES], config_of())[0]
    averse = objective_tables([CANDLES], config_of(risk_aversion=3.0, realised_risk=False))[0]
    taken = plain - averse
    for t in range(3):
        assert taken[t, FULL, Action.HOLD] == pytest.approx(1.5 * 0.01**2, rel=1e-3)
        assert taken[t, FULL, Action.SELL] == pytest.approx(1.5 * 0.005**2, rel=1e-3)
        assert taken[t, FLAT, Action.HOLD] == 0.0


def test_turnover_costs_by_the_share_that_is_moved() -> None:
    plain = objective_tables([CANDLES], config_of())[0]
    dear = objective_tables([CANDLES], config_of(turnover_penalty_bps=40.0))[0]
    taken = plain - dear
    assert taken[0, HALF, Action.HOLD] == 0.0
    assert taken[0, HALF, Action.BUY] == pytest.approx(0.002, rel=1e-4)
    assert taken[0, HALF, Action.SELL] == pytest.approx(0.002, rel=1e-4)
    assert taken[0, FULL, Action.BUY] == 0.0  # impossible


def test_rewards_count_in_units_of_the_running_volatility() -> None:
    wild = candles_of([100.0, 102.0, 100.0, 102.0, 100.0, 102.0, 100.0])
    units = reward_units(wild, span=5)
    assert np.isnan(units[:2]).all()
    # Every step is of log(1.02), and so is the volatility.
    np.testing.assert_allclose(units[2:], 0.01 / math.log(1.02))
    table = objective_tables([wild], config_of(volatility_unit_candles=5, risk_aversion=2.0))[0]
    unit, change = 0.01 / math.log(1.02), 100 / 102 - 1
    assert table[2, FULL, Action.HOLD] == pytest.approx(
        unit * math.log1p(change) - (unit * change) ** 2, rel=1e-5
    )


def test_without_direction_only_the_mean_return_is_let_through() -> None:
    changes = [0.1, -0.2, 0.0]
    config = config_of(direction_weight=0.0, risk_aversion=2.0)
    table = objective_tables([CANDLES], config)[0]
    drift = MEAN
    for t, change in enumerate(changes):
        assert table[t, FULL, Action.HOLD] == pytest.approx(math.log1p(drift) - change**2, rel=1e-4)
    half = objective_tables([CANDLES], config_of(direction_weight=0.5))[0]
    assert half[1, FULL, Action.HOLD] == pytest.approx(
        math.log1p(0.5 * -0.2 + 0.5 * drift), rel=1e-4
    )


def test_an_assumed_drift_takes_the_place_of_the_mean() -> None:
    config = config_of(direction_weight=0.5, assumed_drift_bps=30.0)
    table = objective_tables([CANDLES], config)[0]
    drift = MEAN
    assert table[1, FULL, Action.HOLD] == pytest.approx(
        math.log1p(0.5 * (-0.2 - drift) + 0.003), rel=1e-4
    )
    whole = objective_tables([CANDLES], config_of(assumed_drift_bps=30.0))[0]
    assert whole[0, FULL, Action.HOLD] == pytest.approx(math.log1p(0.1 - drift + 0.003), rel=1e-4)


def test_the_mean_return_is_pooled_over_the_series() -> None:
    other = candles_of([10.0, 10.0, 13.0, 13.0])
    tables = objective_tables([CANDLES, other], config_of(direction_weight=0.0))
    drift = np.mean([-0.2, 0.0, 0.0])
    for table in tables:
        assert table[0, FULL, Action.HOLD] == pytest.approx(math.log1p(drift), rel=1e-4)
