"""The grid of a sweep: values to try, by dotted name of the configuration, and all combinations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from model_service.errors import InvalidRequest
from model_service.experiments.canonical_json import canonical_json
from model_service.experiments.config_types import check_type

Grid = Mapping[str, Sequence[Any]]

MAX_POINTS = 10_000


def read_grid(given: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A grid whose names are of this configuration.

    Raises
    ------
    InvalidRequest
        `field` is ``grid`` or ``grid.NAME``.
    """
    if not given:
        raise InvalidRequest("`grid` names nothing to try.", field="grid")
    grid = {name: _values(name, values, config) for name, values in given.items()}
    count = math.prod(len(values) for values in grid.values())
    if count > MAX_POINTS:
        raise _too_many(count)
    return grid


def grid_points(grid: Grid) -> list[dict[str, Any]]:
    """All combinations; the last name changes fastest."""
    return [
        dict(zip(grid, combination, strict=True))
        for combination in itertools.product(*grid.values())
    ]


def _values(name: str, values: Any, config: Mapping[str, Any]) -> list[Any]:
    section, _, member = name.partition(".")
    below = config.get(section)
    known = (
        member in below
        if member and isinstance(below, Mapping)
        else not member and section in config and not isinstance(below, Mapping)
    )
    if not known:
        raise InvalidRequest(
            f"`{name}` is not a value of the configuration, such as `learning.discount`.",
            field=f"grid.{name}",
        )
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise InvalidRequest(f"`{name}` has no list of values to try.", field=f"grid.{name}")
    if len(values) > MAX_POINTS:
        raise _too_many(len(values))
    for value in values:
        try:
            check_type(name, value)
        except InvalidRequest as error:
            raise InvalidRequest(error.detail, field=f"grid.{name}") from None
    if len({canonical_json(value) for value in values}) < len(values):
        raise InvalidRequest(f"`{name}` has a value twice.", field=f"grid.{name}")
    return list(values)


def _too_many(count: int) -> InvalidRequest:
    return InvalidRequest(
        f"`grid` has {count:,} combinations, more than {MAX_POINTS:,}.",
        field="grid",
        limit=MAX_POINTS,
    )
