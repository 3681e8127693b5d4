"""Stable-Baselines3's DQN, asked for rounds of training through standard input."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from market_env import Market, MarketEnv, MarketVecEnv
from protocol import answer_commands
from stable_baselines3 import DQN
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.vec_env import DummyVecEnv, VecEnv

BUFFER_STEPS = 100_000
BLOCK_CANDLES = 4_096


@dataclass(frozen=True)
class Learner:
    """A model and the number of torch's threads that it is trained with."""

    model: DQN
    threads: int


_learners: dict[str, Learner] = {}


class Exploration:
    """Rate of random actions: falls with the clock, since training is bounded by it."""

    def __init__(self, seconds: float, final: float) -> None:
        self._seconds = seconds
        self._final = final
        self._started: float | None = None

    def __call__(self, _progress: float) -> float:
        if not self._seconds:
            return self._final
        if self._started is None:
            self._started = time.perf_counter()
        passed = (time.perf_counter() - self._started) / self._seconds
        return max(self._final, 1.0 - passed * (1.0 - self._final))


class StopAfter(BaseCallback):
    """Ends training when its seconds are over."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def _on_training_start(self) -> None:
        self._end = time.perf_counter() + self._seconds

    def _on_step(self) -> bool:
        return time.perf_counter() < self._end


def build(
    name: str,
    market: str,
    *,
    environments: int,
    vectorised: bool,
    samples_per_step: int,
    train_every: int,
    hidden: list[int],
    learning_rate: float,
    discount: float,
    seed: int,
    threads: int,
    explore_seconds: float,
) -> dict[str, Any]:
    """Make a learner that trains `samples_per_step` samples per environment step.

    It trains once each `train_every` steps of all environments, on one batch. Exploration falls
    over `explore_seconds` of training from 1 to its final rate, or stands there from the start.
    """
    table = Market.read(market)
    env: VecEnv
    if vectorised:
        env = MarketVecEnv(table, environments)
    else:
        env = DummyVecEnv([lambda: MarketEnv(table) for _ in range(environments)])
    model = DQN(
        "MlpPolicy",
        env,
        learning_rate=learning_rate,
        buffer_size=BUFFER_STEPS,
        batch_size=samples_per_step * train_every * environments,
        gamma=discount,
        train_freq=train_every,
        gradient_steps=1,
        policy_kwargs={"net_arch": hidden},
        seed=seed,
        device="cpu",
    )
    model.exploration_schedule = Exploration(explore_seconds, model.exploration_final_eps)
    _learners[name] = Learner(model, threads)
    return {"batch_size": model.batch_size}


def train(name: str, seconds: float) -> dict[str, Any]:
    """Train for about `seconds`; environment steps and seconds taken."""
    learner = _learners[name]
    model = learner.model
    torch.set_num_threads(learner.threads)
    steps = model.num_timesteps
    started = time.perf_counter()
    model.learn(10**9, StopAfter(seconds), log_interval=10**9, reset_num_timesteps=steps == 0)
    taken = time.perf_counter() - started
    return {"steps": model.num_timesteps - steps, "seconds": taken}


def q_table(name: str, features: str, output: str) -> dict[str, Any]:
    """Write the Q-values of all candles, exposures and actions of a file of features."""
    model = _learners[name].model
    with np.load(features, allow_pickle=False) as arrays:
        candles, exposures = arrays["features"], arrays["exposures"].astype(np.float32)
    parts = []
    with torch.no_grad():
        for first in range(0, len(candles), BLOCK_CANDLES):
            block = candles[first : first + BLOCK_CANDLES]
            rungs = []
            for exposure in exposures:
                column = np.full((len(block), 1), exposure, np.float32)
                rungs.append(model.q_net(torch.from_numpy(np.hstack([block, column]))).numpy())
            parts.append(np.stack(rungs, axis=1))
    np.savez(output, table=np.concatenate(parts))
    return {}


if __name__ == "__main__":
    answer_commands({"build": build, "train": train, "q_table": q_table})
