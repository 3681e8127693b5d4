"""Dashboards keep their rules and are what their script writes; checks find what is planted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from scripts.dashboards.__main__ import DASHBOARDS as WRITTEN
from scripts.dashboards.__main__ import is_written, path_of, render
from scripts.dashboards.layout import place
from scripts.dashboards.panels import Query, graph
from scripts.dashboards.pretended_cluster import report
from tests.deploy.observability.dashboard_rules import RULES
from tests.deploy.observability.planting import Mistakes, Planted, assert_reported, numbered
from tests.deploy.observability.queries import CLUSTER_METRICS, expressions, fill_in, names_in
from tests.deploy.observability.sources import (
    DASHBOARDS,
    OBSERVABILITY,
    Json,
    Rule,
    Sources,
    read_sources,
)
from tests.deploy.observability.tools import run

PLATFORM = "bellwether-platform.json"


def _panel(sources: Sources, title: str) -> Json:
    (found,) = [
        panel
        for dashboard in sources.dashboards.values()
        for panel in dashboard["panels"]
        if panel["title"] == title
    ]
    return found


def _target(title: str, **change: str) -> Planted:
    return lambda sources: _panel(sources, title)["targets"][0].update(change)


_REQUESTS = "Requests a second by service"
_REQUEST_LINES = "Lines of the request whose id stands above"
_LEVELS = "Lines a second by level"

MISTAKES: Mistakes = {
    "names_are_unique": [
        (
            "Two dashboards have one uid",
            lambda s: s.dashboards[PLATFORM].update(uid="bellwether-logs"),
        ),
        (f"{PLATFORM} is called otherwise", lambda s: s.dashboards[PLATFORM].update(uid="other")),
        (
            "Memory by process is there twice",
            lambda s: _panel(s, _REQUESTS).update(title="Memory by process"),
        ),
        (
            "7 is there twice",
            lambda s: (
                _panel(s, _REQUESTS).update(id=7)
                or _panel(s, "Time of an answer by service").update(id=7)
            ),
        ),
    ],
    "panels_do_not_overlap": [
        (
            f"{_REQUESTS} lies on Share of requests",
            lambda s: _panel(s, _REQUESTS)["gridPos"].update(w=9),
        ),
        ("leaves the grid", lambda s: _panel(s, _REQUESTS)["gridPos"].update(x=20)),
    ],
    "panels_explain_themselves": [
        (f"{_REQUESTS} has no description", lambda s: _panel(s, _REQUESTS).update(description="")),
        (
            f"{_REQUESTS} has no unit",
            lambda s: _panel(s, _REQUESTS)["fieldConfig"]["defaults"].pop("unit"),
        ),
        ("has lines without names", _target(_REQUESTS, legendFormat="")),
        (
            "has lines without names",
            lambda s: [
                t.update(legendFormat="x")
                for t in _panel(s, "Time of an answer by service")["targets"]
            ],
        ),
    ],
    "legends_name_labels_that_are_there": [
        (f"{_REQUESTS} is named by ['pod']", _target(_REQUESTS, legendFormat="{{pod}}")),
        ("which is summed up", _target("Workers alive", legendFormat="{{instance}}")),
    ],
    "thresholds_climb": [
        (
            "has steps in no order",
            lambda s: _panel(s, "Slow answers, last hour")["fieldConfig"]["defaults"]["thresholds"][
                "steps"
            ].reverse(),
        ),
    ],
    "sources_are_chosen_above": [
        (
            f"{_REQUESTS} asks prometheus",
            lambda s: _panel(s, _REQUESTS).update(
                datasource={"type": "prometheus", "uid": "prometheus"}
            ),
        ),
        (
            f"{_REQUESTS} asks ${{loki}}",
            lambda s: _panel(s, _REQUESTS)["targets"][0].update(
                datasource={"type": "loki", "uid": "${loki}"}
            ),
        ),
    ],
    "variables_are_offered": [
        ("nobody offers $service", _target(_REQUESTS, expr='sum by (job) (up{job="$service"})')),
        (
            "no test has a value for $service",
            _target(_REQUESTS, expr='sum by (job) (up{job="$service"})'),
        ),
        (
            "nobody uses $idle",
            lambda s: s.dashboards[PLATFORM]["templating"]["list"].append(
                {"name": "idle", "type": "textbox", "query": ""}
            ),
        ),
    ],
    "log_queries_hold_together": [
        ("it selects no stream", _target(_REQUEST_LINES, expr='|= "$request_id"')),
        (
            "nobody labels lines with ['service']",
            _target(_REQUEST_LINES, expr='{service="backend"}'),
        ),
        ("it selects every stream", _target(_REQUEST_LINES, expr='{app!="worker"}')),
        ("a quote is not closed", _target(_REQUEST_LINES, expr='{app="backend"} |= "x')),
        ("() are not even", _target(_LEVELS, expr='sum by (pod) (rate({app="backend"}[5m])')),
        ("it counts over no time", _target(_LEVELS, expr='sum(rate({app="backend"}))')),
        ("that were not parsed", _target(_LEVELS, expr='{app="backend"} | log_level="error"')),
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


def parse(asked: list[tuple[str, str]], folder: Path) -> str:
    """What promtool says of expressions, none where all can be parsed."""
    rules = [
        {"record": f"panel:{number}", "expr": fill_in(expression)}
        for number, (_, expression) in enumerate(asked)
    ]
    path = folder / "panels.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = run("promtool", "check", "rules", "--lint=none", path)
    return done.stdout if done.returncode else ""


def test_expressions_can_be_parsed(sources: Sources, tmp_path: Path) -> None:
    asked = [one for one in expressions(sources) if ".json" in one[0]]
    assert len(asked) > 50
    assert parse(asked, tmp_path) == ""


@pytest.mark.parametrize(
    "expression",
    ["sum by (job (up)", "rate(up)", "up{job=}", "histogram_quantile(sum(up))", "rate(up[$range])"],
)
def test_expression_that_cannot_be_parsed_is_reported(expression: str, tmp_path: Path) -> None:
    assert "error" in parse([("planted", expression)], tmp_path)


def test_files_are_what_the_script_writes() -> None:
    assert [one.uid for one in WRITTEN if not is_written(one, DASHBOARDS)] == []
    assert {path_of(one, DASHBOARDS) for one in WRITTEN} == set(DASHBOARDS.glob("*.json"))


def test_change_by_hand_is_reported(tmp_path: Path) -> None:
    one = WRITTEN[0]
    assert not is_written(one, tmp_path)
    path_of(one, tmp_path).write_text(render(one))
    assert is_written(one, tmp_path)
    path_of(one, tmp_path).write_text(render(one).replace("30s", "5s", 1))
    assert not is_written(one, tmp_path)


def test_panel_wider_than_the_grid_is_refused() -> None:
    wide = graph("Wide", "Wider than it may be.", Query("up", "{{job}}"), unit="none", width=25)
    with pytest.raises(ValueError, match="Wide is wider than the grid"):
        place([wide])


def test_pretended_cluster_tells_what_the_dashboard_asks_for() -> None:
    """Else a picture of it would be empty, and nobody would see whether a query is right."""
    told = names_in(report(90.0).replace("\n", " "))
    sources = read_sources()
    asked = {
        name
        for where, expression in expressions(sources)
        if where.startswith("bellwether-pods.json")
        for name in names_in(expression)
    }
    assert asked & set(CLUSTER_METRICS) == told


def test_grafana_finds_sources_and_dashboards(sources: Sources) -> None:
    """Provisioning, mounts of compose and dashboards name the same places."""
    provisioning = OBSERVABILITY / "grafana/provisioning"
    stores = yaml.safe_load((provisioning / "datasources/bellwether.yaml").read_text())
    kinds = {one["type"] for one in stores["datasources"]}
    asked = {
        panel["datasource"]["type"]
        for dashboard in sources.dashboards.values()
        for panel in dashboard["panels"]
        if "datasource" in panel
    }
    assert asked <= kinds
    compose = yaml.safe_load((OBSERVABILITY.parent / "docker-compose.yml").read_text())["services"]
    for one in stores["datasources"]:
        host, _, port = one["url"].removeprefix("http://").partition(":")
        assert f"{port}" in json.dumps(compose[host]["ports"]), one
    (provider,) = yaml.safe_load((provisioning / "dashboards/bellwether.yaml").read_text())[
        "providers"
    ]
    mounts = dict(volume.split(":")[:2] for volume in compose["grafana"]["volumes"])
    assert mounts["./observability/grafana/dashboards"] == provider["options"]["path"]
    assert provider["allowUiUpdates"] is False
    settings = (OBSERVABILITY / "grafana/grafana.ini").read_text()
    home = f"{provider['options']['path']}/{PLATFORM}"
    assert f"default_home_dashboard_path = {home}" in settings
    assert "[auth.anonymous]\nenabled = false" in settings
    assert "allow_sign_up = false" in settings
