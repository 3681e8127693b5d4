"""What a single Sharpe ratio is worth: probabilistic and deflated, and how long a record it takes.

Bailey & López de Prado (2012), *The Sharpe ratio efficient frontier*, and (2014), *The deflated
Sharpe ratio: correcting for selection bias, backtest overfitting and non-normality*.

All ratios here are those of one candle, not of a year: divide an annualised ratio by √periods and
a variance of annualised ratios by periods, with the candles a year, before they come in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_EULER = 0.5772156649015329
_NO_VARIANCE = 1e-14
_NORMAL = NormalDist()


@dataclass(frozen=True)
class SharpeMoments:
    """A Sharpe ratio with what its uncertainty depends on.

    Attributes
    ----------
    sharpe : float
        Mean over deviation (ddof 1) of returns, a candle.
    skewness : float
    kurtosis : float
        3 for a normal distribution.
    count : int
        Returns, at least 2.
    """

    sharpe: float
    skewness: float
    kurtosis: float
    count: int

    @property
    def variance_factor(self) -> float:
        """Variance of the estimate times (count - 1), for independent returns."""
        return max(
            1.0 - self.skewness * self.sharpe + (self.kurtosis - 1.0) / 4.0 * self.sharpe**2, 0.0
        )


def sharpe_moments(returns: Floats) -> SharpeMoments | None:
    """Moments of simple returns per candle, shape (n,); None where they have no variance."""
    count = returns.shape[0]
    if count < 2:
        return None
    centred = returns - returns.mean()
    deviation = float(returns.std(ddof=1))
    if deviation < _NO_VARIANCE:
        return None
    standard = centred / returns.std()
    return SharpeMoments(
        sharpe=float(returns.mean()) / deviation,
        skewness=float((standard**3).mean()),
        kurtosis=float((standard**4).mean()),
        count=count,
    )


def probabilistic_sharpe(moments: SharpeMoments, benchmark: float = 0.0) -> float:
    """Probability that the true Sharpe ratio is above `benchmark`, a candle."""
    distance = moments.sharpe - benchmark
    spread = math.sqrt(moments.variance_factor)
    if spread == 0.0:
        return 0.5 + 0.5 * float(np.sign(distance))
    return _NORMAL.cdf(distance * math.sqrt(moments.count - 1) / spread)


def expected_best_sharpe(trials: int, variance: float) -> float:
    """Sharpe ratio, a candle, that the best of so many useless configurations is expected to show.

    Parameters
    ----------
    trials : int
        Configurations that were ever compared.
    variance : float
        Of their Sharpe ratios a candle.

    Returns
    -------
    float
        0 for one trial: nothing was chosen.
    """
    if trials < 2:
        return 0.0
    nearly, further = 1.0 - 1.0 / trials, 1.0 - 1.0 / (trials * math.e)
    best = (1.0 - _EULER) * _NORMAL.inv_cdf(nearly) + _EULER * _NORMAL.inv_cdf(further)
    return math.sqrt(variance) * best


def deflated_sharpe(moments: SharpeMoments, trials: int, variance: float) -> float:
    """Probability that the true Sharpe ratio is above what choosing alone would show.

    Parameters
    ----------
    moments : SharpeMoments
        Of the configuration that was chosen.
    trials, variance
        As in `expected_best_sharpe`.
    """
    return probabilistic_sharpe(moments, expected_best_sharpe(trials, variance))


def minimum_track_record(
    moments: SharpeMoments, benchmark: float = 0.0, confidence: float = 0.95
) -> float | None:
    """Returns that it takes until the probabilistic Sharpe ratio reaches `confidence`.

    None where the Sharpe ratio is not above `benchmark`: no record is long enough.
    """
    distance = moments.sharpe - benchmark
    if distance <= 0.0:
        return None
    return 1.0 + moments.variance_factor * (_NORMAL.inv_cdf(confidence) / distance) ** 2
