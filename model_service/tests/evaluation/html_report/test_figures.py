"""Which columns of a report are drawn, and what the legend says of them."""

import re

import numpy as np
import pytest

from model_service.evaluation.html_report import figures


def kinds(figure):
    return [entry.kind for entry in figure.legend]


def test_a_fan_has_median_band_worst_and_buy_and_hold(example_report):
    report = example_report.make_example_report()
    curve = report["curves"][0]
    fan = figures.fan(report, curve)
    assert kinds(fan) == ["median", "band", "worst", "benchmark"]
    assert fan.legend[0].name == "Median of 10 seeds"
    assert fan.legend[0].final == f"{curve['median'][-1]:,.0f}"
    assert fan.shades == ["test"]
    assert re.findall(r'class="line ([\w ]+)"', fan.chart) == ["benchmark", "worst", "median"]


def test_a_single_seed_is_one_line_beside_buy_and_hold(example_report):
    report = example_report.make_example_report(seeds=1)
    fan = figures.fan(report, report["curves"][0])
    assert kinds(fan) == ["agent", "benchmark"]
    assert "band" not in fan.chart


def test_without_an_agent_all_baselines_are_drawn(example_report):
    report = example_report.make_example_report(with_agent=False)
    fan = figures.fan(report, report["curves"][1])
    assert fan.caption == "AAPL"
    assert kinds(fan) == [
        "benchmark",
        "sell_and_hold",
        "trend_following",
        "mean_reversion",
        "random",
    ]


@pytest.mark.parametrize(("members", "first"), [(5, ["together", "median alone"]), (1, ["agent"])])
def test_an_agent_stands_before_its_members(example_report, members, first):
    report = example_report.make_example_report(symbols=("AAPL",), protocol="agent", seeds=members)
    fan = figures.fan(report, report["curves"][1])
    assert kinds(fan)[: len(first)] == first


def test_small_fans_say_when_they_begin_and_end_and_shade_nothing(example_report):
    report = example_report.make_example_report()
    fan = figures.fan(report, report["curves"][1], small=True)
    assert "2018-01-02</text>" in fan.chart
    assert "shade" not in fan.chart
    assert fan.shades == []


def test_closes_before_the_test_are_drawn_and_shaded(example_report):
    report = example_report.make_example_report(symbols=("AAPL",))
    figure = figures.prices(report, report["curves"][1])
    assert figure is not None
    assert figure.shades == ["validation", "test"]
    assert figures.prices(report, report["curves"][0]) is None


def test_columns_may_be_arrays(example_report):
    report = example_report.make_example_report(symbols=("AAPL",))
    curve = report["curves"][1]
    arrays = {
        name: np.array(value) if isinstance(value, list) else value for name, value in curve.items()
    }
    assert figures.fan(report, arrays) == figures.fan(report, curve)
    assert figures.prices(report, arrays) == figures.prices(report, curve)


def test_a_forest_tells_intervals_that_leave_zero_from_those_that_cross_it(example_report):
    report = example_report.make_example_report()
    rows, _ = figures.forest_plot(list(report["paired"].items()))
    assert [row["name"] for row in rows] == list(report["paired"])
    for row in rows:
        low, high = row["pair"]["interval"]
        assert row["apart"] is not (low <= 0.0 <= high)
