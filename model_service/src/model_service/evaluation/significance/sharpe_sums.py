"""A weighted sum of Sharpe ratios as a function of sums over dates, and its linearisation.

A resample of dates changes nothing but how often each date counts, so that all it needs to know
of a series are three sums: of ones, of values and of squares. With these as columns, thousands of
resamples are one matrix product, and so are the terms of their standard errors.

Source of the linearisation: the delta method of Ledoit & Wolf (2008), *Robust performance
hypothesis testing with the Sharpe ratio*, section 3, written as one influence a date.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NO_VARIANCE = 1e-14
"""As the metrics have it: a smaller deviation of returns is none."""
_NO_VARIANCE_LEFT = 1e-12
"""Of the sample's variance; what is left below it in a resample is rounding."""


@dataclass(frozen=True)
class SharpeSums:
    """Columns whose sums over dates tell the Sharpe ratio of every series.

    Attributes
    ----------
    columns : float64 array, shape (dates, groups + 2 · series)
        Ones where there is a return, a column for each group of series that have the same dates;
        then returns, standardised by their own mean and deviation and 0 where there is none; then
        their squares.
    group : int64 array, shape (series,)
        Which of the first columns belongs to a series.
    level : float64 array, shape (series,)
        Mean over deviation of the sample, a candle.
    weights : float64 array, shape (series,)
        What a series' Sharpe ratio counts; 0 for a series without variance.
    """

    columns: Floats
    group: NDArray[np.int64]
    level: Floats
    weights: Floats

    @property
    def groups(self) -> int:
        """Number of distinct sets of dates."""
        return int(self.columns.shape[1] - 2 * self.weights.shape[0])


@dataclass(frozen=True)
class Linearised:
    """The weighted Sharpe ratio of each of n sets of sums.

    Attributes
    ----------
    value : float64 array, shape (n,)
    coefficients : float64 array, shape (n, groups + 2 · series)
        A date's influence on `value` is ``columns @ coefficients``; over the dates of the set it
        sums to 0, and its mean has the variance of `value`.
    """

    value: Floats
    coefficients: Floats


def prepare_sums(returns: Floats, weights: Floats) -> SharpeSums:
    """Standardise the series and lay out their columns.

    Parameters
    ----------
    returns : float64 array, shape (dates, series)
        Simple returns, NaN where a series has none.
    weights : float64 array, shape (series,)
        What each Sharpe ratio a candle counts in the sum.
    """
    present = np.isfinite(returns)
    masks, group = np.unique(present, axis=1, return_inverse=True)
    counts = present.sum(axis=0)
    filled = np.where(present, returns, 0.0)
    mean = filled.sum(axis=0) / np.maximum(counts, 1)
    centred = np.where(present, returns - mean, 0.0)
    deviation = np.sqrt((centred**2).sum(axis=0) / np.maximum(counts - 1, 1))
    varies = (counts >= 2) & (deviation >= _NO_VARIANCE)
    scale = np.where(varies, deviation, 1.0)
    standard = np.where(varies, centred / scale, 0.0)
    return SharpeSums(
        columns=np.hstack((masks.astype(np.float64), standard, standard**2)),
        group=group.reshape(-1).astype(np.int64),
        level=np.where(varies, mean / scale, 0.0),
        weights=np.where(varies, weights, 0.0),
    )


def linearise(prepared: SharpeSums, sums: Floats, dates: int) -> Linearised:
    """Value and influences of the weighted Sharpe ratio at sums over dates.

    Parameters
    ----------
    prepared : SharpeSums
    sums : float64 array, shape (n, groups + 2 · series)
        Sums of the columns over the dates of each of n resamples.
    dates : int
        Dates of a resample, each counted as often as it was drawn.

    Notes
    -----
    With u a return standardised by mean and deviation (ddof 1) of the resample, the influence of
    a date on a Sharpe ratio S is ``u - S/2 · (u² - mean of u²)``, over the share of dates on which
    the series has a return. A series without variance in a resample has the Sharpe ratio 0 and no
    influence.
    """
    groups, series = prepared.groups, prepared.weights.shape[0]
    counts = sums[:, :groups][:, prepared.group] if groups > 1 else sums[:, :1]
    enough = np.maximum(counts, 2.0)
    mean = sums[:, groups : groups + series] / enough
    variance = sums[:, groups + series :] - enough * mean**2
    variance /= enough - 1.0
    varies = (variance > _NO_VARIANCE_LEFT) & (counts >= 2.0)
    deviation = np.sqrt(np.where(varies, variance, 1.0))
    ratio = (prepared.level + mean) / deviation
    weight = np.where(varies, prepared.weights, 0.0)
    value = np.einsum("ij,ij->i", weight, ratio)

    weight *= dates / enough
    half = 0.5 * ratio / deviation
    shift = mean / deviation
    constant = weight * (0.5 * ratio * (1.0 - 1.0 / enough - shift**2) - shift)
    coefficients = np.empty_like(sums)
    coefficients[:, :groups] = _sum_groups(constant, prepared)
    coefficients[:, groups : groups + series] = weight * (1.0 / deviation + 2.0 * half * shift)
    coefficients[:, groups + series :] = -weight * half / deviation
    return Linearised(value, coefficients)


def _sum_groups(values: Floats, prepared: SharpeSums) -> Floats:
    """Sum the columns of the series of each group, shape (n, groups)."""
    if prepared.groups == 1:
        total: Floats = values.sum(axis=1, keepdims=True)
        return total
    member = np.zeros((values.shape[1], prepared.groups))
    member[np.arange(values.shape[1]), prepared.group] = 1.0
    totals: Floats = values @ member
    return totals
