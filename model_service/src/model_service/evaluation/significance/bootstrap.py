"""Intervals for Sharpe ratios and for differences of them.

The studentised circular block bootstrap of Ledoit & Wolf (2008), *Robust performance hypothesis
testing with the Sharpe ratio*. Dates are drawn, and each brings the returns of all symbols, of all
seeds and of both sides with it: symbols of one period are not independent. The sample's standard
error follows from the delta method and a variance that is robust to autocorrelation; that of each
draw from the sums of its own blocks, at its own gradient. Intervals are symmetric.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest
from model_service.evaluation.significance.block_length import circular_block_length
from model_service.evaluation.significance.long_run_variance import long_run_variance
from model_service.evaluation.significance.sharpe_sums import (
    SharpeSums,
    linearise,
    prepare_sums,
)

Floats = NDArray[np.float64]

MIN_DATES = 8
"""Fewer leave nothing to estimate a standard error from."""

_FEWEST_BLOCKS = 15
"""A standard error from fewer blocks is too noisy; blocks are no longer than this allows."""
_SMALLEST_ERROR = 0.1
"""Of the sample's. Draws without a date on which the two sides differ have no error at all."""
_NO_ERROR = 1e-9
"""A standard error of an annualised ratio below this is rounding: both sides are the same."""
_CHUNK_VALUES = 300_000
"""Most values in an array of a chunk of draws, 2.4 MB: small enough to stay in the cache."""
_SMALL_PRODUCT = 250_000
"""Multiplications of a matrix product that BLAS leaves to one thread. Where that is enough for a
few draws, it is faster than to wait for other threads, most of all on a busy machine."""
_FEWEST_DRAWS = 8
"""Of a chunk of small products; with fewer, calls would take longer than products."""
_MOMENTS_OF_A_PAIR = 4
_DECIMALS = 10
"""Of a result. What would follow depends on how many threads share a sum, and a run that is
repeated has to give the same numbers."""


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
    draws: int = 10_000,
    seed: int = 0,
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
    result = _bootstrap(flat, weights, periods, draws, seed)
    return PairedDifference(
        mean_difference=round(result.value, _DECIMALS),
        interval=result.interval(level),
        p=result.p,
        standard_error=round(result.error, _DECIMALS),
        block_length=result.block_length,
        draws=draws,
        dates=result.dates,
    )


def sharpe_interval(
    returns: Floats, *, periods: float, draws: int = 10_000, seed: int = 0, level: float = 0.95
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
    result = _bootstrap(flat, weights, periods, draws, seed)
    return SharpeInterval(
        sharpe=round(result.value, _DECIMALS),
        interval=result.interval(level),
        standard_error=round(result.error, _DECIMALS),
        block_length=result.block_length,
        draws=draws,
        dates=result.dates,
    )


@dataclass(frozen=True)
class _Bootstrap:
    """The estimate, and how far draws fell from it in units of their own standard errors."""

    value: float
    error: float
    distances: Floats  # |t| of each draw, ascending
    block_length: int
    dates: int

    @property
    def p(self) -> float:
        if self.error == 0.0:
            return 1.0
        draws = int(self.distances.shape[0])
        below = int(np.searchsorted(self.distances, abs(self.value) / self.error, side="left"))
        return (1 + draws - below) / (draws + 1)

    def interval(self, level: float) -> tuple[float, float]:
        # The rank makes the interval leave out 0 only where p is at most 1 - level.
        draws = int(self.distances.shape[0])
        rank = min(math.ceil(level * (draws + 1) - 1e-9), draws)
        reach = float(self.distances[rank - 1]) * self.error
        return round(self.value - reach, _DECIMALS), round(self.value + reach, _DECIMALS)


def _equal_weights(returns: Floats) -> Floats:
    return np.full(returns[0].size, 1.0 / max(returns[0].size, 1))


def _bootstrap(
    returns: Floats, weights: Floats, periods: float, draws: int, seed: int
) -> _Bootstrap:
    if np.isinf(returns).any():
        raise InvalidRequest("A return is infinite.", field="returns")
    returns = returns[~np.isnan(returns).all(axis=1)]
    dates = int(returns.shape[0])
    if dates < MIN_DATES:
        raise InvalidRequest(
            f"{dates} dates are too few for an interval; at least {MIN_DATES} are needed.",
            field="returns",
            limit=MIN_DATES,
        )
    sums = prepare_sums(returns, weights * math.sqrt(periods))
    sample = linearise(sums, sums.columns.sum(axis=0, keepdims=True), dates)
    influence = sums.columns @ sample.coefficients[0]
    length = min(circular_block_length(influence), dates / _FEWEST_BLOCKS)
    block = max(1, round(length))
    value = float(sample.value[0])
    error = math.sqrt(long_run_variance(influence) / (dates - _MOMENTS_OF_A_PAIR))
    if error < _NO_ERROR:
        return _Bootstrap(value, 0.0, np.zeros(draws), block, dates)
    distances = _draw_distances(sums, value, error * _SMALLEST_ERROR, block, draws, seed)
    return _Bootstrap(value, error, distances, block, dates)


def _draw_distances(
    sums: SharpeSums, value: float, smallest: float, block: int, draws: int, seed: int
) -> Floats:
    """|t| of each draw around `value`, ascending; shape (draws,)."""
    dates, width = sums.columns.shape
    # A draw has whole blocks only: its length is next to that of the sample, its error its own.
    blocks = round(dates / block)
    drawn = blocks * block
    block_sums = _circular_sums(sums.columns, block)
    random = np.random.default_rng(seed)
    chunk = _chunk_of(draws, dates, width)
    distances = np.empty(draws)
    for first in range(0, draws, chunk):
        size = min(chunk, draws - first)
        starts = random.integers(0, dates, size=(size, blocks))
        starts += dates * np.arange(size)[:, None]
        times = np.bincount(starts.ravel(), minlength=size * dates).reshape(size, dates)
        often = times.astype(np.float64)
        draw = linearise(sums, often @ block_sums, drawn)
        influence = draw.coefficients @ block_sums.T
        influence *= influence
        variance = np.einsum("ij,ij->i", influence, often) / drawn**2
        variance *= blocks / (blocks - 1)
        error = np.maximum(np.sqrt(variance), smallest)
        distances[first : first + size] = np.abs(draw.value - value) / error
    distances.sort()
    return distances


def _chunk_of(draws: int, dates: int, width: int) -> int:
    """Draws to compute at a time."""
    small = _SMALL_PRODUCT // (dates * width)
    chunk = small if small >= _FEWEST_DRAWS else _CHUNK_VALUES // max(dates, width)
    return max(1, min(draws, chunk))


def _circular_sums(columns: Floats, block: int) -> Floats:
    """Sums over `block` rows from each row on, going round at the end; shape of `columns`."""
    total = columns.copy()
    for step in range(1, block):
        total += np.roll(columns, -step, axis=0)
    return total
