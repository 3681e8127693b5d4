import numpy as np
import pytest
from scipy import stats

from model_service.evaluation.significance.seeds import seed_interval


def test_the_interval_is_students() -> None:
    values = [0.31, 0.42, 0.18, 0.55, 0.40]
    summary = seed_interval(values)
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    assert summary.interval == pytest.approx((low, high))
    assert summary.mean == pytest.approx(0.372)
    assert summary.std == pytest.approx(np.std(values, ddof=1))
    assert (summary.seeds, summary.worst, summary.median, summary.best) == (5, 0.18, 0.40, 0.55)


def test_one_seed_says_nothing_about_luck() -> None:
    summary = seed_interval([0.4])
    assert summary.std is None
    assert summary.interval is None
    assert summary.mean == summary.worst == summary.median == summary.best == 0.4


def test_equal_seeds_have_an_interval_without_width() -> None:
    summary = seed_interval([0.5, 0.5, 0.5])
    assert summary.std == 0.0
    assert summary.interval == (0.5, 0.5)


def test_it_covers_the_mean_of_all_seeds() -> None:
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(2_000):
        interval = seed_interval(random.normal(0.4, 0.1, size=6).tolist()).interval
        assert interval is not None
        covered += interval[0] <= 0.4 <= interval[1]
    assert covered / 2_000 == pytest.approx(0.95, abs=0.015)
