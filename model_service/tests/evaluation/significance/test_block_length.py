"""Against `arch`, which implements the same papers."""

import itertools

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length
from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.significance.block_length import circular_block_length


def autoregression(slope: float, count: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    series = np.zeros(count)
    for t in range(1, count):
        series[t] = slope * series[t - 1] + random.standard_normal()
    return series


def test_it_is_that_of_arch() -> None:
    pairs = []
    for slope, count in itertools.product((-0.3, 0.0, 0.2, 0.5, 0.9), (60, 250, 500, 3000)):
        for seed in range(5):
            series = autoregression(slope, count, seed)
            theirs = float(optimal_block_length(series)["circular"].iloc[0])
            pairs.append((circular_block_length(series), theirs))
    ours, theirs = np.array(pairs).T
    # They divide autocovariances by variances of parts of the series, the paper by that of the
    # whole: where one lies at the threshold, another lag is the last one that counts.
    assert np.isclose(ours, theirs, rtol=1e-9).mean() >= 0.95
    assert np.corrcoef(ours, theirs)[0, 1] > 0.98


def test_more_memory_takes_longer_blocks() -> None:
    lengths = [
        np.mean([circular_block_length(autoregression(slope, 1000, seed)) for seed in range(20)])
        for slope in (0.0, 0.3, 0.6, 0.9)
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] < 3 < lengths[2]


def test_a_series_without_variance_has_no_length() -> None:
    assert circular_block_length(np.full(100, 0.25)) == 0.0


@given(st.integers(0, 1000), st.integers(8, 200), st.floats(1e-6, 1e6), st.floats(-1e3, 1e3))
def test_scale_and_level_do_not_matter(seed: int, count: int, scale: float, level: float) -> None:
    series = np.random.default_rng(seed).standard_normal(count)
    length = circular_block_length(series)
    moved = circular_block_length(scale * (series + level))
    assert moved == pytest.approx(length, rel=1e-3, abs=1e-3)
    assert 0.0 <= length <= np.ceil(min(3 * np.sqrt(count), count / 3))
