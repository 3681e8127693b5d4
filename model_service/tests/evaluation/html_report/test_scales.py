"""Axes: where values stand, and which of them are named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.html_report.scales import date_ticks, round_ticks, scale_over

MONEY = st.floats(-1e12, 1e12, allow_nan=False)
FIRST, LAST = -62_135_596_800, 253_402_300_799


def test_values_stand_between_the_ends():
    scale = scale_over(100.0, 200.0)
    assert scale.shares(np.array([100.0, 150.0, 200.0])) == pytest.approx([0.0, 0.5, 1.0])
    assert scale_over(100.0, 200.0, margin=0.1).share(100.0) == pytest.approx(1.0 / 12.0)


@given(MONEY)
def test_a_single_value_has_an_axis_with_itself_in_the_middle(value):
    scale = scale_over(value, value)
    assert scale.high > scale.low
    assert scale.share(value) == pytest.approx(0.5)


@given(MONEY, MONEY, st.integers(2, 8))
def test_ticks_lie_on_the_axis_one_step_apart(one, other, count):
    scale = scale_over(min(one, other), max(one, other))
    ticks, step = round_ticks(scale, count)
    span = scale.high - scale.low
    assert 1 <= len(ticks) <= 2 * count + 2
    assert all(scale.low - 1e-6 * span <= tick <= scale.high + 1e-6 * span for tick in ticks)
    assert np.diff(ticks) == pytest.approx(np.full(len(ticks) - 1, step), rel=1e-6)


def test_round_ticks_are_round():
    assert round_ticks(scale_over(83_000.0, 121_000.0), 5) == (
        [90_000.0, 100_000.0, 110_000.0, 120_000.0],
        10_000.0,
    )


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        # 2018-01-02 to 2019-12-31: quarters.
        (1_514_851_200, 1_577_750_400, ["2018-04", "2018-07", "2018-10", "2019-01"]),
        # 2012-01-01 to 2019-12-31: years.
        (1_325_376_000, 1_577_750_400, ["2012", "2013", "2014", "2015"]),
        # One trading day by the minute.
        (1_514_903_400, 1_514_926_800, ["01-02 15:00", "01-02 16:00"]),
    ],
)
def test_dates_are_named_in_the_unit_that_fits(start, end, expected):
    assert [text for _, text in date_ticks(start, end, 8)][: len(expected)] == expected


@given(st.integers(FIRST, LAST), st.integers(FIRST, LAST), st.integers(2, 10))
def test_date_ticks_lie_between_the_ends_and_are_few(one, other, count):
    start, end = min(one, other), max(one, other)
    ticks = date_ticks(start, end, count)
    moments = [moment for moment, _ in ticks]
    assert moments == sorted(set(moments))
    assert all(start <= moment <= end for moment in moments)
    assert len(ticks) <= count + 2
    assert len({text for _, text in ticks}) == len(ticks)
