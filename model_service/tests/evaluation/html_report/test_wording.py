"""Numbers and dates as a reader sees them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.html_report import wording


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.decimal(0.404), "0.40"),
        (wording.decimal(-1.5), "−1.50"),
        (wording.decimal(-0.001), "0.00"),
        (wording.decimal(1_120.4, 0), "1,120"),
        (wording.decimal(None), "–"),
        (wording.decimal(math.nan), "–"),
        (wording.signed(0.04), "+0.04"),
        (wording.signed(0.0), "0.00"),
        (wording.signed(None), "–"),
        (wording.percent(0.525), "52.5\u00a0%"),
        (wording.signed_percent(-0.0804), "−8.0\u00a0%"),
        (wording.signed_percent(None), "–"),
        (wording.points(0.0312), "+3.1"),
        (wording.money(103_421.5), "103,422"),
        (wording.money(-12.345), "−12.35"),
        (wording.money(0), "0"),
        (wording.money(None), "–"),
        (wording.p_value(0.0004), "< 0.001"),
        (wording.p_value(0.471), "0.471"),
        (wording.p_value(None), "–"),
        (wording.interval(-0.2, 0.31), "−0.20 to +0.31"),
        (wording.counted(1, "candle", "candles"), "1 candle"),
        (wording.counted(1_503, "candle", "candles"), "1,503 candles"),
    ],
)
def test_numbers(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("value", "step", "largest", "expected"),
    [
        (120_000.0, 20_000.0, 120_000.0, "120k"),
        (102_500.0, 2_500.0, 110_000.0, "102.5k"),
        (1_250_000.0, 250_000.0, 1_500_000.0, "1.25M"),
        (80.0, 20.0, 100.0, "80"),
        (0.25, 0.05, 0.5, "0.25"),
        (-50_000.0, 50_000.0, 150_000.0, "−50k"),
        (0.0, 50_000.0, 150_000.0, "0k"),
    ],
)
def test_money_on_an_axis_is_short_and_tells_its_ticks_apart(value, step, largest, expected):
    assert wording.axis_money(value, step, largest) == expected


@given(
    step=st.sampled_from([1.0, 2.0, 2.5, 5.0]),
    power=st.integers(-3, 12),
    first=st.integers(0, 50),
)
def test_neighbouring_ticks_never_read_the_same(step, power, first):
    step *= 10.0**power
    largest = (first + 1) * step
    assert wording.axis_money(first * step, step, largest) != wording.axis_money(
        (first + 1) * step, step, largest
    )


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (1_514_851_200, "2018-01-02"),
        (1_514_851_200 + 52_200, "2018-01-02 14:30"),
        (-62_135_596_800, "0001-01-01"),
        (253_402_214_400, "9999-12-31"),
    ],
)
def test_dates(seconds, expected):
    assert wording.date(seconds) == expected
