"""Baselines: what no learning would have done on the same candles, at the same costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def buy_and_hold(count: int) -> NDArray[np.float64]:
    """Target exposure 1 from the first candle on, shape (count,): bought at the first fill."""
    return np.ones(count)
