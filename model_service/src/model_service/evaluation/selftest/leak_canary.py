"""The leak canary: an agent that is shown the future has to give itself away.

Two agents are trained and scored alike, on simulated candles; one has a feature more, the return of
tomorrow. If its Sharpe ratio on unseen candles were not absurd, trainer, policy and ledger would
not make use of what the features tell, and a leak could hide in a modest result. If that of the
other were, the future would leak into features, targets or ledger.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.dqn.policy import make_q_function, walk
from model_service.dqn.samples import make_training_set
from model_service.dqn.trainer import Trainer
from model_service.evaluation.scored_run import score_run
from model_service.market.candles import Candles
from model_service.market.features import compute_features
from model_service.market.simulated import simulate_candles
from model_service.trading.ledger import STARTING_CASH, FillRule, tradeable
from model_service.trading.metrics import periods_per_year

LEAKING_SHARPE = 5.0
"""Above it the leak shows; perfect foresight long and flat would reach about 10."""
HONEST_SHARPE = 2.0
"""Not even a good agent passes it on simulated candles over years."""

FeatureTable = Callable[[Candles], NDArray[np.float32]]

_SYMBOLS = ("CANARY-A", "CANARY-B", "CANARY-C", "CANARY-D")
_FIRST, _LAST = dt.date(2005, 1, 3), dt.date(2019, 12, 31)
_TRAIN_CANDLES = 2_600
_DAILY_VOLATILITY = 0.015
_CONFIG = AgentConfig(
    network=NetworkConfig(hidden=(32,)),
    learning=LearningConfig(
        batch_candles=256, learning_rate=3e-3, discount=0.5, target_rate=0.02, input_noise=0.1
    ),
)


@dataclass(frozen=True)
class LeakCanary:
    """Annualised Sharpe ratios on unseen candles, means over the symbols.

    `leaking` is that of the agent with tomorrow's return among its features, `honest` that of the
    same agent without it.
    """

    leaking: float
    honest: float

    @property
    def passed(self) -> bool:
        """Whether the leak shows, and nothing else looks like one."""
        return self.leaking > LEAKING_SHARPE and self.honest < HONEST_SHARPE


def run_leak_canary(*, fill: FillRule, steps: int, seed: int = 0) -> LeakCanary:
    """Train both agents by the real trainer and score them by the real ledger.

    Parameters
    ----------
    fill : {'next_open', 'next_close'}
    steps : int
        Of training, for each.
    seed : int
        Of the simulated market, the networks and the sampling.
    """
    series = [
        simulate_candles(symbol, seed=seed, start=_FIRST, end=_LAST, interval="1d")
        for symbol in _SYMBOLS
    ]
    config = replace(_CONFIG, fill=fill)

    def honest(candles: Candles) -> NDArray[np.float32]:
        return compute_features(candles, config.features)

    def leaking(candles: Candles) -> NDArray[np.float32]:
        return np.column_stack((honest(candles), tomorrows_return(candles, fill)))

    return LeakCanary(
        leaking=_unseen_sharpe(series, config, leaking, steps, seed),
        honest=_unseen_sharpe(series, config, honest, steps, seed),
    )


def tomorrows_return(candles: Candles, fill: FillRule) -> NDArray[np.float32]:
    """What a decision of each candle will earn, in usual daily moves, shape (n,); 0 at the end.

    From tomorrow's open (or close), where it fills, to the one after, where the next one does.
    """
    earned = np.zeros(len(candles))
    price = np.log(candles.open if fill == "next_open" else candles.close)
    earned[:-2] = (price[2:] - price[1:-1]) / _DAILY_VOLATILITY
    return np.clip(earned, -5.0, 5.0).astype(np.float32)


def _unseen_sharpe(
    series: Sequence[Candles],
    config: AgentConfig,
    features_of: FeatureTable,
    steps: int,
    seed: int,
) -> float:
    trained_on = [candles.slice(0, _TRAIN_CANDLES) for candles in series]
    features = np.concatenate([features_of(candles) for candles in trained_on])
    data = replace(make_training_set(trained_on, config), features=features)
    trainer = Trainer(config, data, seed)
    trainer.train(steps)
    q_function = make_q_function(trainer.target, features.shape[1])
    return float(
        np.mean(
            [_scored(candles, config, q_function(features_of(candles)), seed) for candles in series]
        )
    )


def _scored(candles: Candles, config: AgentConfig, table: NDArray[np.float32], seed: int) -> float:
    """Sharpe ratio of the greedy policy on the candles behind those of training."""
    decisions = walk(table, config.ladder, _TRAIN_CANDLES)
    exposure = config.ladder.exposures[decisions.rung]
    run = score_run(
        candles.slice(_TRAIN_CANDLES),
        exposure[_TRAIN_CANDLES:],
        seed=seed,
        cash=STARTING_CASH,
        costs=config.costs,
        fill=config.fill,
        can_trade=tradeable(candles.volume)[_TRAIN_CANDLES:],
        periods=periods_per_year(candles),
    )
    return run.sharpe
