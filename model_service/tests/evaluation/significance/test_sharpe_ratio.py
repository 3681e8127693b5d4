"""The worked examples of Bailey & López de Prado (2012) and (2014)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.significance.sharpe_ratio import (
    SharpeMoments,
    deflated_sharpe,
    expected_best_sharpe,
    minimum_track_record,
    probabilistic_sharpe,
    sharpe_moments,
)

# Two years of months of a hedge fund, annualised Sharpe ratio 1.59 (2012).
FUND = SharpeMoments(sharpe=0.458, skewness=-2.448, kurtosis=10.164, count=24)
# The best of many strategies over five years of 250 days, annualised Sharpe ratio 2.5 (2014).
CHOSEN = SharpeMoments(sharpe=2.5 / math.sqrt(250), skewness=-3.0, kurtosis=10.0, count=1250)
VARIANCE_OF_TRIALS = 0.5 / 250


def normal(annual: float, periods: float) -> SharpeMoments:
    return SharpeMoments(annual / math.sqrt(periods), skewness=0.0, kurtosis=3.0, count=100)


def test_probabilistic_sharpe_of_the_published_fund() -> None:
    as_if_normal = SharpeMoments(FUND.sharpe, 0.0, 3.0, FUND.count)
    assert probabilistic_sharpe(as_if_normal) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(FUND) == pytest.approx(0.913, abs=5e-4)


@pytest.mark.parametrize(("periods", "years"), [(250, 2.73), (52, 2.83), (12, 3.24)])
def test_minimum_track_record_of_two_against_one(periods: float, years: float) -> None:
    record = minimum_track_record(normal(2.0, periods), benchmark=1.0 / math.sqrt(periods))
    assert record is not None
    assert record / periods == pytest.approx(years, abs=5e-3)


def test_minimum_track_record_of_typical_hedge_funds() -> None:
    typical = SharpeMoments(2.0 / math.sqrt(12), skewness=-0.72, kurtosis=5.78, count=100)
    record = minimum_track_record(typical, benchmark=1.0 / math.sqrt(12))
    assert record is not None
    assert record / 12 == pytest.approx(4.99, abs=5e-3)


@pytest.mark.parametrize(("trials", "probability"), [(100, 0.9004), (46, 0.9505)])
def test_deflated_sharpe_of_the_published_choice(trials: int, probability: float) -> None:
    deflated = deflated_sharpe(CHOSEN, trials, VARIANCE_OF_TRIALS)
    assert deflated == pytest.approx(probability, abs=5e-5)


def test_expected_best_of_the_published_trials() -> None:
    assert expected_best_sharpe(100, VARIANCE_OF_TRIALS) == pytest.approx(0.1132, abs=5e-5)


@pytest.mark.parametrize("trials", [10, 100, 1000])
def test_expected_best_is_that_of_simulated_trials(trials: int) -> None:
    best = np.random.default_rng(0).standard_normal((20_000, trials)).max(axis=1).mean()
    assert expected_best_sharpe(trials, 1.0) == pytest.approx(best, rel=0.025)


def test_one_trial_is_no_choice() -> None:
    assert expected_best_sharpe(1, 0.4) == 0.0
    assert deflated_sharpe(CHOSEN, 1, 0.4) == probabilistic_sharpe(CHOSEN)


@given(st.floats(0.01, 0.5), st.floats(-1.5, 1.5), st.floats(3.5, 20.0))
def test_a_record_of_the_minimum_length_is_just_enough(
    sharpe: float, skewness: float, kurtosis: float
) -> None:
    record = minimum_track_record(SharpeMoments(sharpe, skewness, kurtosis, 10))
    assert record is not None
    after = SharpeMoments(sharpe, skewness, kurtosis, math.ceil(record))
    before = SharpeMoments(sharpe, skewness, kurtosis, math.ceil(record) - 1)
    assert probabilistic_sharpe(after) >= 0.95 - 1e-9
    assert probabilistic_sharpe(before) < 0.95


@pytest.mark.parametrize("sharpe", [0.0, -0.1])
def test_no_record_is_long_enough_for_what_does_not_earn(sharpe: float) -> None:
    assert minimum_track_record(SharpeMoments(sharpe, 0.0, 3.0, 500)) is None


def test_moments_of_returns() -> None:
    returns = np.array([0.01, -0.02, 0.03, 0.01, 0.0, -0.01])
    moments = sharpe_moments(returns)
    assert moments is not None
    assert moments.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1))
    centred = returns - returns.mean()
    assert moments.skewness == pytest.approx((centred**3).mean() / (centred**2).mean() ** 1.5)
    assert moments.kurtosis == pytest.approx((centred**4).mean() / (centred**2).mean() ** 2)
    assert moments.count == 6


@pytest.mark.parametrize("returns", [[], [0.1], [0.0, 0.0, 0.0], [0.01] * 5])
def test_returns_without_variance_have_no_moments(returns: list[float]) -> None:
    assert sharpe_moments(np.array(returns)) is None


def test_two_returns_of_which_one_is_zero_are_certain_of_nothing_and_do_not_break() -> None:
    moments = sharpe_moments(np.array([0.02, 0.0]))
    assert moments is not None
    assert 0.0 <= probabilistic_sharpe(moments) <= 1.0
