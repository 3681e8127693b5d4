"""Alerts keep their rules, and each rule reports what is wrong on purpose."""

from __future__ import annotations

import re

import pytest

from tests.deploy.observability.alert_rules import RULES
from tests.deploy.observability.planting import Mistakes, Planted, assert_reported, numbered
from tests.deploy.observability.sources import Rule, Sources


def _alert(sources: Sources, name: str) -> dict[str, object]:
    (found,) = [alert for alert in sources.alerts() if alert["alert"] == name]
    return found


def _recording(sources: Sources, name: str) -> dict[str, str]:
    return next(rule for rule in sources.recordings() if rule["record"] == name)


def _tests(sources: Sources, name: str, *, firing: bool) -> list[dict[str, object]]:
    """Take the tests of an alert away; they are those that fire, or those that do not."""
    kept = []
    for content in sources.tests.values():
        content["tests"] = [
            test
            for test in content["tests"]
            if test["alert_rule_test"][0]["alertname"] != name
            or bool(test["alert_rule_test"][0]["exp_alerts"]) != firing
        ]
        kept += content["tests"]
    return kept


def _runbook(old: str, new: str) -> Planted:
    def change(sources: Sources) -> None:
        assert old in sources.runbooks
        sources.runbooks = sources.runbooks.replace(old, new, 1)

    return change


def _expression(name: str, old: str, new: str) -> Planted:
    def change(sources: Sources) -> None:
        rule = next(
            one
            for one in (*sources.alerts(), *sources.recordings())
            if name in (one.get("alert"), one.get("record"))
        )
        assert old in rule["expr"]
        rule["expr"] = rule["expr"].replace(old, new)

    return change


MISTAKES: Mistakes = {
    "alerts_say_enough": [
        (
            "Broken may be anybody's",
            lambda s: _alert(s, "BellwetherNoWorker").update(alert="Broken"),
        ),
        (
            "BellwetherNoWorker has no severity",
            lambda s: _alert(s, "BellwetherNoWorker").update(labels={"severity": "bad"}),
        ),
        (
            "BellwetherNoWorker has no summary",
            lambda s: _alert(s, "BellwetherNoWorker")["annotations"].pop("summary"),  # type: ignore[attr-defined]
        ),
        (
            "BellwetherNoWorker does not say what was found",
            lambda s: _alert(s, "BellwetherNoWorker")["annotations"].update(description="Bad."),  # type: ignore[attr-defined]
        ),
        (
            "BellwetherNoWorker names another runbook",
            lambda s: _alert(s, "BellwetherNoWorker")["annotations"].update(  # type: ignore[attr-defined]
                runbook_url="observability/runbooks.md#bellwetherworker"
            ),
        ),
    ],
    "names_are_unique": [
        (
            "BellwetherTargetDown is there twice",
            lambda s: _alert(s, "BellwetherNoWorker").update(alert="BellwetherTargetDown"),
        ),
    ],
    "alerts_fire_and_are_silent": [
        ("TargetDown fires in no test", lambda s: _tests(s, "BellwetherTargetDown", firing=True)),
        ("NoWorker is silent in no test", lambda s: _tests(s, "BellwetherNoWorker", firing=False)),
        (
            "BellwetherTargetDown is tested and is not there",
            lambda s: _alert(s, "BellwetherTargetDown").update(alert="BellwetherDown"),
        ),
    ],
    "alerts_have_runbooks": [
        ("BellwetherNoWorker has no runbook", _runbook("## BellwetherNoWorker", "## NoWorker")),
        (
            "NoWorker has a runbook and is no alert",
            _runbook("## BellwetherNoWorker", "## NoWorker"),
        ),
        (
            "BellwetherTargetDown's runbook does not say: When it is over",
            _runbook("**When it is over.** `up{job", "`up{job"),
        ),
        (
            "BellwetherContainerRestarts's runbook has no command",
            lambda s: setattr(
                s,
                "runbooks",
                re.sub(
                    r"(## BellwetherContainerRestarts.*?)```.*?```",
                    r"\1",
                    s.runbooks,
                    flags=re.DOTALL,
                ),
            ),
        ),
    ],
    "windows_differ_in_length_alone": [
        (
            "is not the same in all windows",
            _expression("job:http_requests:rate1h", "backend|model", "backend"),
        ),
        (
            "job:http_requests:rate1h looks at another window",
            _expression("job:http_requests:rate1h", "[1h]", "[2h]"),
        ),
        (
            "Recordings have different windows",
            lambda s: s.rules["slo.yml"]["groups"][0]["rules"].pop(),
        ),
    ],
    "recordings_are_there": [
        (
            "asks for job:http_errors:ratio_rate4h, which nobody records",
            _expression("BellwetherErrorBudgetBurnsFast", "ratio_rate6h", "ratio_rate4h"),
        ),
    ],
    "metrics_have_an_owner": [
        (
            "asks for worker_alive, which nobody has",
            _expression("BellwetherNoWorker", "bellwether_workers_alive", "worker_alive"),
        ),
        (
            "Nobody asks for kubelet_volume_stats_capacity_bytes",
            _expression(
                "BellwetherVolumeNearlyFull",
                "kubelet_volume_stats_capacity_bytes",
                "bellwether_volume_size",
            ),
        ),
    ],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: Rule, sources: Sources) -> None:
    assert rule(sources) == []


def test_a_mistake_is_planted_for_every_rule() -> None:
    assert set(MISTAKES) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(("rule", "number"), numbered(RULES, MISTAKES))
def test_planted_mistake_is_reported(rule: Rule, number: int, sources: Sources) -> None:
    assert_reported(rule, number, MISTAKES, sources)


def test_there_is_something_to_look_at(sources: Sources) -> None:
    assert len(sources.alerts()) >= 15
    assert len(sources.dashboards) == 4
