"""Mistakes made on purpose, each with a part of what its rule has to say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.deploy.observability.sources import Rule, Sources

Planted = Callable[[Sources], object]
Mistakes = Mapping[str, Sequence[tuple[str, Planted]]]
"""By the name of the rule."""


def numbered(rules: Sequence[Rule], mistakes: Mistakes) -> list[tuple[Rule, int]]:
    """Each rule with the place of each of its mistakes."""
    return [(rule, place) for rule in rules for place in range(len(mistakes[rule.__name__]))]


def assert_reported(rule: Rule, number: int, mistakes: Mistakes, sources: Sources) -> None:
    """Plant a mistake in a copy; the rule says what was planted."""
    says, plant = mistakes[rule.__name__][number]
    changed = sources.copy()
    plant(changed)
    said = rule(changed)
    assert any(says in sentence for sentence in said), said
