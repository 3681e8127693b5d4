"""Sums and influences against plain definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.evaluation.significance.sharpe_sums import linearise, prepare_sums


def plain_sharpe(returns: np.ndarray) -> float:
    values = returns[~np.isnan(returns)]
    if values.size < 2 or values.std(ddof=1) < 1e-14:
        return 0.0
    return float(values.mean() / values.std(ddof=1))


def gappy_returns(seed: int, dates: int, series: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    returns = 0.001 + 0.01 * random.standard_normal((dates, series))
    returns[random.random((dates, series)) < 0.2] = np.nan
    return returns


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(8, 60), st.integers(1, 6))
def test_the_value_of_a_resample_is_the_weighted_sharpe_ratio_of_its_dates(
    seed: int, dates: int, series: int
) -> None:
    returns = gappy_returns(seed, dates, series)
    weights = np.random.default_rng(seed + 1).standard_normal(series)
    rows = np.random.default_rng(seed + 2).integers(0, dates, size=(3, dates))
    prepared = prepare_sums(returns, weights)
    sums = np.stack([prepared.columns[drawn].sum(axis=0) for drawn in rows])
    value = linearise(prepared, sums, dates).value
    for number, drawn in enumerate(rows):
        expected = sum(w * plain_sharpe(returns[drawn, k]) for k, w in enumerate(weights))
        assert value[number] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_an_influence_is_what_a_little_more_weight_on_a_date_changes() -> None:
    dates = 40
    returns = gappy_returns(7, dates, 5)
    prepared = prepare_sums(returns, np.array([1.0, 0.5, -0.7, 0.2, -1.0]))
    total = prepared.columns.sum(axis=0, keepdims=True)
    sample = linearise(prepared, total, dates)
    influence = prepared.columns @ sample.coefficients[0]
    step = 1e-6
    # Of the population ratio: with ddof 1, a date more also tells a little about the deviation.
    population = np.sqrt(np.isfinite(returns).sum(axis=0) / (np.isfinite(returns).sum(axis=0) - 1))
    for t in range(dates):
        more, less = np.ones(dates), np.ones(dates)
        more[t] += step
        less[t] -= step
        change = sum(
            weight * (weighted(returns[:, k], more) - weighted(returns[:, k], less))
            for k, weight in enumerate(prepared.weights / population)
        ) / (2 * step)
        assert influence[t] / dates == pytest.approx(change, rel=0.08, abs=2e-3)
    assert influence.sum() == pytest.approx(0.0, abs=1e-9)


def weighted(returns: np.ndarray, weight: np.ndarray) -> float:
    present = np.isfinite(returns)
    values, share = returns[present], weight[present] / weight[present].sum()
    mean = float(share @ values)
    return mean / float(np.sqrt(share @ (values - mean) ** 2))


def test_series_without_variance_count_nothing() -> None:
    returns = np.column_stack((np.zeros(20), np.full(20, 0.01), np.full(20, np.nan)))
    prepared = prepare_sums(returns, np.ones(3))
    sample = linearise(prepared, prepared.columns.sum(axis=0, keepdims=True), 20)
    assert sample.value[0] == 0.0
    assert not sample.coefficients.any()


def test_a_series_that_stands_still_in_a_resample_counts_nothing_there() -> None:
    returns = np.zeros((20, 1))
    returns[3] = 0.05
    prepared = prepare_sums(returns, np.ones(1))
    still = 20.0 * prepared.columns[[0]]
    assert linearise(prepared, still, 20).value[0] == 0.0
