"""Every rule over everything that can be rendered."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.deploy.kubernetes.objects import Rendering
from tests.deploy.kubernetes.rendering import COMPONENTS, MANIFESTS, OVERLAYS, Combination
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules import RULES, RULES_OVER_ALL, Rule, RuleOverAll

# Whoever comes first waits for everything to be rendered.
pytestmark = pytest.mark.timeout(300)


def test_everything_that_can_be_combined_is_rendered(
    renderings: dict[Combination, Rendering],
) -> None:
    assert {path.name for path in (MANIFESTS / "overlays").iterdir()} == set(OVERLAYS)
    assert {path.name for path in (MANIFESTS / "components").iterdir()} == set(COMPONENTS)
    assert len(renderings) == 1 + len(OVERLAYS) * 2 ** len(COMPONENTS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(
    rule: Rule, renderings: dict[Combination, Rendering], repository: Repository
) -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for rendering in renderings.values():
        for sentence in rule(rendering, repository):
            found[sentence].append(rendering.name)
    assert not found, "\n".join(f"{said} ({len(w)}: {w[0]} …)" for said, w in found.items())


@pytest.mark.parametrize("rule", RULES_OVER_ALL, ids=lambda rule: rule.__name__)
def test_rule_over_all_holds(
    rule: RuleOverAll, renderings: dict[Combination, Rendering], repository: Repository
) -> None:
    assert not rule(list(renderings.values()), repository)
