"""Intervals for Sharpe ratios and for differences of them, by a studentised block bootstrap.

Dates are drawn, and each brings the returns of all symbols, of all seeds and of both sides with
it: symbols of one period are not independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest
from model_service.evaluation.significance.studentised_draws import MIN_DATES, draw_studentised

__all__ = [
    "BOOTSTRAP_SEED",
    "DRAWS",
    "MIN_DATES",
    "PairedDifference",
    "SharpeInterval",
    "compare_sharpe",
    "sharpe_interval",
]

DRAWS = 10_000
BOOTSTRAP_SEED = 0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairedDifference:
    """Sharpe ratio of the agent less that of a baseline, both annualised.

    Attributes
    ----------
    mean_difference : float
        Mean over symbols, after the mean over seeds.
    interval : tuple of float
        Lower and upper end, symmetric around `mean_difference`.
    p : float
        Two-sided, for the hypothesis of no difference.
    standard_error : float
        0 where both sides are the same.
    block_length : int
        Dates drawn together.
    draws : int
    dates : int
        Rows on which anything has a return.
    """

    mean_difference: float
    interval: tuple[float, float]
    p: float
    standard_error: float
    block_length: int
    draws: int
    dates: int


@dataclass(frozen=True)
class SharpeInterval:
    """An annualised Sharpe ratio with its interval; attributes as in `PairedDifference`."""

    sharpe: float
    interval: tuple[float, float]
    standard_error: float
    block_length: int
    draws: int
    dates: int


def compare_sharpe(
    agent: Floats,
    baseline: Floats,
    *,
    periods: float,
    draws: int = DRAWS,
    seed: int = BOOTSTRAP_SEED,
    level: float = 0.95,
) -> PairedDifference:
    """Compare the mean Sharpe ratio of runs with that of a baseline on the same dates.

    Parameters
    ----------
    agent : float64 array, shape (dates, symbols, seeds)
        Simple returns per candle, oldest first; NaN where a symbol has none at a date.
    baseline : float64 array, shape (dates, symbols) or (dates, symbols, seeds)
        As `agent`; the seeds may be other ones, in another number.
    periods : float
        Candles a year.
    draws : int
    seed : int
        Of the draws; the same seed draws the same dates for every baseline.
    level : float
        Of the interval.

    Returns
    -------
    PairedDifference
        Of the mean over symbols of (mean over seeds of the agent's Sharpe ratio less the mean over
        seeds of the baseline's). A series without variance has a Sharpe ratio of 0, also inside a
        draw.

    Raises
    ------
    InvalidRequest
        Shapes that do not fit, infinite returns, or fewer than `MIN_DATES` dates.
    """
    other = baseline[:, :, None] if baseline.ndim == 2 else baseline
    if agent.ndim != 3 or other.ndim != 3 or agent.shape[:2] != other.shape[:2]:
        raise InvalidRequest(
            "Returns of the agent and of the baseline have to cover the same dates and symbols: "
            f"{agent.shape} and {baseline.shape} do not.",
            field="baseline",
        )
    dates = agent.shape[0]
    flat = np.hstack((agent.reshape(dates, -1), other.reshape(dates, -1)))
    weights = np.concatenate((_equal_weights(agent), -_equal_weights(other)))
    result = draw_studentised(flat, weights, periods=periods, draws=draws, seed=seed)
    return PairedDifference(
        mean_difference=result.value,
        interval=result.interval(level),
        p=result.p,
        standard_error=result.error,
        block_length=result.block_length,
        draws=draws,
        dates=result.dates,
    )


def sharpe_interval(
    returns: Floats,
    *,
    periods: float,
    draws: int = DRAWS,
    seed: int = BOOTSTRAP_SEED,
    level: float = 0.95,
) -> SharpeInterval:
    """Interval for one Sharpe ratio, or for the mean of those of symbols and seeds.

    Parameters
    ----------
    returns : float64 array, shape (dates,), (dates, symbols) or (dates, symbols, seeds)
        Simple returns per candle, oldest first; NaN where there is none.
    periods, draws, seed, level
        As in `compare_sharpe`.

    Raises
    ------
    InvalidRequest
        Infinite returns, or fewer than `MIN_DATES` dates.
    """
    flat = returns.reshape(returns.shape[0], -1)
    weights = np.full(flat.shape[1], 1.0 / flat.shape[1])
    result = draw_studentised(flat, weights, periods=periods, draws=draws, seed=seed)
    return SharpeInterval(
        sharpe=result.value,
        interval=result.interval(level),
        standard_error=result.error,
        block_length=result.block_length,
        draws=draws,
        dates=result.dates,
    )


def _equal_weights(returns: Floats) -> Floats:
    return np.full(returns[0].size, 1.0 / max(returns[0].size, 1))
