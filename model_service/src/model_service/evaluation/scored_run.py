"""A scored run: what one agent of one seed, or one baseline, did with one symbol's test candles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule, Ledger, keep_ledger
from model_service.trading.metrics import sharpe, simple_returns

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ScoredRun:
    """Decisions on a test window with their books, and the terms they were booked on.

    Attributes
    ----------
    symbol : str
    seed : int
        Of the agent; baselines carry 0.
    candles : Candles
        The n candles of the test window.
    exposure : float64 array, shape (n,)
        Target exposure after the decision at each candle, in [-1, 1].
    ledger : Ledger
        Of `exposure` on these candles and terms.
    cash : float
        Money at the start.
    costs : Costs
    fill : {'next_open', 'next_close'}
    can_trade : bool array, shape (n,)
        Where orders can be filled.
    periods : float
        Candles a year, by which ratios are annualised.
    """

    symbol: str
    seed: int
    candles: Candles
    exposure: Floats
    ledger: Ledger
    cash: float
    costs: Costs
    fill: FillRule
    can_trade: NDArray[np.bool_]
    periods: float

    @property
    def net_worth(self) -> Floats:
        """Money at the close of each candle, shape (n,)."""
        return self.ledger.net_worth

    @cached_property
    def returns(self) -> Floats:
        """Simple returns per candle, shape (n,), the first against the starting cash.

        A run that has lost everything earns 0 from then on: there is nothing left to relate to.
        """
        return simple_returns(np.concatenate(([self.cash], self.net_worth)))

    @cached_property
    def sharpe(self) -> float:
        """Annualised Sharpe ratio; 0 where the returns do not vary."""
        return sharpe(self.returns, self.periods) or 0.0

    @property
    def profit(self) -> float:
        """Money earned, after costs."""
        return float(self.net_worth[-1]) - self.cash

    @property
    def total_return_fraction(self) -> float:
        """The profit as a fraction of the starting cash."""
        return self.profit / self.cash

    @property
    def costs_paid(self) -> float:
        """Commission and slippage, money."""
        fills = self.ledger.fills
        return float(fills.commission.sum() + fills.slippage.sum())


def score_run(
    candles: Candles,
    exposure: Floats,
    *,
    seed: int,
    cash: float,
    costs: Costs,
    fill: FillRule,
    can_trade: NDArray[np.bool_],
    periods: float,
) -> ScoredRun:
    """Keep the books of target exposures on a test window."""
    ledger = keep_ledger(candles, exposure, cash=cash, costs=costs, fill=fill, can_trade=can_trade)
    return ScoredRun(
        candles.symbol, seed, candles, exposure, ledger, cash, costs, fill, can_trade, periods
    )
