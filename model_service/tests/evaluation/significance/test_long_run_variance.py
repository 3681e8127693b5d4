import numpy as np
import pytest

from model_service.evaluation.significance.long_run_variance import long_run_variance


def test_it_is_the_variance_where_nothing_is_remembered() -> None:
    estimates = [
        long_run_variance(np.random.default_rng(seed).standard_normal(500)) for seed in range(200)
    ]
    assert np.mean(estimates) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("slope", [-0.4, 0.3, 0.6])
def test_it_is_that_of_an_autoregression(slope: float) -> None:
    estimates = []
    for seed in range(100):
        news = np.random.default_rng(seed).standard_normal(1100)
        series = np.zeros(1100)
        for t in range(1, 1100):
            series[t] = slope * series[t - 1] + news[t]
        estimates.append(long_run_variance(series[100:] - series[100:].mean()))
    assert np.mean(estimates) == pytest.approx(1.0 / (1.0 - slope) ** 2, rel=0.05)


def test_the_kernel_corrects_what_the_autoregression_misses() -> None:
    # y[t] = e[t] + e[t-1] / 2: long-run variance 2.25, of which an autoregression makes 2.92.
    estimates = []
    for seed in range(20):
        news = np.random.default_rng(seed).standard_normal(20_001)
        series = news[1:] + 0.5 * news[:-1]
        estimates.append(long_run_variance(series - series.mean()))
    assert np.mean(estimates) == pytest.approx(2.25, rel=0.1)


def test_zeros_have_none() -> None:
    assert long_run_variance(np.zeros(20)) == 0.0
