"""Who is told of an alert: amtool reads the file and follows its routes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.deploy.observability.alert_rules import SEVERITIES
from tests.deploy.observability.sources import OBSERVABILITY, read_sources
from tests.deploy.observability.tools import run

CONFIGURATION = OBSERVABILITY / "prometheus/alertmanager.yml"
TEXT = CONFIGURATION.read_text()


def test_configuration_is_accepted() -> None:
    done = run("amtool", "check-config", CONFIGURATION)
    assert done.returncode == 0, done.stdout
    assert "2 receivers" in done.stdout


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("receiver: page", "receiver: nobody"),
        ("group_wait: 30s", "group_wait: half a minute"),
        ("inhibit_rules:", "inhibitions:"),
        ('severity="critical"', "severity critical"),
    ],
)
def test_mistake_in_the_configuration_is_reported(good: str, bad: str, tmp_path: Path) -> None:
    assert good in TEXT
    path = tmp_path / "alertmanager.yml"
    path.write_text(TEXT.replace(good, bad, 1))
    assert run("amtool", "check-config", path).returncode != 0


def receiver(path: Path, **labels: str) -> str:
    """Who is told of an alert with these labels."""
    arguments = [f"{name}={value}" for name, value in labels.items()]
    done = run("amtool", "config", "routes", "test", f"--config.file={path}", *arguments)
    assert done.returncode == 0, done.stdout
    # It may warn before it answers.
    return done.stdout.split()[-1]


WANTED = {"critical": "page", "warning": "ticket"}


def test_every_alert_reaches_whoever_it_is_for() -> None:
    assert set(WANTED) == SEVERITIES
    severities = {
        (alert["alert"], alert["labels"]["severity"]) for alert in read_sources().alerts()
    }
    told = {
        severity: receiver(CONFIGURATION, alertname="BellwetherTargetDown", severity=severity)
        for severity in {severity for _, severity in severities}
    }
    assert told == WANTED
    assert receiver(CONFIGURATION, alertname="SomebodyElses") == "ticket"


def test_route_that_leads_elsewhere_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(TEXT.replace("receiver: page", "receiver: ticket"))
    assert receiver(path, severity="critical") == "ticket"


def test_alerts_that_silence_others_are_there() -> None:
    known = {alert["alert"] for alert in read_sources().alerts()}
    rules = yaml.safe_load(TEXT)["inhibit_rules"]
    assert len(rules) == 6
    for rule in rules:
        for key in ("source_matchers", "target_matchers"):
            (matcher,) = [one for one in rule[key] if one.startswith("alertname")]
            pattern = matcher.split('"')[1]
            assert _expand(pattern) <= known, matcher


def _expand(pattern: str) -> set[str]:
    """The names that a matcher such as ``BellwetherTarget(Down|Missing)`` stands for."""
    head, _, rest = pattern.partition("(")
    return {f"{head}{end}" for end in rest.rstrip(")").split("|")} if rest else {head}
