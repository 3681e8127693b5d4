"""Draws of a weighted sum of Sharpe ratios, each in units of its own standard error.

The studentised circular block bootstrap of Ledoit & Wolf (2008), *Robust performance hypothesis
testing with the Sharpe ratio*. The sample's standard error follows from the delta method and a
variance that is robust to autocorrelation; that of each draw from the sums of its own blocks, at
its own gradient. Intervals are symmetric.
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
DECIMALS = 10
"""Of a result. What would follow depends on how many threads share a sum, and a run that is
repeated has to give the same numbers."""


@dataclass(frozen=True)
class StudentisedDraws:
    """An estimate, and how far draws fell from it in units of their own standard errors.

    Attributes
    ----------
    value : float
        The weighted sum of the sample, annualised.
    error : float
        Its standard error; 0 where it has no spread.
    distances : float64 array, shape (draws,)
        |t| of each draw, ascending.
    block_length : int
    dates : int
    """

    value: float
    error: float
    distances: Floats
    block_length: int
    dates: int

    @property
    def p(self) -> float:
        """Two-sided, for a true value of 0."""
        if self.error == 0.0:
            return 1.0
        draws = int(self.distances.shape[0])
        below = int(np.searchsorted(self.distances, abs(self.value) / self.error, side="left"))
        return (1 + draws - below) / (draws + 1)

    def interval(self, level: float) -> tuple[float, float]:
        """Lower and upper end, symmetric around the estimate."""
        # The rank makes the interval leave out 0 only where p is at most 1 - level.
        draws = int(self.distances.shape[0])
        rank = min(math.ceil(level * (draws + 1) - 1e-9), draws)
        reach = float(self.distances[rank - 1]) * self.error
        return round(self.value - reach, DECIMALS), round(self.value + reach, DECIMALS)


def draw_studentised(
    returns: Floats, weights: Floats, *, periods: float, draws: int, seed: int
) -> StudentisedDraws:
    """Draw the weighted sum of the Sharpe ratios of series.

    Parameters
    ----------
    returns : float64 array, shape (dates, series)
        Simple returns per candle, oldest first; NaN where a series has none.
    weights : float64 array, shape (series,)
    periods : float
        Candles a year.
    draws, seed : int

    Raises
    ------
    InvalidRequest
        Infinite returns, or fewer than `MIN_DATES` dates with a return.
    """
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
    value = round(float(sample.value[0]), DECIMALS)
    error = round(math.sqrt(long_run_variance(influence) / (dates - _MOMENTS_OF_A_PAIR)), DECIMALS)
    if error < _NO_ERROR:
        return StudentisedDraws(value, 0.0, np.zeros(draws), block, dates)
    distances = _draw_distances(sums, value, error * _SMALLEST_ERROR, block, draws, seed)
    return StudentisedDraws(value, error, distances, block, dates)


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
