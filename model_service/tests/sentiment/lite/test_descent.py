"""The descent finds the least of functions whose least is known."""

import numpy as np
import pytest

from model_service.sentiment.lite.descent import minimise


def test_a_bowl_of_very_different_widths() -> None:
    widths = np.logspace(-1, 2, 30)
    goal = np.arange(30.0)

    def bowl(point):
        return float((widths * (point - goal) ** 2).sum()) / 2, widths * (point - goal)

    found = minimise(bowl, np.zeros(30), iterations=5_000, settled=1e-9)
    assert found == pytest.approx(goal, abs=1e-5)


def test_it_stops_where_it_is_told_to() -> None:
    calls = []

    def bowl(point):
        calls.append(1)
        return float((point**2).sum()), 2 * point

    assert minimise(bowl, np.zeros(3), iterations=10, settled=1e-6).tolist() == [0.0, 0.0, 0.0]
    assert len(calls) == 1
    start = np.array([4.0, 2.0])
    assert minimise(bowl, start, iterations=0, settled=0.0).tolist() == [4.0, 2.0]


def test_a_floor_that_cannot_be_lowered_ends_it() -> None:
    def lying(point):
        return float(np.abs(point).sum()), -np.sign(point)

    start = np.array([3.0, -1.0])
    assert minimise(lying, start, iterations=10, settled=1e-6).tolist() == start.tolist()
