"""How often the verdict is wrong where there is nothing to find.

On markets without drift and costs every policy that does not see the future has a true Sharpe
ratio of 0, and so has buy and hold: whatever tells one from the other is wrong. A two-sided verdict
at 95 % should do so in 5 of 100 cases, no more and no fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from model_service.evaluation.baselines import buy_and_hold
from model_service.evaluation.significance.bootstrap import compare_sharpe
from model_service.evaluation.significance.verdict import judge
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import keep_ledger
from model_service.trading.metrics import simple_returns

Floats = NDArray[np.float64]

NOMINAL_SHARE = 0.05
"""Of false verdicts, at a level of 95 %."""
BINOMIAL_LEVEL = 0.99

_DRAWS = 599
_CASH = 1e6
_PERIODS = 252.0
_DAILY_VOLATILITY = 0.015
_NEWS, _MEMORY = 0.08, 0.90
"""GARCH(1, 1): what a shock adds to the next variance, and what is left of the last one."""
_TAIL_DEGREES = 5.0
_SETTLE = 250
"""Candles before the first one, so that the variance has forgotten where it began."""
_MEAN_HOLD = 12.0
"""Candles between changes of the policy."""


@dataclass(frozen=True)
class FalseVerdicts:
    """Outcome of many comparisons without a difference.

    Attributes
    ----------
    pairs : int
    false : int
        Verdicts other than `indistinguishable`.
    lowest, highest : int
        Ends of the exact 99 % binomial interval around 5 % of the pairs.
    """

    pairs: int
    false: int
    lowest: int
    highest: int

    @property
    def share(self) -> float:
        """False verdicts as a fraction of the pairs."""
        return self.false / self.pairs

    @property
    def passed(self) -> bool:
        """Whether the count lies in the interval."""
        return self.lowest <= self.false <= self.highest


def false_verdict_share(pairs: int = 1_000, candles: int = 500, seed: int = 0) -> FalseVerdicts:
    """Judge random long and flat policies against buy and hold where neither can win.

    Parameters
    ----------
    pairs : int
        Markets, each with a policy of its own.
    candles : int
        Of each market, at least 62.
    seed : int
        Of markets, policies and bootstrap draws.

    Notes
    -----
    Prices are martingales with clustered volatility and Student's tails. Both sides go through the
    ledger, the bootstrap and the verdict that real runs go through.
    """
    random = np.random.default_rng(seed)
    closes = _driftless_closes(random, pairs, candles)
    exposures = _random_exposures(random, pairs, candles)
    time = np.arange(candles, dtype=np.int64) * SECONDS_PER_DAY
    holding = buy_and_hold(candles)
    false = 0
    for number in range(pairs):
        close = closes[number]
        market = Candles(
            symbol="DRIFTLESS",
            time=time,
            open=close,
            high=close,
            low=close,
            close=close,
            volume=np.ones(candles),
            source="simulated",
        )
        paired = compare_sharpe(
            _returns(market, exposures[number])[:, None, None],
            _returns(market, holding)[:, None],
            periods=_PERIODS,
            draws=_DRAWS,
            seed=seed + number,
        )
        false += judge(paired).word != "indistinguishable"
    tail = (1.0 - BINOMIAL_LEVEL) / 2.0
    return FalseVerdicts(
        pairs=pairs,
        false=false,
        lowest=int(binom.ppf(tail, pairs, NOMINAL_SHARE)),
        highest=int(binom.ppf(1.0 - tail, pairs, NOMINAL_SHARE)),
    )


def _returns(market: Candles, exposure: Floats) -> Floats:
    free = Costs(commission_bps=0.0, slippage_bps=0.0)
    return simple_returns(keep_ledger(market, exposure, cash=_CASH, costs=free).net_worth)


def _driftless_closes(random: np.random.Generator, pairs: int, candles: int) -> Floats:
    """Prices whose expected simple return is 0 at every candle, shape (pairs, candles)."""
    scale = np.sqrt((_TAIL_DEGREES - 2.0) / _TAIL_DEGREES)
    shocks = random.standard_t(_TAIL_DEGREES, (_SETTLE + candles, pairs)) * scale
    # Symmetric, so that cutting what would turn a price negative leaves the mean at 0.
    shocks = np.clip(shocks, -8.0, 8.0)
    returns = np.empty_like(shocks)
    variance = np.ones(pairs)
    for t in range(shocks.shape[0]):
        returns[t] = np.sqrt(variance) * shocks[t]
        variance = 1.0 - _NEWS - _MEMORY + _NEWS * returns[t] ** 2 + _MEMORY * variance
    daily = np.clip(_DAILY_VOLATILITY * returns[_SETTLE:], -0.5, 0.5)
    closes: Floats = 100.0 * np.cumprod(1.0 + daily, axis=0).T
    return np.ascontiguousarray(closes)


def _random_exposures(random: np.random.Generator, pairs: int, candles: int) -> Floats:
    """Long and flat in turn, for times of geometric length; shape (pairs, candles)."""
    changes = random.random((pairs, candles)) < 1.0 / _MEAN_HOLD
    first = random.integers(0, 2, size=(pairs, 1))
    exposures: Floats = ((np.cumsum(changes, axis=1) + first) % 2).astype(np.float64)
    return exposures
