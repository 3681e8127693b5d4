"""The trading environment for Stable-Baselines3: steps along candles, rewards from a table.

An observation is the features of a candle and the exposure held. An episode starts at a random
candle and is cut after a trading year, or where the symbol's candles end. An action that is
impossible at the exposure held does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium
import numpy as np
from stable_baselines3.common.vec_env import VecEnv

EPISODE_CANDLES = 252
HOLD = 1


@dataclass(frozen=True)
class Market:
    """What can be traded: features (n, F), rewards (n, rungs, actions), and rows to step on."""

    features: np.ndarray
    rewards: np.ndarray
    next_rung: np.ndarray
    exposures: np.ndarray
    samples: np.ndarray
    follows: np.ndarray
    """Whether the next row may be stepped on too, shape (n,)."""

    @classmethod
    def read(cls, path: str) -> Market:
        with np.load(path, allow_pickle=False) as arrays:
            names = ("features", "rewards", "next_rung", "exposures", "samples")
            columns = {name: arrays[name] for name in names}
        count = len(columns["features"])
        usable = np.zeros(count + 1, dtype=bool)
        usable[columns["samples"]] = True
        next_rung = columns["next_rung"]
        impossible = next_rung < 0
        columns["next_rung"] = np.where(impossible, np.arange(len(next_rung))[:, None], next_rung)
        rewards = columns["rewards"]
        columns["rewards"] = np.where(impossible, rewards[:, :, HOLD : HOLD + 1], rewards)
        return cls(**columns, follows=usable[1:])

    @property
    def spaces(self) -> tuple[gymnasium.spaces.Box, gymnasium.spaces.Discrete]:
        width = self.features.shape[1] + 1
        box = gymnasium.spaces.Box(-np.inf, np.inf, (width,), np.float32)
        return box, gymnasium.spaces.Discrete(self.rewards.shape[2])


class MarketEnv(gymnasium.Env):
    """One trader, as a Gymnasium environment."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.observation_space, self.action_space = market.spaces
        self._buffer = np.zeros(self.observation_space.shape, np.float32)

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed, options=options)
        samples = self.market.samples
        self._row = int(samples[self.np_random.integers(len(samples))])
        self._rung = 0
        self._left = EPISODE_CANDLES
        return self._observe(), {}

    def step(self, action: Any) -> Any:
        market = self.market
        reward = float(market.rewards[self._row, self._rung, action])
        self._rung = market.next_rung[self._rung, action]
        follows = bool(market.follows[self._row])
        self._row += 1
        self._left -= 1
        return self._observe(), reward, False, self._left == 0 or not follows, {}

    def _observe(self) -> np.ndarray:
        self._buffer[:-1] = self.market.features[self._row]
        self._buffer[-1] = self.market.exposures[self._rung]
        return self._buffer.copy()


class MarketVecEnv(VecEnv):
    """Many traders in NumPy at once, which spares the loop over environments."""

    def __init__(self, market: Market, count: int) -> None:
        super().__init__(count, *market.spaces)
        self.market = market
        self._random = np.random.default_rng(0)
        self._rows = np.zeros(count, dtype=np.int64)
        self._rungs = np.zeros(count, dtype=np.int64)
        self._left = np.zeros(count, dtype=np.int64)

    def seed(self, seed: int | None = None) -> list[int | None]:
        self._random = np.random.default_rng(seed)
        return [seed] * self.num_envs

    def reset(self) -> np.ndarray:
        self._restart(np.arange(self.num_envs))
        return self._observe()

    def step_async(self, actions: np.ndarray) -> None:
        self._actions = actions

    def step_wait(self) -> Any:
        market = self.market
        rewards = market.rewards[self._rows, self._rungs, self._actions]
        self._rungs = market.next_rung[self._rungs, self._actions]
        ended = ~market.follows[self._rows]
        self._rows += 1
        self._left -= 1
        done = ended | (self._left == 0)
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        over = np.flatnonzero(done)
        observations = self._observe()
        if over.size:
            for index in over:
                infos[index] = {
                    "terminal_observation": observations[index].copy(),
                    "TimeLimit.truncated": True,
                }
            self._restart(over)
            observations[over] = self._observe(over)
        return observations, rewards, done, infos

    def _restart(self, which: np.ndarray) -> None:
        samples = self.market.samples
        self._rows[which] = samples[self._random.integers(len(samples), size=which.size)]
        self._rungs[which] = 0
        self._left[which] = EPISODE_CANDLES

    def _observe(self, which: Any = slice(None)) -> np.ndarray:
        rows = self._rows[which]
        exposures = self.market.exposures[self._rungs[which]].astype(np.float32)
        return np.concatenate([self.market.features[rows], exposures[:, None]], axis=1)

    def close(self) -> None:
        """Hold nothing."""

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:  # noqa: ARG002
        return [getattr(self, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise NotImplementedError

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> Any:
        raise NotImplementedError

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:  # noqa: ARG002
        return [False] * self.num_envs
