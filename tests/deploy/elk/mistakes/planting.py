"""How a mistake is planted into the files of the profile elk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.deploy.elk.parts import Elk, Json
from tests.deploy.elk.rules import Rule

Change = Callable[[Elk], object]


@dataclass(frozen=True)
class Mistake:
    """A change that a rule has to report, and a part of the sentence that is expected."""

    rule: Rule
    says: str
    change: Change

    def __str__(self) -> str:
        return f"{self.rule.__name__}: {self.says}"


def put(part: str, *path: str | int, value: Any) -> Change:
    """Set a value of a part, at a path."""

    def change(elk: Elk) -> None:
        place = _walk(getattr(elk, part), path[:-1])
        place[path[-1]] = value

    return change


def drop(part: str, *path: str | int) -> Change:
    """Take a value out."""

    def change(elk: Elk) -> None:
        del _walk(getattr(elk, part), path[:-1])[path[-1]]

    return change


def write(name: str, old: str, new: str) -> Change:
    """Another text in a file of the pipeline, in its script, or in one of the set-up."""

    def change(elk: Elk) -> None:
        texts = {**elk.pipeline, **elk.scripts, "ecs.rb": elk.ruby}
        assert old in texts[name], old
        text = texts[name].replace(old, new)
        if name == "ecs.rb":
            elk.ruby = text
        else:
            (elk.pipeline if name in elk.pipeline else elk.scripts)[name] = text

    return change


def chart(name: str, change_of: Callable[[Json], object]) -> Change:
    """Another state of a chart."""

    def change(elk: Elk) -> None:
        attributes = saved(elk, f"bellwether-{name}")["attributes"]
        state = json.loads(attributes["visState"])
        change_of(state)
        attributes["visState"] = json.dumps(state)

    return change


def panel(number: int, **place: int) -> Change:
    """Another place of a panel."""

    def change(elk: Elk) -> None:
        attributes = elk.saved("dashboard")[0]["attributes"]
        panels = json.loads(attributes["panelsJSON"])
        panels[number]["gridData"].update(place)
        attributes["panelsJSON"] = json.dumps(panels)

    return change


def saved(elk: Elk, name: str) -> Json:
    return next(one for one in elk.objects if one["id"] == name)


def format_as(**params: str) -> Change:
    def change(elk: Elk) -> None:
        attributes = elk.saved("index-pattern")[0]["attributes"]
        formats = json.loads(attributes["fieldFormatMap"])
        formats["event.duration"]["params"].update(params)
        attributes["fieldFormatMap"] = json.dumps(formats)

    return change


def aggregation(number: int, **params: Any) -> Callable[[Json], object]:
    return lambda state: state["aggs"][number]["params"].update(params)


def _walk(place: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        place = place[step]
    return place


PROPERTIES = ("template", "mappings", "properties")
