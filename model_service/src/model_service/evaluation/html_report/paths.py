"""Columns of numbers as paths of an SVG, no longer than a screen can show.

A path lives in a square of 1,000 × 1,000 units that the page stretches over the plot.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

UNITS = 1_000
MAX_BUCKETS = 480
"""A line has at most twice as many points: more than a printed page resolves."""


def line_path(across: Floats, up: Floats, *, buckets: int = MAX_BUCKETS) -> str:
    """Draw a line.

    Parameters
    ----------
    across, up : float64 arrays, shape (n,)
        Fractions of the plot's width and height, from the left and from the bottom.
    buckets : int
        A longer line keeps the lowest and the highest point of each of so many stretches, so
        that no peak is lost.

    Returns
    -------
    str
        The ``d`` of a path; empty for no points.
    """
    kept = _extremes(up, buckets)
    return _joined("M", across[kept], up[kept])


def band_path(across: Floats, low: Floats, high: Floats, *, buckets: int = MAX_BUCKETS) -> str:
    """Draw the area between two columns, shapes (n,), each kept at its outer points."""
    upper, lower = _extremes(high, buckets), _extremes(low, buckets)[::-1]
    forth = _joined("M", across[upper], high[upper])
    return f"{forth}{_joined('L', across[lower], low[lower])}Z" if forth else ""


def _extremes(values: Floats, buckets: int) -> NDArray[np.int64]:
    if values.size <= 2 * buckets:
        return np.arange(values.size, dtype=np.int64)
    edges = np.linspace(0, values.size, buckets + 1).astype(np.int64)
    kept = [0, values.size - 1]
    for first, end in pairwise(edges):
        stretch = values[first:end]
        kept += [int(first + stretch.argmin()), int(first + stretch.argmax())]
    return np.unique(np.array(kept, dtype=np.int64))


def _joined(command: str, across: Floats, up: Floats) -> str:
    x = np.round(across * UNITS, 1)
    y = np.round((1.0 - up) * UNITS, 1)
    points = " ".join(f"{a:g},{b:g}" for a, b in zip(x, y, strict=True))
    return f"{command}{points}" if points else ""
