"""arch's studentized circular block bootstrap of two Sharpe ratios, asked for rounds."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from arch.bootstrap import CircularBlockBootstrap
from protocol import answer_commands

_sides: dict[str, np.ndarray] = {}


def load(path: str) -> dict[str, Any]:
    """Read the returns of agent and baseline, each of shape (dates,)."""
    with np.load(path, allow_pickle=False) as arrays:
        _sides.update({key: arrays[key] for key in arrays.files})
    return {"dates": int(_sides["agent"].shape[0])}


def run(block: int, draws: int, periods: float, seed: int) -> dict[str, Any]:
    """Interval at 95 %, and the seconds that it took."""
    scale = math.sqrt(periods)
    started = time.perf_counter()
    bootstrap = CircularBlockBootstrap(block, _sides["agent"], _sides["baseline"], seed=seed)
    low, high = bootstrap.conf_int(
        lambda agent, baseline: scale * (_sharpe(agent) - _sharpe(baseline)),
        reps=draws,
        method="studentized",
        std_err_func=lambda _, agent, baseline: scale * _error(agent, baseline, block),
    )
    seconds = time.perf_counter() - started
    return {"interval": [float(low[0]), float(high[0])], "seconds": seconds}


def _sharpe(returns: np.ndarray) -> float:
    return float(returns.mean() / returns.std(ddof=1))


def _error(agent: np.ndarray, baseline: np.ndarray, block: int) -> np.ndarray:
    """Delta method, with a variance from the sums of whole blocks in the order of the draw."""
    influence = _influence(agent) - _influence(baseline)
    blocks = influence.shape[0] // block
    sums = influence[: blocks * block].reshape(blocks, block).sum(axis=1)
    variance = float(sums @ sums) * blocks / (blocks - 1)
    return np.array([math.sqrt(variance) / (blocks * block)])


def _influence(returns: np.ndarray) -> np.ndarray:
    deviation = returns.std(ddof=1)
    u = (returns - returns.mean()) / deviation
    squares = u * u
    return u - returns.mean() / deviation / 2 * (squares - squares.mean())


if __name__ == "__main__":
    answer_commands({"load": load, "run": run})
