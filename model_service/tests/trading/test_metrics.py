"""Metrics by hand, and against empyrical on random runs."""

import dataclasses
import math

import empyrical
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.market.candles import Candles
from model_service.trading import metrics as m
from model_service.trading.costs import Costs
from model_service.trading.ledger import Fills, keep_ledger

WORTH = np.array([100.0, 110.0, 99.0, 108.9, 87.12, 130.68])
RETURNS = np.array([0.1, -0.1, 0.1, -0.2, 0.5])


def test_returns_by_hand() -> None:
    np.testing.assert_allclose(m.simple_returns(WORTH), RETURNS)


def test_sharpe_by_hand() -> None:
    # mean 0.08; squared deviations 0.0004 + 0.0324 + 0.0004 + 0.0784 + 0.1764 = 0.288
    assert m.sharpe(RETURNS, 252.0) == pytest.approx(math.sqrt(252) * 0.08 / math.sqrt(0.288 / 4))


def test_sortino_by_hand() -> None:
    # mean square of the negative returns over all five: (0.01 + 0.04) / 5
    assert m.sortino(RETURNS, 252.0) == pytest.approx(math.sqrt(252) * 0.08 / 0.1)


def test_drawdown_by_hand() -> None:
    deepest, longest = m.drawdown(WORTH)
    assert deepest == pytest.approx(87.12 / 110.0 - 1.0)
    assert longest == 3


def test_drawdown_that_never_recovers_counts_to_the_end() -> None:
    assert m.drawdown(np.array([100.0, 90.0, 95.0]))[1] == 2
    assert m.drawdown(np.array([1.0, 2.0, 3.0])) == (0.0, 0)


def test_realised_by_hand() -> None:
    fills = Fills(
        index=np.array([1, 2, 3, 4]),
        side=np.array([1, -1, 1, -1]),
        price=np.array([10.0, 12.0, 12.0, 11.0]),
        quantity=np.array([10, 10, 10, 10]),
        commission=np.array([1.0, 1.0, 1.0, 1.0]),
        slippage=np.zeros(4),
    )
    # +20 - 2 = 18 won, -10 - 2 = -12 lost
    assert m.realised(fills) == (0.5, pytest.approx(18.0 / 12.0))


def test_realised_of_a_partial_sale_uses_the_average_cost() -> None:
    fills = Fills(
        index=np.array([1, 2, 3]),
        side=np.array([1, 1, -1]),
        price=np.array([10.0, 20.0, 18.0]),
        quantity=np.array([10, 10, 10]),
        commission=np.zeros(3),
        slippage=np.zeros(3),
    )
    wins, profit = m.realised(fills)
    assert wins == 1.0  # average cost 15, sold at 18
    assert profit is None  # nothing was lost


def test_realised_of_shorts_by_hand() -> None:
    fills = Fills(
        index=np.array([1, 2, 3]),
        side=np.array([-1, 1, 1]),
        price=np.array([10.0, 8.0, 13.0]),
        quantity=np.array([10, 4, 6]),
        commission=np.array([5.0, 1.0, 1.0]),
        slippage=np.zeros(3),
    )
    # 95 received for 10: 9.50 each. 4 * 1.50 - 1 = 5 won, 6 * -3.50 - 1 = -22 lost.
    assert m.realised(fills) == (0.5, pytest.approx(5.0 / 22.0))


def test_realised_across_0_parts_the_fill_and_its_commission() -> None:
    fills = Fills(
        index=np.array([1, 2, 3, 4]),
        side=np.array([1, -1, 1, 1]),
        price=np.array([10.0, 12.0, 11.0, 20.0]),
        quantity=np.array([10, 20, 20, 1]),
        commission=np.array([0.0, 4.0, 4.0, 0.0]),
        slippage=np.zeros(4),
    )
    # Long 10 at 10, sold at 12 less 2: 18 won. Short 10 for 120 less 2, bought back for 110 and 2:
    # 6 won. The 10 that are bought with it stay, and nothing of theirs is realised.
    assert m.realised(fills) == (1.0, None)
    lost = dataclasses.replace(fills, price=np.array([10.0, 12.0, 13.0, 20.0]))
    assert m.realised(lost) == (0.5, pytest.approx(18.0 / 14.0))


