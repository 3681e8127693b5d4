"""A subject: everything that was run on one symbol's test candles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidCandles
from model_service.evaluation.scored_run import ScoredRun
from model_service.market.candles import Candles

Floats = NDArray[np.float64]
WindowPair = tuple[int, int]


@dataclass(frozen=True)
class Subject:
    """Runs on one symbol's test candles.

    Attributes
    ----------
    candles : Candles
        The test candles.
    history : Candles or None
        What came before.
    agent : tuple of ScoredRun
        One a seed; empty where baselines alone are asked for.
    members : tuple of ScoredRun
        What the fan shows: the agent's networks, each trading alone, or the agents of all seeds.
    baselines : mapping of str to tuple of ScoredRun
        By `BASELINE_NAMES`; one run each, `random` several.
    windows : mapping of str to (int, int) or None
        Short and long moving average of `trend_following` and `mean_reversion`; None where they
        differ between the folds.
    """

    candles: Candles
    history: Candles | None
    agent: tuple[ScoredRun, ...]
    members: tuple[ScoredRun, ...]
    baselines: Mapping[str, tuple[ScoredRun, ...]]
    windows: Mapping[str, WindowPair | None]

    @property
    def symbol(self) -> str:
        return self.candles.symbol

    @property
    def buy_and_hold(self) -> ScoredRun:
        """The baseline that verdicts are about."""
        return self.baselines["buy_and_hold"][0]


def refuse_overflow(subject: Subject) -> None:
    """Refuse returns whose squares no number can hold.

    Raises
    ------
    InvalidCandles
        Naming the symbol.
    """
    runs = [
        *subject.agent,
        *subject.members,
        *(run for b in subject.baselines.values() for run in b),
    ]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        held = all(np.isfinite(np.square(run.returns).sum()) for run in runs)
    if not held:
        raise InvalidCandles(
            f"The prices of {subject.symbol} lead to amounts beyond what a number can hold.",
            field="close",
        )


def mean_sharpe(runs: Sequence[ScoredRun]) -> float:
    """Mean Sharpe ratio of runs."""
    return float(np.mean([run.sharpe for run in runs]))


def returns_by_date(groups: Sequence[Sequence[ScoredRun]]) -> Floats:
    """Returns of several symbols on the union of their dates.

    Parameters
    ----------
    groups : sequence (symbols) of sequences (seeds) of ScoredRun
        As many seeds for every symbol.

    Returns
    -------
    float64 array, shape (dates, symbols, seeds)
        NaN where a symbol has no candle.
    """
    times = np.unique(np.concatenate([group[0].candles.time for group in groups]))
    returns = np.full((times.shape[0], len(groups), len(groups[0])), np.nan)
    for position, group in enumerate(groups):
        rows = np.searchsorted(times, group[0].candles.time)
        returns[rows, position] = np.stack([run.returns for run in group], axis=1)
    return returns
