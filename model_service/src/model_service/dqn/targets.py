"""Full-information targets: the reward of every action from every exposure, for every candle.

The market does not react to one small trader, so what each action would have earned is known
exactly. A decision at candle t fills at the first tradeable candle after t and is held until the
next decision's fill: the reward is the change of the log net worth from fill to fill, trading
costs included. It equals the ledger's, up to whole shares.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.exposure import ACTION_COUNT, ExposureLadder
from model_service.trading.ledger import FillRule, tradeable, usable_fill

Floats = NDArray[np.float64]

LAST_FILLS = 2
"""Candles at the end of a series whose reward would need a price beyond it."""

_RUIN = -0.99
"""A short position can lose more than everything, of which there is no logarithm."""


def fill_prices(candles: Candles, fill: FillRule) -> Floats:
    """Price at which a decision of each candle fills; NaN where the series ends before.

    Shape (n,).
    """
    price = candles.open if fill == "next_open" else candles.close
    count = len(candles)
    index = np.where(tradeable(candles.volume), np.arange(count), count)
    first_from = np.minimum.accumulate(index[::-1])[::-1]
    following = np.append(first_from[1:], count)
    filled_at: Floats = np.append(price, np.nan)[following]
    return filled_at


def trade_growth(ladder: ExposureLadder, costs: Costs) -> Floats:
    """Factor on net worth of moving between rungs, shape (rungs, rungs): [from, to].

    Exact for moves between 0 and 1; in between the traded share of net worth bears the cost.
    """
    change = ladder.exposures[None, :] - ladder.exposures[:, None]
    bought = 1.0 - np.maximum(change, 0.0) * (1.0 - costs.buy_growth)
    sold = 1.0 - np.maximum(-change, 0.0) * (1.0 - costs.sell_growth)
    return bought * sold


def reward_table(
    candles: Candles, ladder: ExposureLadder, costs: Costs, fill: FillRule
) -> NDArray[np.float32]:
    """Log growth of net worth for every candle, rung and action, at the fill that is usable.

    Returns
    -------
    float32 array, shape (n, rungs, actions)
        0 for impossible actions; NaN on the last candles, whose reward lies beyond the series.
    """
    return growth_table(price_changes(candles, fill), ladder, costs).astype(np.float32)


def price_changes(candles: Candles, fill: FillRule) -> Floats:
    """Change of the price from a decision's fill to the next one's, as a fraction; shape (n,)."""
    price = fill_prices(candles, usable_fill(candles, fill))
    changes: Floats = np.append(price[1:] / price[:-1], np.nan) - 1.0
    return changes


def growth_table(changes: Floats, ladder: ExposureLadder, costs: Costs) -> Floats:
    """Log growth of net worth at given changes of the price, shape (n, rungs, actions)."""
    held = np.log1p(np.maximum(changes[:, None] * ladder.exposures[None, :], _RUIN))
    moved = np.log(trade_growth(ladder, costs))
    rewards = np.zeros((changes.shape[0], len(ladder), ACTION_COUNT))
    for rung in range(len(ladder)):
        for action in np.flatnonzero(ladder.possible[rung]):
            target = ladder.next_rung[rung, action]
            rewards[:, rung, action] = held[:, target] + moved[rung, target]
    return rewards


def double_q_targets(
    rewards: tf.Tensor,
    online_next: tf.Tensor,
    target_next: tf.Tensor,
    ladder: ExposureLadder,
    discount: float,
) -> tf.Tensor:
    """Targets of all actions from all rungs (van Hasselt et al., 2016).

    Parameters
    ----------
    rewards : float32, shape (members, rungs, batch, actions)
        Scaled rewards.
    online_next, target_next : float32, shape (members, rungs, batch, actions)
        Q-values at the next candle from every rung: the online network chooses, the target
        network values the choice.
    ladder : ExposureLadder
    discount : float

    Returns
    -------
    float32, shape (members, rungs, batch, actions)
        Those of impossible actions mean nothing.
    """
    values = []
    for rung in range(len(ladder)):
        first, *others = np.flatnonzero(ladder.possible[rung])
        best, value = online_next[:, rung, :, first], target_next[:, rung, :, first]
        for action in others:
            other = online_next[:, rung, :, action]
            value = tf.where(other > best, target_next[:, rung, :, action], value)
            best = tf.maximum(best, other)
        values.append(value)
    following = tf.stack(
        [tf.stack([values[rung] for rung in row], axis=-1) for row in reached(ladder)], axis=1
    )
    return rewards + discount * following


def reached(ladder: ExposureLadder) -> NDArray[np.int64]:
    """Rung after each action from each rung; 0 in the place of impossible actions."""
    after: NDArray[np.int64] = np.maximum(ladder.next_rung, 0)
    return after
