"""Charts: what is drawn where, and what is left out."""

import re

import numpy as np
import pytest

from model_service.evaluation.html_report.charts import (
    Band,
    Line,
    Shade,
    cost_chart,
    share_bar,
    time_chart,
)
from model_service.evaluation.html_report.forest import forest_axis, forest_row, forest_scale

DAY = 86_400
TIME = 1_514_851_200 + DAY * np.arange(100.0)
RISING = np.linspace(100_000.0, 120_000.0, 100)


def test_a_chart_over_time_has_its_lines_band_money_and_dates():
    svg = time_chart(
        [Line("benchmark", TIME, RISING[::-1]), Line("median", TIME, RISING)],
        label="Two lines",
        band=Band(TIME, RISING - 5_000.0, RISING + 5_000.0),
        level=100_000.0,
    )
    kinds = re.findall(r'<path class="([\w ]+)"', svg)
    assert kinds == ["band", "line benchmark", "line median"]
    assert 'aria-label="Two lines"' in svg
    texts = re.findall(r">([^<>]+)</text>", svg)
    assert {"100k", "110k", "120k"} < set(texts)
    assert "2018-02-08" in texts
    assert 'class="level"' in svg


def test_segments_are_cut_to_the_dates_and_named_where_there_is_room():
    svg = time_chart(
        [Line("price", TIME, RISING)],
        label="",
        shades=[
            Shade("train", 0, int(TIME[49])),
            Shade("validation", int(TIME[50]), int(TIME[52])),
            Shade("test", int(TIME[53]), int(TIME[-1]) + 999 * DAY),
            Shade("seen", 0, 1),
        ],
    )
    assert re.findall(r'class="shade (\w+)" x="([\d.]+)%" width="([\d.]+)%"', svg) == [
        ("train", "0.00", "49.49"),
        ("validation", "50.51", "2.02"),
        ("test", "53.54", "46.46"),
    ]
    assert re.findall(r'class="name"[^>]*>(\w+)<', svg) == ["train", "test"]


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("small", [False, True])
def test_a_flat_line_of_hardly_any_points_is_drawn(count, small):
    svg = time_chart([Line("agent", TIME[:count], np.full(count, 1e5))], label="", small=small)
    assert 'd="M' in svg
    assert "nan" not in svg


def test_a_ruined_curve_is_drawn_below_zero():
    svg = time_chart([Line("sell_and_hold", TIME, 100_000.0 - 3.0 * RISING)], label="")
    assert ">−200k</text>" in svg


def test_the_break_even_point_is_marked_where_it_lies_inside_the_costs():
    bps, agent = np.array([0.0, 10.0, 50.0]), np.array([0.1, 0.05, -0.15])
    inside = cost_chart(bps, agent, agent + 0.1, break_even=20.0, label="")
    assert 'class="break-even" x1="40.00%"' in inside
    assert "break-even 20.0 bps" in inside
    for elsewhere in (None, 400.0):
        svg = cost_chart(bps, agent, agent, break_even=elsewhere, label="")
        assert "break-even" not in svg
        assert svg.count('class="dot agent"') == 3


def test_rows_of_a_forest_plot_share_their_axis_and_zero_lies_on_it():
    scale = forest_scale([0.2, 0.6, 0.4, 1.0])
    zeros = {
        re.search(r'class="zero" x1="([\d.]+)%"', forest_row(scale, point, low, high, label=""))[1]
        for point, low, high in ((0.4, 0.2, 0.6), (0.7, 0.4, 1.0))
    }
    assert len(zeros) == 1
    assert 0.0 < float(zeros.pop()) < 10.0
    assert re.findall(r">([−+\d.]+)<", forest_axis(scale)) == [
        "0.00",
        "+0.25",
        "+0.50",
        "+0.75",
        "+1.00",
    ]


def test_parts_of_a_bar_follow_each_other():
    svg = share_bar([("long", 0.5), ("flat", 0.25), ("short", 0.25)], label="Time")
    assert re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', svg) == [
        ("0.00", "50.00"),
        ("50.00", "25.00"),
        ("75.00", "25.00"),
    ]


def test_labels_are_escaped():
    svg = time_chart([Line('"><script>', TIME, RISING)], label='"><script>')
    assert "<script" not in svg