def test_time_in_the_market_is_long_or_short() -> None:
    day, prices = 86_400, np.full(4, 10.0)
    series = Candles(
        "TEST", np.arange(4, dtype=np.int64) * day, prices, prices, prices, prices, np.ones(4)
    )
    ledger = keep_ledger(series, np.array([-1.0, 1.0, 0.0, 0.0]), cash=1e3, costs=Costs(0.0))
    assert m.measure(ledger, cash=1e3, periods=365.25).time_in_market_fraction == 0.5


def test_a_ruined_run_earns_nothing_any_more() -> None:
    worth = np.array([100.0, -50.0, -50.0, -50.0])
    assert m.simple_returns(worth).tolist() == [-1.5, 0.0, 0.0]
    closes = np.array([10.0, 10.0, 40.0, 40.0, 10.0])
    series = Candles(
        "TEST", np.arange(5, dtype=np.int64) * 86_400, closes, closes, closes, closes, np.ones(5)
    )
    ledger = keep_ledger(series, np.full(5, -1.0), cash=1e3, costs=Costs(0.0), fill="next_close")
    result = m.measure(ledger, cash=1e3, periods=365.25)
    assert result.total_return_fraction == -3.0
    assert result.annual_return_fraction is None
    assert result.turnover_per_year is None
    assert result.max_drawdown_fraction == -3.0


def test_periods_a_year_are_the_series_own() -> None:
    day = 86_400
    time = np.array([0, 365 * day, 731 * day], dtype=np.int64)
    ones = np.ones(3)
    series = Candles("TEST", time, ones, ones, ones, ones, ones)
    assert m.periods_per_year(series) == pytest.approx(2 * 365.25 / 731)


def test_undefined_metrics_are_none() -> None:
    flat = np.ones(5) * 100.0
    assert m.sharpe(m.simple_returns(flat), 252.0) is None
    assert m.sortino(m.simple_returns(flat), 252.0) is None
    assert m.sharpe(np.array([0.1]), 252.0) is None
    assert m.annual_return(1e9, 1, 525_600.0) is None
    assert m.annual_return(0.1, 0, 252.0) is None


def test_measure_adds_up() -> None:
    day = 86_400
    opens = np.array([10.0, 10.0, 12.0, 11.0])
    closes = np.array([10.0, 11.0, 12.5, 11.5])
    series = Candles(
        "TEST", np.arange(4, dtype=np.int64) * day, opens, np.maximum(opens, closes),
        np.minimum(opens, closes), closes, np.ones(4),
    )  # fmt: skip
    ledger = keep_ledger(
        series, np.array([1.0, 1.0, 0.0, 0.0]), cash=1_000.0, costs=Costs(commission_bps=100.0)
    )
    result = m.measure(ledger, cash=1_000.0, periods=365.25)
    assert result.final_net_worth == pytest.approx(1078.21)
    assert result.total_return_fraction == pytest.approx(0.07821)
    assert result.trades == 2
    assert result.commission_paid == pytest.approx(20.79)
    assert result.costs_paid == pytest.approx(20.79)
    assert result.time_in_market_fraction == 0.5
    assert result.win_rate_fraction == 1.0
    mean_worth = (1000.0 + 1089.10 + 1237.60 + 1078.21) / 4
    assert result.turnover_per_year == pytest.approx((990.0 + 1089.0) / mean_worth / (3 / 365.25))


@given(
    st.lists(st.floats(-0.2, 0.2), min_size=5, max_size=300).filter(
        lambda values: np.std(values) > 1e-6 and min(values) < -1e-6
    ),
    st.floats(10.0, 600.0),
)
def test_ratios_agree_with_empyrical(values: list[float], periods: float) -> None:
    worth = 100.0 * np.cumprod(np.concatenate([[1.0], 1.0 + np.array(values)]))
    returns = m.simple_returns(worth)
    total = float(worth[-1] / worth[0] - 1.0)
    same = {"rel": 1e-6, "abs": 1e-9}
    assert m.sharpe(returns, periods) == pytest.approx(
        empyrical.sharpe_ratio(returns, annualization=periods), **same
    )
    assert m.sortino(returns, periods) == pytest.approx(
        empyrical.sortino_ratio(returns, annualization=periods), **same
    )
    assert m.volatility(returns, periods) == pytest.approx(
        empyrical.annual_volatility(returns, annualization=periods), **same
    )
    assert m.drawdown(worth)[0] == pytest.approx(empyrical.max_drawdown(returns), **same)
    annual = m.annual_return(total, returns.shape[0], periods)
    if annual is not None:
        assert annual == pytest.approx(
            empyrical.annual_return(returns, annualization=periods), **same
        )
