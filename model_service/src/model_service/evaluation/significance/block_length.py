"""How many candles in a row a block bootstrap has to draw together.

Politis & White (2004), *Automatic block-length selection for the dependent bootstrap*, with the
correction of Patton, Politis & White (2009); for circular blocks.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_CRITICAL = 2.0
"""Standard errors that an autocorrelation has to pass to count as one."""


def circular_block_length(series: Floats) -> float:
    """Block length that makes the variance of the mean's circular bootstrap most accurate.

    Parameters
    ----------
    series : float64 array, shape (n,)
        A stationary series, oldest first, of at least 8 values.

    Returns
    -------
    float
        At most ``ceil(min(3·√n, n/3))``; not rounded, and near 0 for a series without memory.
        0 for a series without variance.

    Notes
    -----
    Autocorrelations count up to the lag after which `K` in a row are no longer told from 0, with
    ``K = max(5, log10 n)``; twice that lag is the width of the flat-top window. The lag is counted
    as the authors' own program does: it is the first of the `K`.
    """
    count = int(series.shape[0])
    run = max(5, int(math.log10(count)))
    most = min(math.ceil(math.sqrt(count)) + run, count - 1)
    covariance = _autocovariances(series - series.mean(), most)
    if covariance[0] <= 0.0:
        return 0.0
    threshold = _CRITICAL * math.sqrt(math.log10(count) / count)
    small = np.abs(covariance[1:] / covariance[0]) < threshold
    runs = np.flatnonzero(np.convolve(small, np.ones(run), mode="valid") == run)
    # Without such a run the whole reach of lags is used.
    width = min(2 * (int(runs[0]) + 1), most) if runs.size else most
    lags = np.arange(1, width + 1)
    window = np.clip(2.0 * (1.0 - lags / width), 0.0, 1.0)
    long_run = float(covariance[0] + 2.0 * (window @ covariance[1 : width + 1]))
    if long_run == 0.0:
        return 0.0
    bend = float(2.0 * ((window * lags) @ covariance[1 : width + 1]))
    length = math.cbrt(1.5 * (bend / long_run) ** 2 * count)
    return min(length, float(math.ceil(min(3.0 * math.sqrt(count), count / 3.0))))


def _autocovariances(centred: Floats, most: int) -> Floats:
    """Autocovariances at lags 0 to `most`, over n at every lag; shape (most + 1,)."""
    count = centred.shape[0]
    products = [float(centred[lag:] @ centred[: count - lag]) for lag in range(most + 1)]
    covariances: Floats = np.array(products) / count
    return covariances
