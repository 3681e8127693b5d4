"""The grid of a sweep."""

from __future__ import annotations

import time
from typing import Any

import pytest

from model_service.errors import InvalidRequest
from model_service.experiments.experiment_config import complete_config
from model_service.experiments.sweep_grid import MAX_POINTS, grid_points, read_grid

CONFIG = complete_config({})


def test_all_combinations_are_points_and_the_last_name_changes_fastest() -> None:
    grid = read_grid({"members": [1, 2], "learning.discount": [0.5, 0.9]}, CONFIG)
    assert grid_points(grid) == [
        {"members": 1, "learning.discount": 0.5},
        {"members": 1, "learning.discount": 0.9},
        {"members": 2, "learning.discount": 0.5},
        {"members": 2, "learning.discount": 0.9},
    ]


def test_a_value_may_be_a_list() -> None:
    grid = read_grid({"network.hidden": [[8], [8, 4]]}, CONFIG)
    assert grid_points(grid) == [{"network.hidden": [8]}, {"network.hidden": [8, 4]}]


@pytest.mark.parametrize(
    ("grid", "field", "words"),
    [
        ({}, "grid", "nothing to try"),
        ({"discount": [1]}, "grid.discount", "not a value"),
        ({"learning": [1]}, "grid.learning", "not a value"),
        ({"learning.": [1]}, "grid.learning.", "not a value"),
        ({"learning.none": [1]}, "grid.learning.none", "not a value"),
        ({"members.none": [1]}, "grid.members.none", "not a value"),
        ({"": [1]}, "grid.", "not a value"),
        ({"members": []}, "grid.members", "no list"),
        ({"members": 5}, "grid.members", "no list"),
        ({"members": "12"}, "grid.members", "no list"),
        ({"members": {"a": 1}}, "grid.members", "no list"),
        ({"members": [1, 2, 1]}, "grid.members", "twice"),
        ({"learning.discount": [0, 0.0]}, "grid.learning.discount", "twice"),
        ({"network.hidden": [[8], [8]]}, "grid.network.hidden", "twice"),
        ({"learning.discount": ["high"]}, "grid.learning.discount", "a number"),
        ({"learning.batch_candles": [8, 8.5]}, "grid.learning.batch_candles", "whole number"),
        ({"members": [2**70]}, "grid.members", "whole number"),
        ({"fill": [1]}, "grid.fill", "a text"),
    ],
)
def test_a_grid_that_cannot_be_tried_is_refused_by_its_name(
    grid: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest, match=words) as refusal:
        read_grid(grid, CONFIG)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "grid",
    [
        {"learning.discount": [place / 2_000 for place in range(1_000)],
         "learning.weight_decay": [place / 200 for place in range(1_000)]},
        {"learning.discount": [place / 1_000_001 for place in range(1_000_000)]},
        {f"learning.{name}": [0.001 * place for place in range(1, 101)]
         for name in ("discount", "weight_decay", "target_rate")},
    ],
)  # fmt: skip
def test_a_million_points_are_refused_at_once(grid: dict[str, Any]) -> None:
    began = time.monotonic()
    with pytest.raises(InvalidRequest, match="1,000,000 combinations") as refusal:
        read_grid(grid, CONFIG)
    assert (refusal.value.field, refusal.value.limit) == ("grid", MAX_POINTS)
    assert time.monotonic() - began < 2.0
