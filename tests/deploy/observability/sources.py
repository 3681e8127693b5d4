"""The files that are looked at, read once; tests that change something work on copies."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
OBSERVABILITY = ROOT / "observability"
RULES = OBSERVABILITY / "prometheus/rules"
RULE_TESTS = OBSERVABILITY / "prometheus/tests"
DASHBOARDS = OBSERVABILITY / "grafana/dashboards"
RUNBOOKS = OBSERVABILITY / "runbooks.md"

Json = dict[str, Any]


@dataclass
class Sources:
    """What rules, their tests, dashboards and runbooks say.

    Attributes
    ----------
    rules, tests : dict
        From the name of a file to what it holds.
    dashboards : dict
        From the name of a file to Grafana's model.
    runbooks : str
    """

    rules: dict[str, Json]
    tests: dict[str, Json]
    dashboards: dict[str, Json]
    runbooks: str

    def alerts(self) -> list[Json]:
        """All rules that are alerts."""
        return [rule for rule in self._rules() if "alert" in rule]

    def recordings(self) -> list[Json]:
        """All rules that record."""
        return [rule for rule in self._rules() if "record" in rule]

    def _rules(self) -> list[Json]:
        return [
            rule
            for content in self.rules.values()
            for group in content["groups"]
            for rule in group["rules"]
        ]

    def copy(self) -> Sources:
        """One that may be changed."""
        return copy.deepcopy(self)


Rule = Callable[[Sources], list[str]]
"""What has to hold; its sentences say what does not."""


def read_sources() -> Sources:
    """All of it, as it stands in the repository."""
    return Sources(
        rules={path.name: yaml.safe_load(path.read_text()) for path in sorted(RULES.glob("*.yml"))},
        tests={
            path.name: yaml.safe_load(path.read_text()) for path in sorted(RULE_TESTS.glob("*.yml"))
        },
        dashboards={
            path.name: json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))
        },
        runbooks=RUNBOOKS.read_text(),
    )


def panels(dashboard: Json) -> list[Json]:
    """Panels that show something, without headings."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def is_of(panel: Json, source: str) -> bool:
    """Whether a panel asks this kind of source."""
    return bool(panel["datasource"]["type"] == source)
