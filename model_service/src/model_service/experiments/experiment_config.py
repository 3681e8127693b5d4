"""The configuration of an experiment: what a person gave over the default agent's, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from model_service.dqn.config import AgentConfig
from model_service.errors import InvalidRequest
from model_service.evaluation.protocols.walk_forward import Windows
from model_service.experiments.config_types import check_types
from model_service.experiments.training_config import SplitConfig
from model_service.settings import SHIPPED_CONFIGS_DIR

_CONFIG_FILE = "default_agent.toml"
_OWN_SECTIONS = frozenset({"split", "windows"})


@dataclass(frozen=True)
class ExperimentConfig:
    """A configuration in parts: of the agent, of the windows in time."""

    agent: AgentConfig
    split: SplitConfig
    windows: Windows


def complete_config(given: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a whole configuration: those given over those of the default agent.

    Raises
    ------
    InvalidRequest
        With the dotted name of the first value that is unknown or out of bounds.
    """
    merged = _over(_default_values(), given)
    try:
        check_types(merged)
    except InvalidRequest as error:
        raise InvalidRequest(error.detail, field=f"config.{error.field}") from None
    parts = read_config(merged)
    return {
        **parts.agent.to_dict(),
        "split": {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(parts.split).items()
        },
        "windows": asdict(parts.windows),
    }


def read_config(plain: Mapping[str, Any]) -> ExperimentConfig:
    """Plain values as a configuration.

    Raises
    ------
    InvalidRequest
        `field` begins with ``config.``.
    """
    agent = {name: value for name, value in plain.items() if name not in _OWN_SECTIONS}
    try:
        return ExperimentConfig(
            AgentConfig.from_dict(agent),
            _read_split(_section(plain, "split")),
            _read_windows(_section(plain, "windows")),
        )
    except InvalidRequest as error:
        raise InvalidRequest(
            error.detail,
            field=f"config.{error.field}" if error.field else "config",
            limit=error.limit,
        ) from None


def with_values(config: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with some values, by dotted name, in the place of its own."""
    changed = dict(config)
    for name, value in values.items():
        section, _, member = name.partition(".")
        changed[section] = {**changed[section], member: value} if member else value
    return changed


def default_steps() -> int:
    """Training steps where neither steps nor a budget are given."""
    return int(_shipped_values()["steps"])


@cache
def _shipped_values() -> dict[str, Any]:
    return tomllib.loads((SHIPPED_CONFIGS_DIR / _CONFIG_FILE).read_text())


def _default_values() -> dict[str, Any]:
    """The default agent's configuration without its dates, which belong to its own candles."""
    return {
        name: value for name, value in _shipped_values().items() if name not in ("steps", "split")
    }


def _over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in given.items():
        below = merged.get(name)
        merged[name] = (
            {**below, **value} if isinstance(below, dict) and isinstance(value, Mapping) else value
        )
    return merged


def _section(plain: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = plain.get(name) or {}
    if not isinstance(section, Mapping):
        raise InvalidRequest(f"`{name}` is no object.", field=name)
    return dict(section)


def _read_split(plain: dict[str, Any]) -> SplitConfig:
    try:
        for name in ("train_end", "validation_end"):
            if isinstance(plain.get(name), str):
                plain[name] = date.fromisoformat(plain[name])
        return SplitConfig(**plain)
    except (TypeError, ValueError) as error:
        raise InvalidRequest(f"Section `split` is not valid: {error}.", field="split") from error


def _read_windows(plain: dict[str, Any]) -> Windows:
    try:
        return Windows(**plain)
    except TypeError as error:
        raise InvalidRequest(
            f"Section `windows` is not valid: {error}.", field="windows"
        ) from error
    except InvalidRequest as error:
        raise InvalidRequest(
            error.detail, field=f"windows.{error.field}", limit=error.limit
        ) from None
