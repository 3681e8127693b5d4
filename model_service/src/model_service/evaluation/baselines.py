"""Baselines: what no learning would have done on the same candles, at the same costs.

All are target exposures by the ledger's convention: the one at candle t is decided at its close
and fills at t + 1.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule
from model_service.trading.metrics import simple_returns
from model_service.trading.walk import walk_many

Floats = NDArray[np.float64]
Rule = Literal["trend_following", "mean_reversion"]
MOVING_AVERAGE_RULES: tuple[Rule, ...] = ("trend_following", "mean_reversion")

BASELINE_NAMES = (
    "buy_and_hold",
    "sell_and_hold",
    "trend_following",
    "mean_reversion",
    "random",
)
"""In the order in which they are always told."""

LONGEST_WINDOW = 29
"""Candles of the longest moving average."""

WINDOW_PAIRS: tuple[tuple[int, int], ...] = tuple(
    (short, long)
    for short in range(1, LONGEST_WINDOW)
    for long in range(short + 1, LONGEST_WINDOW + 1)
)
"""All 406 pairs, short ascending, then long."""

_NO_VARIANCE = 1e-14


def buy_and_hold(count: int, first: int = 0) -> Floats:
    """Target exposure 1 from row `first` on, shape (count,): bought at the fill after it."""
    return _from(count, first, 1.0)


def sell_and_hold(count: int, first: int = 0) -> Floats:
    """Target exposure -1 from row `first` on, shape (count,): sold short at the fill after it."""
    return _from(count, first, -1.0)


def _from(count: int, first: int, exposure: float) -> Floats:
    target = np.zeros(count)
    target[first:] = exposure
    return target


def moving_averages(close: Floats) -> Floats:
    """Means of the last 1 to `LONGEST_WINDOW` closes, shape (`LONGEST_WINDOW`, n).

    Row w - 1 holds those over w closes; its first w - 1 values mean nothing.
    """
    count = close.shape[0]
    means = np.zeros((LONGEST_WINDOW, count))
    total = np.zeros(count)
    for window in range(1, LONGEST_WINDOW + 1):
        total[window - 1 :] += close[: max(count - window + 1, 0)]
        means[window - 1] = total / window
    return means


def moving_average_signs(
    close: Floats, short: int, long: int, rule: Rule, first: int = LONGEST_WINDOW - 1
) -> Floats:
    """Long or short by two moving averages of the closes up to each candle, shape (n,).

    Parameters
    ----------
    close : float64 array, shape (n,)
    short, long : int
        Windows, 1 ≤ short < long ≤ `LONGEST_WINDOW`.
    rule : {'trend_following', 'mean_reversion'}
        Long where the short average is at or above the long one, or at or below it; else short.
    first : int
        First row that decides; those before are 0.

    Source: DESIGN section 6; Théate & Ernst (2021), section 5.2.
    """
    signs: Floats = pair_signs(moving_averages(close), ((short, long),), rule, first)[0]
    return signs


def pair_signs(means: Floats, pairs: tuple[tuple[int, int], ...], rule: Rule, first: int) -> Floats:
    """Exposures of many pairs by `moving_average_signs`, shape (pairs, n), from their means."""
    windows = np.array(pairs)
    short, long = means[windows[:, 0] - 1], means[windows[:, 1] - 1]
    is_long = short >= long if rule == "trend_following" else short <= long
    signs = np.where(is_long, 1.0, -1.0)
    signs[:, :first] = 0.0
    return signs


def best_pair(
    candles: Candles,
    rule: Rule,
    *,
    cash: float,
    costs: Costs,
    fill: FillRule,
    can_trade: NDArray[np.bool_],
    first: int = LONGEST_WINDOW - 1,
) -> tuple[int, int]:
    """The pair of windows with the best Sharpe ratio on training candles; the first found wins.

    Parameters
    ----------
    candles : Candles
        What may be chosen on.
    rule : {'trend_following', 'mean_reversion'}
    cash, costs, fill, can_trade
        Terms of the runs, as for `keep_ledger`.
    first : int
        First row that decides.
    """
    net_worth = walk_many(
        candles.open if fill == "next_open" else candles.close,
        candles.close,
        can_trade,
        pair_signs(moving_averages(candles.close), WINDOW_PAIRS, rule, first),
        cash,
        costs.commission,
        costs.slippage,
    )
    before = np.full((net_worth.shape[0], 1), cash)
    return pick_pair(simple_returns(np.concatenate([before, net_worth], axis=1)))


def pick_pair(returns: Floats) -> tuple[int, int]:
    """The pair with the best ratio of mean to deviation (ddof 1); the first found wins.

    `returns` has the shape (406, n), in the order of `WINDOW_PAIRS`; where they do not vary, the
    ratio is 0.
    """
    count = returns.shape[1]
    deviation = returns.std(axis=1, ddof=1) if count > 1 else np.zeros(returns.shape[0])
    ratios = np.divide(
        returns.mean(axis=1),
        deviation,
        out=np.zeros_like(deviation),
        where=deviation >= _NO_VARIANCE,
    )
    return WINDOW_PAIRS[int(np.argmax(ratios))]


def random_exposures(exposure: Floats, seed: int, first: int = 0) -> Floats:
    """A run with the turnover of another one, at random times.

    The stretches for which the exposure was held keep their order of exposures, and those of one
    exposure swap their lengths at random: as many orders, from and to the same exposures, and as
    many candles at each. A run with no more than one stretch of each exposure has nothing to swap.

    Parameters
    ----------
    exposure : float64 array, shape (n,)
    seed : int
    first : int
        Rows before it stay as they are (where the other run could not decide yet).

    Returns
    -------
    float64 array, shape (n,)
    """
    decided = exposure[first:]
    if decided.shape[0] == 0:
        return exposure.copy()
    starts = np.append(0, np.flatnonzero(np.diff(decided)) + 1)
    held, lengths = decided[starts], np.diff(starts, append=decided.shape[0])
    random = np.random.default_rng(seed)
    for value in np.unique(held):
        same = held == value
        lengths[same] = random.permutation(lengths[same])
    return np.concatenate([exposure[:first], np.repeat(held, lengths)])
