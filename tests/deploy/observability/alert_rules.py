"""Rules that alerts, their tests and their runbooks have to keep; each returns sentences."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.deploy.observability.queries import (
    CLUSTER_METRICS,
    MADE_BY_PROMETHEUS,
    names_in,
    used_metrics,
)
from tests.deploy.observability.sources import Rule, Sources

SEVERITIES = {"critical", "warning"}
RUNBOOK = "observability/runbooks.md#"
PARTS = ("What it means", "How to see it", "What to do", "When it is over")

_DURATION = re.compile(r"(?<=[a-z_])\d+[mhd]\b|(?<=\[)\d+[mhd](?=\])")
_PREFIXES = ("bellwether_", "http_server_", "nginx_", "process_")


def alerts_say_enough(sources: Sources) -> list[str]:
    """A name, a severity, a summary, and a description with what was found."""
    found = []
    for alert in sources.alerts():
        name, notes = alert["alert"], alert.get("annotations", {})
        if not name.startswith("Bellwether"):
            found.append(f"{name} may be anybody's.")
        if alert.get("labels", {}).get("severity") not in SEVERITIES:
            found.append(f"{name} has no severity.")
        if not notes.get("summary"):
            found.append(f"{name} has no summary.")
        if "$value" not in notes.get("description", "") and "$labels" not in notes.get(
            "description", ""
        ):
            found.append(f"{name} does not say what was found.")
        if notes.get("runbook_url") != f"{RUNBOOK}{name.lower()}":
            found.append(f"{name} names another runbook than its own.")
    return found


def names_are_unique(sources: Sources) -> list[str]:
    """One alert of each name, so that tests and runbooks are of that one."""
    names = [alert["alert"] for alert in sources.alerts()]
    return [f"{name} is there twice." for name in sorted(set(names)) if names.count(name) > 1]


def alerts_fire_and_are_silent(sources: Sources) -> list[str]:
    """Of each alert one test in which it fires, and one in which it does not though it could."""
    fires: dict[str, bool] = defaultdict(bool)
    silent: dict[str, bool] = defaultdict(bool)
    for content in sources.tests.values():
        for test in content["tests"]:
            for one in test.get("alert_rule_test", []):
                expected = one.get("exp_alerts")
                if expected:
                    fires[one["alertname"]] = True
                elif test.get("input_series"):
                    silent[one["alertname"]] = True
    known = {alert["alert"] for alert in sources.alerts()}
    return [
        *(f"{name} fires in no test." for name in sorted(known) if not fires[name]),
        *(f"{name} is silent in no test." for name in sorted(known) if not silent[name]),
        *(f"{name} is tested and is not there." for name in sorted({*fires, *silent} - known)),
    ]


def alerts_have_runbooks(sources: Sources) -> list[str]:
    """A section for each alert and no other, with its four parts and commands for both places."""
    sections = {}
    for section in re.split(r"^## ", sources.runbooks, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        sections[heading.strip()] = body
    known = {alert["alert"] for alert in sources.alerts()}
    found = [f"{name} has no runbook." for name in sorted(known - set(sections))]
    found += [f"{name} has a runbook and is no alert." for name in sorted(set(sections) - known)]
    for name in sorted(known & set(sections)):
        body = sections[name]
        found += [f"{name}'s runbook does not say: {part}." for part in PARTS if part not in body]
        if "```" not in body:
            found.append(f"{name}'s runbook has no command.")
    return found


def windows_differ_in_length_alone(sources: Sources) -> list[str]:
    """Recordings of several windows are the same but for the window."""
    shapes: dict[str, set[str]] = defaultdict(set)
    lengths: dict[str, set[str]] = defaultdict(set)
    for rule in sources.recordings():
        name, window = re.fullmatch(r"(.+?)(\d+[mhd])", rule["record"]).groups()  # type: ignore[union-attr]
        key = f"{name} {rule.get('labels', {})}"
        shapes[key].add(_DURATION.sub("W", " ".join(rule["expr"].split())))
        lengths[key].add(window)
        if any(length != window for length in _DURATION.findall(rule["expr"])):
            found = f"{rule['record']} looks at another window than its name says."
            return [found]
    found_all = [
        f"{key} is not the same in all windows." for key, s in shapes.items() if len(s) > 1
    ]
    if len({frozenset(one) for one in lengths.values()}) > 1:
        found_all.append("Recordings have different windows.")
    return found_all


def recordings_are_there(sources: Sources) -> list[str]:
    """Recorded names that somebody asks for are recorded."""
    recorded = {rule["record"] for rule in sources.recordings()}
    return [
        f"{rule.get('alert') or rule['record']} asks for {name}, which nobody records."
        for rule in (*sources.alerts(), *sources.recordings())
        for name in sorted(names_in(rule["expr"]))
        if ":" in name and name not in recorded
    ]


def metrics_have_an_owner(sources: Sources) -> list[str]:
    """Each metric is one that services register (the live test asks them) or is of the cluster."""
    used = used_metrics(sources)
    found = [
        f"{where[0]} asks for {name}, which nobody has."
        for name, where in used.items()
        if ":" not in name and name not in CLUSTER_METRICS and not name.startswith(_PREFIXES)
    ]
    left_over = set(CLUSTER_METRICS) - set(used)
    found += [f"Nobody asks for {name}, which is on the list." for name in sorted(left_over)]
    return found + [f"{name} is Prometheus' own." for name in MADE_BY_PROMETHEUS & set(used)]


RULES: tuple[Rule, ...] = (
    alerts_say_enough,
    names_are_unique,
    alerts_fire_and_are_silent,
    alerts_have_runbooks,
    windows_differ_in_length_alone,
    recordings_are_there,
    metrics_have_an_owner,
)
