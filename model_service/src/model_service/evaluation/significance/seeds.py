"""What a result is over seeds: how much of it is the luck of one training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit


@dataclass(frozen=True)
class SeedInterval:
    """Distribution of one figure over seeds.

    Attributes
    ----------
    seeds : int
    mean : float
    std : float or None
        ddof 1; None for one seed.
    interval : tuple of float or None
        For the mean over all seeds that there could be, by Student's t; None for one seed.
    worst, median, best : float
        `worst` is the smallest.
    """

    seeds: int
    mean: float
    std: float | None
    interval: tuple[float, float] | None
    worst: float
    median: float
    best: float


def seed_interval(values: Sequence[float], level: float = 0.95) -> SeedInterval:
    """Summarise one figure, one value a seed; at least one.

    It says how far another set of seeds on the same candles might have come out elsewhere, and
    nothing about other candles.
    """
    figures = np.asarray(values, dtype=np.float64)
    count = figures.shape[0]
    mean = float(figures.mean())
    std: float | None = None
    interval: tuple[float, float] | None = None
    if count > 1:
        std = float(figures.std(ddof=1))
        quantile = float(stdtrit(count - 1, 0.5 + level / 2.0))
        reach = quantile * std / math.sqrt(count)
        interval = (mean - reach, mean + reach)
    return SeedInterval(
        seeds=count,
        mean=mean,
        std=std,
        interval=interval,
        worst=float(figures.min()),
        median=float(np.median(figures)),
        best=float(figures.max()),
    )
