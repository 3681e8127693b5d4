"""What an agent is trained on: features and rewards of many symbols in two arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.objective import objective_tables
from model_service.dqn.targets import LAST_FILLS
from model_service.errors import TrainingDataError
from model_service.market.candles import Candles
from model_service.market.features import compute_features


@dataclass(frozen=True)
class TrainingSet:
    """Candles of all symbols behind one another.

    Attributes
    ----------
    features : float32 array, shape (n, F)
    rewards : float32 array, shape (n, rungs, actions)
        Scaled by the configuration's `reward_scale`.
    samples : int32 array, shape (m,)
        Rows to train on: warmed up, the next row of the same symbol, and every price that their
        reward needs inside the training candles.
    """

    features: NDArray[np.float32]
    rewards: NDArray[np.float32]
    samples: NDArray[np.int32]


def make_training_set(series: Sequence[Candles], config: AgentConfig) -> TrainingSet:
    """Features and rewards of the given candles, and of nothing beyond them.

    Parameters
    ----------
    series : sequence of Candles
        Cut at the end of the training window already: no later price is read.
    config : AgentConfig

    Raises
    ------
    TrainingDataError
        If no series is longer than the warm-up.
    """
    warm_up = config.features.warm_up_candles
    features, rewards, samples = [], [], []
    offset = 0
    for candles, table in zip(series, objective_tables(series, config), strict=True):
        known = np.asarray(np.isfinite(table).all(axis=(1, 2)))
        known[:warm_up] = False
        known[-LAST_FILLS:] = False
        samples.append(np.flatnonzero(known) + offset)
        features.append(compute_features(candles, config.features))
        rewards.append(np.nan_to_num(table) * np.float32(config.learning.reward_scale))
        offset += len(candles)
    rows = np.concatenate(samples) if samples else np.empty(0, dtype=np.int64)
    if rows.shape[0] == 0:
        longest = max((len(candles) for candles in series), default=0)
        raise TrainingDataError(
            f"No symbol has enough candles to train on: the longest has {longest}, "
            f"and the first {warm_up} of each only warm the features up.",
            field="data",
            limit=warm_up,
        )
    return TrainingSet(np.concatenate(features), np.concatenate(rewards), rows.astype(np.int32))
