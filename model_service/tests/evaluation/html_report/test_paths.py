"""Columns as paths."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model_service.evaluation.html_report.paths import band_path, line_path

SHARES = arrays(np.float64, st.integers(1, 400), elements=st.floats(0.0, 1.0, allow_nan=False))


def points(path):
    return [tuple(map(float, pair.split(","))) for pair in re.findall(r"[-\d.]+,[-\d.]+", path)]


def test_a_short_line_keeps_every_point_and_stands_upright():
    assert (
        line_path(np.array([0.0, 0.5, 1.0]), np.array([0.0, 1.0, 0.25])) == "M0,1000 500,0 1000,750"
    )


def test_nothing_is_drawn_of_nothing():
    empty = np.empty(0)
    assert line_path(empty, empty) == ""
    assert band_path(empty, empty, empty) == ""


@given(SHARES, st.integers(1, 20))
def test_a_long_line_keeps_its_ends_and_its_extremes(values, buckets):
    drawn = points(line_path(np.linspace(0.0, 1.0, values.size), values, buckets=buckets))
    heights = np.round((1.0 - values) * 1_000, 1)
    assert len(drawn) <= max(2 * buckets + 2, 1)
    assert (drawn[0][1], drawn[-1][1]) == (heights[0], heights[-1])
    assert min(y for _, y in drawn) == heights.min()
    assert max(y for _, y in drawn) == heights.max()
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)


def test_a_band_is_closed_and_runs_forth_above_and_back_below():
    across = np.array([0.0, 1.0])
    path = band_path(across, np.array([0.1, 0.2]), np.array([0.3, 0.4]))
    assert path == "M0,700 1000,600L1000,800 0,900Z"
