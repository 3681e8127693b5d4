"""Scored runs for the tests of what stands around the number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from model_service.evaluation.scored_run import ScoredRun, score_run
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.costs import Costs

RunMaker = Callable[..., ScoredRun]


@pytest.fixture(scope="session")
def make_run() -> RunMaker:
    """Factory of runs on daily candles that open and close at the given prices.

    ``make_run(prices, exposure, symbol="TEST", seed=0, costs=Costs(0, 0), first_day=0,
    cash=1_000.0)``; orders fill at the next close, 252 candles a year.
    """
    return _make_run


def _make_run(
    prices: Sequence[float],
    exposure: Sequence[float],
    *,
    symbol: str = "TEST",
    seed: int = 0,
    costs: Costs = Costs(0.0, 0.0),  # noqa: B008 - frozen
    first_day: int = 0,
    cash: float = 1_000.0,
) -> ScoredRun:
    price = np.array(prices, dtype=np.float64)
    time = (first_day + np.arange(price.shape[0], dtype=np.int64)) * SECONDS_PER_DAY
    candles = Candles(symbol, time, price, price, price, price, np.ones_like(price))
    return score_run(
        candles,
        np.array(exposure, dtype=np.float64),
        seed=seed,
        cash=cash,
        costs=costs,
        fill="next_close",
        can_trade=np.ones(price.shape[0], dtype=np.bool_),
        periods=252.0,
    )
