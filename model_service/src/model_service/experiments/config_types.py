"""The type of every value of a configuration: what is of another would fail hours later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

import orjson
from pydantic import TypeAdapter, ValidationError

from model_service.dqn.config import LearningConfig, NetworkConfig
from model_service.errors import InvalidRequest
from model_service.evaluation.protocols.walk_forward import Windows
from model_service.experiments.training_config import SplitConfig
from model_service.market.features import FeatureRecipe
from model_service.trading.costs import Costs
from model_service.trading.exposure import ExposureLadder

_SECTIONS: Mapping[str, type] = {
    "features": FeatureRecipe,
    "network": NetworkConfig,
    "learning": LearningConfig,
    "ladder": ExposureLadder,
    "costs": Costs,
    "split": SplitConfig,
    "windows": Windows,
}
_PLAIN: Mapping[str, Any] = {"fill": str, "members": int}
_IN_WORDS: Mapping[Any, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    float | None: "a number or null",
    bool: "true or false",
    tuple[int, ...]: "a list of whole numbers",
    tuple[float, ...]: "a list of numbers",
    dt.date | None: "a date such as 2016-12-31",
}


def check_types(config: Mapping[str, Any]) -> None:
    """Refuse values of another type than their name has; unknown names are left to others.

    Raises
    ------
    InvalidRequest
        With the dotted name of the first of them.
    """
    for section, values in config.items():
        if section in _SECTIONS and isinstance(values, Mapping):
            for name, value in values.items():
                check_type(f"{section}.{name}", value)
        elif section in _PLAIN:
            check_type(section, values)


def check_type(name: str, value: Any) -> None:
    """The same for one value by its dotted name."""
    section, _, member = name.partition(".")
    hint = _hints(section).get(member) if member else _PLAIN.get(section)
    if hint is None:
        return
    try:
        _adapter(hint).validate_json(orjson.dumps(value), strict=True)
    except (ValidationError, orjson.JSONEncodeError):
        raise InvalidRequest(
            f"`{name}` is {str(value)[:60]!r}, not {_IN_WORDS.get(hint, 'of its type')}.",
            field=name,
        ) from None


@cache
def _hints(section: str) -> dict[str, Any]:
    return get_type_hints(_SECTIONS[section]) if section in _SECTIONS else {}


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)
