"""How a mistake is planted into rendered objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.deploy.kubernetes.objects import Object, Rendering
from tests.deploy.kubernetes.rendering import Combination
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules import Rule

Change = Callable[[Rendering], object]

POD = ("spec", "template", "spec")
CONTAINER = (*POD, "containers", 0)
RAY_HEAD = ("spec", "headGroupSpec", "template", "spec")
RAY_CONTAINER = (*RAY_HEAD, "containers", 0)


@dataclass(frozen=True)
class Mistake:
    """A change that a rule has to report.

    Attributes
    ----------
    says : str
        Part of the sentence that is expected.
    elsewhere : callable, optional
        A change of what the manifests are compared with.
    """

    rule: Rule
    says: str
    change: Change
    overlay: str | None = "minikube"
    components: tuple[str, ...] = ()
    elsewhere: Callable[[Repository], Repository] = lambda repository: repository

    def __str__(self) -> str:
        return f"{self.rule.__name__}: {self.says}"

    @property
    def combination(self) -> Combination:
        return Combination(self.overlay, self.components)


def put(what: str, *path: str | int, value: Any) -> Change:
    """Set a value of an object that is given as ``Kind/name``."""

    def change(rendering: Rendering) -> None:
        _walk(rendering, what, path[:-1])[path[-1]] = value

    return change


def drop(what: str, *path: str | int) -> Change:
    """Take a value out of an object."""

    def change(rendering: Rendering) -> None:
        del _walk(rendering, what, path[:-1])[path[-1]]

    return change


def append(what: str, *path: str | int, value: Any) -> Change:
    """Add a value to a list of an object."""

    def change(rendering: Rendering) -> None:
        _walk(rendering, what, path).append(value)

    return change


def remove(what: str) -> Change:
    """Take an object out."""

    def change(rendering: Rendering) -> None:
        kind, _, name = what.partition("/")
        rendering.objects.remove(rendering.get(kind, name))

    return change


def add(one: Object) -> Change:
    """Put another object in."""
    return lambda rendering: rendering.objects.append(one)


def in_turn(*changes: Change) -> Change:
    """Several changes together."""

    def change(rendering: Rendering) -> None:
        for one in changes:
            one(rendering)

    return change


def nothing(_: Rendering) -> None:
    """The mistake is elsewhere."""


def _walk(rendering: Rendering, what: str, path: tuple[str | int, ...]) -> Any:
    kind, _, name = what.partition("/")
    place: Any = rendering.get(kind, name)
    for step in path:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[step]
    return place
