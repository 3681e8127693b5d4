"""L-BFGS (Nocedal, 1980) without BLAS, whose sums depend on the number of its threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Loss = Callable[[Vector], tuple[float, Vector]]

_MEMORY: Final = 10
_ENOUGH: Final = 1e-4
"""Of the fall that the slope promises, the share that a step has to keep (Armijo)."""
_HALVINGS: Final = 30


def minimise(loss: Loss, start: Vector, *, iterations: int, settled: float) -> Vector:
    """The point of least loss, for a smooth convex loss.

    Parameters
    ----------
    loss : callable
        Gives value and slope of a point.
    start : ndarray of float64, shape (n,)
    iterations : int
        At most so many steps.
    settled : float
        It ends where no part of the slope is larger.
    """
    point = start
    value, slope = loss(point)
    history: deque[tuple[Vector, Vector, float]] = deque(maxlen=_MEMORY)
    for _ in range(iterations):
        if np.abs(slope).max() <= settled:
            break
        direction = -_turned(slope, history)
        promise = _dot(direction, slope)
        step = 1.0 if history else min(1.0, 1.0 / float(np.abs(slope).sum()))
        for _ in range(_HALVINGS):
            next_point = point + step * direction
            next_value, next_slope = loss(next_point)
            if next_value <= value + _ENOUGH * step * promise:
                break
            step /= 2.0
        else:
            break
        moved, change = next_point - point, next_slope - slope
        curvature = _dot(moved, change)
        if curvature > 0.0:
            history.append((moved, change, curvature))
        point, value, slope = next_point, next_value, next_slope
    return point


def _turned(slope: Vector, history: deque[tuple[Vector, Vector, float]]) -> Vector:
    """The slope times the inverse curvature that the last steps showed (two-loop recursion)."""
    turned = slope.copy()
    shares: list[float] = []
    for moved, change, curvature in reversed(history):
        share = _dot(moved, turned) / curvature
        turned -= share * change
        shares.append(share)
    if history:
        _, change, curvature = history[-1]
        turned *= curvature / _dot(change, change)
    for (moved, change, curvature), share in zip(history, reversed(shares), strict=True):
        turned += (share - _dot(change, turned) / curvature) * moved
    return turned


def _dot(a: Vector, b: Vector) -> float:
    return float((a * b).sum())
