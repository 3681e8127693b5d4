"""A scored run by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from model_service.evaluation.scored_run import score_run
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.costs import Costs

PRICES = np.array([10.0, 10.0, 12.0, 9.0])
CANDLES = Candles(
    "TEST", np.arange(4) * SECONDS_PER_DAY, PRICES, PRICES, PRICES, PRICES, np.ones(4)
)


def test_a_run_is_booked_on_its_terms() -> None:
    run = score_run(
        CANDLES,
        np.ones(4),
        seed=3,
        cash=1_000.0,
        costs=Costs(100.0),
        fill="next_close",
        can_trade=np.ones(4, dtype=np.bool_),
        periods=252.0,
    )
    # 99 shares at 10: 990 and 9.90 of commission; 0.10 of cash is left.
    assert run.net_worth == pytest.approx([1_000.0, 990.1, 1_188.1, 891.1])
    assert run.returns == pytest.approx([0.0, -0.0099, 1_188.1 / 990.1 - 1, 891.1 / 1_188.1 - 1])
    assert run.profit == pytest.approx(-108.9)
    assert run.total_return_fraction == pytest.approx(-0.1089)
    assert run.costs_paid == pytest.approx(9.9)
    returns = run.returns
    assert run.sharpe == pytest.approx(math.sqrt(252.0) * returns.mean() / returns.std(ddof=1))
    assert (run.symbol, run.seed) == ("TEST", 3)


def test_a_run_that_never_trades_has_a_sharpe_ratio_of_zero() -> None:
    run = score_run(
        CANDLES,
        np.zeros(4),
        seed=0,
        cash=1_000.0,
        costs=Costs(),
        fill="next_open",
        can_trade=np.ones(4, dtype=np.bool_),
        periods=252.0,
    )
    assert run.sharpe == 0.0
    assert run.returns.tolist() == [0.0] * 4


def test_nothing_is_earned_after_ruin() -> None:
    run = score_run(
        CANDLES,
        np.zeros(4),
        seed=0,
        cash=100.0,
        costs=Costs(),
        fill="next_open",
        can_trade=np.ones(4, dtype=np.bool_),
        periods=252.0,
    )
    ruined = replace(run.ledger, net_worth=np.array([50.0, -5.0, -7.0, -7.0]))
    returns = replace(run, ledger=ruined).returns
    assert returns.tolist() == pytest.approx([-0.5, -1.1, 0.0, 0.0])
