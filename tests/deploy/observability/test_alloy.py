"""Alloy's configurations, as far as they can be looked at without Alloy: no package here has it.

Blocks and brackets are even, each component is one that is known and is referred to by what it
gives, and what flows from the first to the last. Whether Alloy takes every argument cannot be said.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy.observability.dashboard_rules import LOG_LABELS
from tests.deploy.observability.sources import OBSERVABILITY

FILES = tuple(sorted((OBSERVABILITY / "loki").glob("*.alloy")))

GIVES = {
    "discovery.kubernetes": {"targets"},
    "discovery.relabel": {"output", "rules"},
    "local.file_match": {"targets"},
    "loki.source.file": set(),
    "loki.process": {"receiver"},
    "loki.write": {"receiver"},
}
"""What others may refer to, of each kind of component that is used here."""

NO_COMPONENT = {"logging"}
_STAGES = {"docker", "cri", "json", "template", "labels", "label_drop", "match"}
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')


def problems(text: str) -> list[str]:
    """What is wrong with a configuration."""
    found = []
    code = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    bare = _STRING.sub('""', code)
    if bare.replace('""', "").count('"'):
        found.append("A quote is not closed.")
    found += [
        f"{opening}{closing} are not even."
        for opening, closing in ("{}", "[]", "()")
        if bare.count(opening) != bare.count(closing)
    ]
    blocks = re.findall(r'^([a-z][\w.]*)(?: "(\w+)")? \{', code, re.MULTILINE)
    declared = {(kind, label) for kind, label in blocks if kind not in NO_COMPONENT}
    found += [f"{kind} is not known." for kind, _ in declared if kind not in GIVES]
    found += [f"{kind} has no name." for kind, label in declared if not label]
    if len(declared) < len([kind for kind, _ in blocks if kind not in NO_COMPONENT]):
        found.append("Two components have one name.")
    references = re.findall(
        r"\b((?:discovery|local|loki)\.(?:\w+\.)?\w+)\.(\w+)\.(targets|output|receiver|rules)\b",
        bare,
    )
    for kind, label, export in references:
        if (kind, label) not in declared:
            found.append(f"{kind}.{label} is not there.")
        elif export not in GIVES.get(kind, set()):
            found.append(f"{kind} gives no {export}.")
    referred = {(kind, label) for kind, label, _ in references}
    found += [
        f"Nobody takes what {kind}.{label} gives."
        for kind, label in declared - referred
        if GIVES.get(kind)
    ]
    found += [
        f"stage.{stage} is not known."
        for stage in re.findall(r"\bstage\.(\w+)", bare)
        if stage not in _STAGES
    ]
    labels = set(re.findall(r'target_label\s*=\s*"(\w+)"', code)) - {"__path__"}
    for values in re.findall(r"values = \{([^}]*)\}", code):
        labels |= set(re.findall(r"(\w+)\s*=", values))
    if not {"app", "pod"} <= labels:
        found.append("Lines have no app or no pod.")
    if labels - LOG_LABELS:
        found.append(f"No dashboard knows {sorted(labels - LOG_LABELS)}.")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_configuration_holds_together(path: Path) -> None:
    assert problems(path.read_text()) == []


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('loki.write "loki" {', 'loki.write "loki"', "{} are not even"),
        ('3100/loki/api/v1/push"', "3100/loki/api/v1/push", "A quote is not closed"),
        ("loki.write.loki.receiver", "loki.write.other.receiver", "loki.write.other is not there"),
        (
            "loki.process.lines.receiver",
            "loki.process.lines.output",
            "loki.process gives no output",
        ),
        ('loki.write "loki"', 'loki.writer "loki"', "loki.writer is not known"),
        ("stage.label_drop", "stage.label_dropped", "stage.label_dropped is not known"),
        ("[loki.process.lines.receiver]", "[]", "Nobody takes what loki.process.lines gives"),
    ],
)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_planted_mistake_is_reported(good: str, bad: str, says: str, path: Path) -> None:
    text = path.read_text()
    assert good in text
    assert any(says in one for one in problems(text.replace(good, bad, 1)))


def test_planted_label_that_no_dashboard_knows_is_reported() -> None:
    text = (OBSERVABILITY / "loki/cluster.alloy").read_text()
    changed = text.replace('target_label  = "pod"', 'target_label  = "instance"')
    assert problems(changed) == ["Lines have no app or no pod.", "No dashboard knows ['instance']."]


def test_helm_does_not_take_it_for_a_template() -> None:
    text = (OBSERVABILITY / "loki/cluster.alloy").read_text()
    assert "{{" not in text
    assert "}}" not in text


def test_lines_of_others_stay_on_the_machine() -> None:
    """Alloy of compose sees what all containers write, and sends on what is Bellwether's."""
    text = (OBSERVABILITY / "loki/compose.alloy").read_text()
    drop = text.index('selector            = "{app!~\\"backend|frontend|model|worker\\"}"')
    assert 'action              = "drop"' in text[drop : drop + 200]
    assert text.index("loki.process") < drop < text.index('loki.write "loki"')
    assert "docker.sock" not in text
