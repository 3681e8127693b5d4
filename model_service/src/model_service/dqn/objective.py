"""What training rewards: the log growth of net worth, less what risk and trading are made to cost.

The ledger knows nothing of this: an agent is judged by its net worth alone. The terms are those of
`LearningConfig`; with all of them off, the reward is that of `targets.reward_table`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.targets import Floats, growth_table, price_changes
from model_service.market.candles import Candles
from model_service.trading.costs import BPS_PER_UNIT

REFERENCE_VOLATILITY = 0.01
"""A candle of this volatility has a unit of 1, so that rewards keep their order of magnitude."""

_VOLATILITY_FLOOR = 1e-4


def objective_tables(series: Sequence[Candles], config: AgentConfig) -> list[NDArray[np.float32]]:
    """Rewards of training for every candle, rung and action of every series.

    Parameters
    ----------
    series : sequence of Candles
    config : AgentConfig

    Returns
    -------
    list of float32 arrays, shape (n, rungs, actions)
        With u the unit of a candle, x the change of the price from fill to fill, e the exposure
        that the action leads to, m the mean of u · x over what is learned from, w the
        `direction_weight` and d the drift (`assumed_drift_bps`, or m)::

            x' = (w · (u · x − m) + d) / u

            u · (log growth at x' − turnover_penalty · |change of exposure|)
              − risk_aversion / 2 · (e · r)²

        where the risk r is u · x, or always `REFERENCE_VOLATILITY` without `realised_risk`.
        0 for impossible actions; NaN where a price or the unit is not known.
    """
    learning, ladder = config.learning, config.ladder
    changes = [price_changes(candles, config.fill) for candles in series]
    units = [reward_units(candles, learning.volatility_unit_candles) for candles in series]
    weight = learning.direction_weight
    mean = _pooled_mean(changes, units, config.features.warm_up_candles)
    assumed = learning.assumed_drift_bps
    drift = mean if assumed is None else assumed / BPS_PER_UNIT
    # Where nothing is shifted, the change stays what it is to the last bit.
    as_it_is = weight == 1.0 and assumed is None
    target = np.maximum(ladder.next_rung, 0)
    exposure = ladder.exposures[target]
    moved = np.abs(exposure - ladder.exposures[:, None])
    extra = learning.turnover_penalty_bps / BPS_PER_UNIT * moved
    tables = []
    for change, unit in zip(changes, units, strict=True):
        shifted = change if as_it_is else (weight * (unit * change - mean) + drift) / unit
        growth = growth_table(shifted, ladder, config.costs) - extra
        moves = (
            unit * change if learning.realised_risk else np.full_like(change, REFERENCE_VOLATILITY)
        )
        risk = moves[:, None, None] * exposure
        table = unit[:, None, None] * growth - 0.5 * learning.risk_aversion * risk**2
        tables.append(np.where(ladder.possible, table, 0.0).astype(np.float32))
    return tables


def reward_units(candles: Candles, span: int) -> Floats:
    """Factor on each candle's reward: 1, or `REFERENCE_VOLATILITY` over the running volatility.

    The volatility is that of the closes up to the candle, over an exponential `span` (0: off), so
    that a calm and a wild symbol weigh the same. Shape (n,), NaN on the first two candles.
    """
    if span == 0:
        return np.ones(len(candles))
    step = pd.Series(np.log(candles.close)).diff()
    volatility = step.pow(2).ewm(span=span, min_periods=2).mean().pow(0.5)
    units: Floats = REFERENCE_VOLATILITY / volatility.clip(lower=_VOLATILITY_FLOOR).to_numpy()
    return units


def _pooled_mean(changes: Sequence[Floats], units: Sequence[Floats], first: int) -> float:
    """Mean change in units, over the candles of all series that are learned from."""
    scaled = np.concatenate(
        [change[first:] * unit[first:] for change, unit in zip(changes, units, strict=True)]
    )
    known = scaled[np.isfinite(scaled)]
    return float(known.mean()) if known.size else 0.0
