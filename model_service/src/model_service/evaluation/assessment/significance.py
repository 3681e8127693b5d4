"""What chance leaves of a result: paired differences, the mean portfolio's ratios, the seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from model_service.evaluation.assessment.subject import (
    Floats,
    Subject,
    returns_by_date,
)
from model_service.evaluation.baselines import BASELINE_NAMES
from model_service.evaluation.configurations import Register
from model_service.evaluation.significance.bootstrap import PairedDifference, compare_sharpe
from model_service.evaluation.significance.seeds import seed_interval
from model_service.evaluation.significance.sharpe_ratio import (
    deflated_sharpe,
    expected_best_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)
from model_service.evaluation.significance.verdict import MIN_VERDICT_DATES
from model_service.trading.metrics import sharpe


@dataclass(frozen=True)
class Configurations:
    """How many configurations were ever compared on validation to come to an agent.

    Attributes
    ----------
    count : int
    sharpe_variance : float or None
        Of their annualised validation Sharpe ratios (ddof 1); None for fewer than two.
    """

    count: int
    sharpe_variance: float | None


def count_configurations(register: Register) -> Configurations:
    """What the deflated Sharpe ratio needs of a register."""
    several = register.count > 1
    return Configurations(register.count, register.sharpe_variance if several else None)


def paired_differences(
    subjects: Sequence[Subject], *, periods: float, draws: int, seed: int
) -> dict[str, PairedDifference] | None:
    """The agent against each baseline; None where there are too few dates to judge by."""
    agent = returns_by_date([subject.agent for subject in subjects])
    if agent.shape[0] < MIN_VERDICT_DATES:
        return None
    return {
        name: compare_sharpe(
            agent,
            returns_by_date([subject.baselines[name] for subject in subjects]),
            periods=periods,
            draws=draws,
            seed=seed,
        )
        for name in BASELINE_NAMES
    }


def report_paired(paired: Mapping[str, PairedDifference] | None) -> dict[str, Any] | None:
    """The differences as `PairedDifferences` of the contract."""
    if paired is None:
        return None
    return {name: report_difference(difference) for name, difference in paired.items()}


def report_difference(difference: PairedDifference) -> dict[str, Any]:
    """One difference as `PairedDifference` of the contract."""
    return {**asdict(difference), "interval": list(difference.interval)}


def report_significance(
    subjects: Sequence[Subject], configurations: Configurations, *, periods: float
) -> dict[str, Any]:
    """Of the mean portfolio and of the seeds, as `Significance` of the contract."""
    returns = mean_portfolio(subjects)
    moments = sharpe_moments(returns)
    trials, variance = configurations.count, configurations.sharpe_variance
    chosen = variance is not None and trials > 1
    per_candle = (variance or 0.0) / periods
    return {
        "seeds": _seeds(subjects),
        "sharpe": sharpe(returns, periods) or 0.0,
        "probabilistic_sharpe": None if moments is None else probabilistic_sharpe(moments),
        "deflated_sharpe": (
            deflated_sharpe(moments, trials, per_candle) if moments is not None and chosen else None
        ),
        "expected_best_sharpe": (
            expected_best_sharpe(trials, per_candle) * math.sqrt(periods) if chosen else None
        ),
        "minimum_track_record_candles": None if moments is None else minimum_track_record(moments),
        "track_record_candles": int(returns.shape[0]),
    }


def mean_portfolio(subjects: Sequence[Subject]) -> Floats:
    """Returns of equal money in every symbol and seed each day, shape (dates,)."""
    returns = returns_by_date([subject.agent for subject in subjects])
    portfolio: Floats = np.nanmean(returns.mean(axis=2), axis=1)
    return portfolio


def _seeds(subjects: Sequence[Subject]) -> dict[str, Any]:
    sharpes = np.mean([[run.sharpe for run in subject.members] for subject in subjects], axis=0)
    found = asdict(seed_interval(sharpes.tolist()))
    interval = found["interval"]
    return {**found, "interval": None if interval is None else list(interval)}
