"""The YAML file of a sweep: which candles, which seeds, and the grid of values to try."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from model_service.errors import InvalidRequest
from model_service.experiments.durations import read_duration

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20

_SCIENTIFIC = re.compile(r"[-+]?[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+")


@dataclass(frozen=True)
class SweepFile:
    """What a person wants tried.

    Attributes
    ----------
    data : tuple of Path
        Files and folders of candles; relative ones start at the folder of the file.
    grid : mapping
        Values to try by dotted name of the configuration.
    symbols : frozenset of str or None
        Only these.
    seeds : tuple of int
    steps : int or None
    budget_seconds : float or None
        Instead of steps.
    config : mapping
        What differs from the default configuration.
    start, end : date or None
    name : str or None
        For people.
    """

    data: tuple[Path, ...]
    grid: Mapping[str, Any]
    symbols: frozenset[str] | None = None
    seeds: tuple[int, ...] = (0,)
    steps: int | None = None
    budget_seconds: float | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    start: dt.date | None = None
    end: dt.date | None = None
    name: str | None = None


def read_sweep_file(path: Path) -> SweepFile:
    """Read a file of a sweep.

    Raises
    ------
    InvalidRequest
        If it is not there, too large, no YAML, or has a key that is unknown or of a wrong type;
        `field` names the key.
    """
    plain = _load(path)
    try:
        given = _Given.model_validate(plain, strict=True)
    except ValidationError as error:
        raise _refusal(error, path) from None
    return SweepFile(
        data=tuple(path.parent / one for one in given.data),
        grid=given.grid,
        symbols=None if given.symbols is None else frozenset(given.symbols),
        seeds=tuple(given.seeds),
        steps=given.steps,
        budget_seconds=None if given.budget is None else read_duration(given.budget, "budget"),
        config=given.config,
        start=given.start,
        end=given.end,
        name=given.name,
    )


class _Given(BaseModel):
    """The keys of the file."""

    model_config = ConfigDict(extra="forbid")

    data: Annotated[list[str], Field(min_length=1)]
    grid: dict[str, list[Any]]
    symbols: Annotated[list[str], Field(min_length=1)] | None = None
    seeds: list[int] = [0]
    steps: int | None = None
    budget: str | int | float | None = None
    config: dict[str, Any] = {}
    start: dt.date | None = None
    end: dt.date | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None


def _refusal(error: ValidationError, path: Path) -> InvalidRequest:
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"] if not str(part).startswith("function-"))
    if first["type"] == "missing":
        return InvalidRequest(f"{path.name} does not say `{name}`.", field=name)
    if first["type"] == "extra_forbidden":
        known = ", ".join(_Given.model_fields)
        return InvalidRequest(f"{path.name}: `{name}` is not known; known are {known}.", field=name)
    field = str(first["loc"][0]) if first["loc"] else "file"
    return InvalidRequest(f"{path.name}: `{name or 'file'}`: {first['msg']}.", field=field)


def _load(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError:
        raise InvalidRequest(f"There is no file {path.name!r} to read.", field="file") from None
    if len(content) > MAX_BYTES:
        raise InvalidRequest(
            f"{path.name} is larger than {MAX_BYTES // 1024} KiB.", field="file", limit=MAX_BYTES
        )
    try:
        text = content.decode("utf-8-sig")
        _check_structure(text, path)
        return yaml.load(text, _Loader)  # noqa: S506 - a kind of SafeLoader
    except UnicodeDecodeError:
        raise InvalidRequest(f"{path.name} is not UTF-8.", field="file") from None
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f" (line {mark.line + 1})"
        problem = getattr(error, "problem", None) or str(error)
        raise InvalidRequest(
            f"{path.name} is not valid YAML: {problem}{where}.", field="file"
        ) from None


def _check_structure(text: str, path: Path) -> None:
    """Refuse what is small to write and large to read: aliases, and brackets within brackets."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidRequest(f"{path.name} uses aliases, which are not taken.", field="file")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise InvalidRequest(f"{path.name} is nested too deeply.", field="file")


class _Loader(yaml.SafeLoader):
    """Refuses names that are given twice, and takes 1e-3 for the number that it is."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in names:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{name!r} is given twice", key.start_mark
                )
            names.add(name)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _SCIENTIFIC, list("-+0123456789"))
