"""Variance of a mean whose terms depend on each other over time.

A Parzen kernel after prewhitening by a first-order autoregression, its bandwidth chosen from the
data (Andrews, 1991; Andrews & Monahan, 1992).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LARGEST_SLOPE = 0.97
"""Nearer to 1 the recolouring would explode (Andrews & Monahan, 1992)."""


def long_run_variance(series: Floats) -> float:
    """Limit of n · variance of the mean.

    Parameters
    ----------
    series : float64 array, shape (n,)
        Of mean 0, oldest first, at least 8 values.

    Returns
    -------
    float
        At least 0.
    """
    slope = _slope(series)
    residual = series[1:] - slope * series[:-1]
    return _parzen_variance(residual) / (1.0 - slope) ** 2


def _slope(series: Floats) -> float:
    """Least-squares coefficient of each value on the one before it, kept away from ±1."""
    power = float(series[:-1] @ series[:-1])
    if power <= 0.0:
        return 0.0
    slope = float(series[1:] @ series[:-1]) / power
    return min(max(slope, -_LARGEST_SLOPE), _LARGEST_SLOPE)


def _parzen_variance(series: Floats) -> float:
    count = int(series.shape[0])
    slope = _slope(series)
    curvature = 4.0 * slope**2 / (1.0 - slope) ** 4
    bandwidth = 2.6614 * math.pow(curvature * count, 0.2)
    total = float(series @ series)
    for lag in range(1, min(math.ceil(bandwidth), count)):
        total += 2.0 * _parzen(lag / bandwidth) * float(series[lag:] @ series[:-lag])
    return max(total, 0.0) / count


def _parzen(distance: float) -> float:
    """Weight at a distance of 0 to 1 bandwidths."""
    if distance <= 0.5:
        return 1.0 - 6.0 * distance**2 + 6.0 * distance**3
    return 2.0 * (1.0 - distance) ** 3
