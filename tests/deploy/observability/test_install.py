"""What `make monitoring` asks helm and kubectl to do, and what it gives them.

The charts themselves cannot be had without their registries. What is looked at instead: every call,
with options that the real helm knows; that no password is in one; that values are files that helm
reads, and that their settings are where other files rely on them.
"""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.observability.sources import OBSERVABILITY, ROOT

TOOLS = ROOT / ".venv-deploy/bin"
SCRIPT = OBSERVABILITY / "install.sh"
VALUES = OBSERVABILITY / "helm"
RELEASES = ("kube-prometheus-stack", "loki", "alloy")
SECONDS = 60

# Writes down what it was asked, and answers as a cluster would in which the named things are.
RECORDER = """\
#!/usr/bin/env python3
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
given = sys.argv[1:]
text = sys.stdin.read() if "-" in given else ""
with (folder / "calls").open("a") as log:
    log.write(json.dumps([pathlib.Path(__file__).name, given, text]) + "\\n")
there = (folder / "there").read_text().split()
if "get" in given:
    sys.exit(0 if given[given.index("get") + 2] in there else 1)
sys.exit(1 if (folder / "broken").exists() and given[1] in (folder / "broken").read_text() else 0)
"""


@dataclass(frozen=True)
class Call:
    tool: str
    arguments: list[str]
    given: str


def install(
    folder: Path, *, there: str = "", broken: str = "", **variables: str
) -> tuple[subprocess.CompletedProcess[str], list[Call]]:
    """Run the script with recorders in the place of helm and kubectl."""
    for tool in ("helm", "kubectl"):
        (folder / tool).write_text(RECORDER)
        (folder / tool).chmod(0o755)
    (folder / "there").write_text(there)
    if broken:
        (folder / "broken").write_text(broken)
    done = subprocess.run(
        ["bash", str(SCRIPT)],
        env={"PATH": f"{folder}:/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    log = folder / "calls"
    lines = log.read_text().splitlines() if log.exists() else []
    return done, [Call(*json.loads(line)) for line in lines]


def charts() -> dict[str, str]:
    """Settings of charts.env."""
    pairs = re.findall(r"^(\w+)=(.+)$", (VALUES / "charts.env").read_text(), re.MULTILINE)
    return dict(pairs)


def problems(calls: list[Call], options: str) -> list[str]:
    """What is wrong with the calls, given the help text of helm."""
    found = []
    for call in calls:
        if call.tool != "helm":
            continue
        found += [
            f"helm knows no {option}."
            for option in call.arguments
            if option.startswith("--") and not re.search(rf"{option}\b", options)
        ]
        version = call.arguments[call.arguments.index("--version") + 1]
        if not re.fullmatch(r"\d+\.\d+\.\d+", version):
            found.append(f"{call.arguments[1]} is pinned to {version}.")
        for path in re.findall(r"(/\S+\.(?:yaml|yml|alloy))", " ".join(call.arguments)):
            if not Path(path).is_file():
                found.append(f"{path} is not there.")
    return found


@pytest.fixture(scope="module")
def options() -> str:
    """What the real helm says it knows."""
    done = subprocess.run(
        [TOOLS / "helm", "upgrade", "--help"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout


def test_everything_is_installed_in_order(tmp_path: Path, options: str) -> None:
    done, calls = install(tmp_path)
    assert done.returncode == 0, done.stderr
    made = [call for call in calls if call.tool == "helm"]
    assert [call.arguments[1] for call in made] == list(RELEASES)
    assert problems(calls, options) == []
    assert all("monitoring" in call.arguments for call in calls)
    assert made[0].arguments[2].startswith("oci://ghcr.io/prometheus-community/")
    assert made[1].arguments[2].startswith("oci://ghcr.io/grafana-community/")
    assert calls.index(made[0]) == len(calls) - len(RELEASES), "first namespace and Secret"


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        (
            ["upgrade", "loki", "x", "--atomically", "--version", "1.2.3"],
            "helm knows no --atomically",
        ),
        (["upgrade", "loki", "x", "--version", "~1"], "loki is pinned to ~1"),
        (["upgrade", "loki", "x", "--version", "1.2.3", "--values", "/no.yaml"], "/no.yaml is not"),
    ],
)
def test_planted_mistake_in_a_call_is_reported(plant: list[str], says: str, options: str) -> None:
    assert any(says in one for one in problems([Call("helm", plant, "")], options))


def test_password_is_made_once_and_is_in_no_command(tmp_path: Path) -> None:
    _, calls = install(tmp_path)
    (secret,) = [yaml.safe_load(call.given) for call in calls if call.given]
    password = secret["stringData"]["admin-password"]
    assert (secret["kind"], secret["metadata"]["namespace"]) == ("Secret", "monitoring")
    assert len(password) == 32
    assert not any(password in " ".join(call.arguments) for call in calls)
    values = yaml.safe_load((VALUES / "kube-prometheus-stack.values.yaml").read_text())
    wanted = values["grafana"]["admin"]
    assert wanted["existingSecret"] == secret["metadata"]["name"]
    assert {wanted["userKey"], wanted["passwordKey"]} == set(secret["stringData"])


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    done, calls = install(tmp_path, there="monitoring grafana-admin")
    assert done.returncode == 0
    assert not [call for call in calls if "create" in call.arguments]


def test_failure_ends_it_with_one_sentence(tmp_path: Path) -> None:
    done, calls = install(tmp_path, broken="loki")
    assert done.returncode == 1
    assert (
        done.stderr.strip() == "monitoring: loki could not be installed; nothing of it was changed."
    )
    assert calls[-1].arguments[1] == "loki"


def test_missing_tool_is_named(tmp_path: Path) -> None:
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/bash", str(SCRIPT)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "monitoring: helm is missing: `make monitoring` brings it."


def test_context_reaches_every_call(tmp_path: Path) -> None:
    _, calls = install(tmp_path, KUBE_CONTEXT="other")
    assert all("other" in call.arguments for call in calls)


@pytest.mark.parametrize("release", RELEASES)
def test_helm_reads_the_values(release: str, tmp_path: Path) -> None:
    """By a chart of ours that shows what it was given."""
    _, calls = install(tmp_path, there="monitoring grafana-admin")
    (call,) = [one for one in calls if one.arguments[:2] == ["upgrade", release]]
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: shown\nversion: 1.0.0\n")
    shown = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: shown}\ndata:\n"
    shown += "  values: {{ .Values | toJson | quote }}\n"
    (chart / "templates/shown.yaml").write_text(shown)
    kept = [
        (option, value)
        for option, value in zip(call.arguments, call.arguments[1:], strict=False)
        if option in ("--values", "--set-file")
    ]
    done = subprocess.run(
        [TOOLS / "helm", "template", release, chart, *(text for pair in kept for text in pair)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    values = json.loads(yaml.safe_load(done.stdout)["data"]["values"])
    if release == "kube-prometheus-stack":
        given = yaml.safe_load(values["alertmanager"]["stringConfig"])
        assert given["route"]["receiver"] == "ticket"
    if release == "alloy":
        assert "loki.source.file" in values["alloy"]["configMap"]["content"]


def settings(release: str) -> Any:
    return yaml.safe_load((VALUES / f"{release}.values.yaml").read_text())


def blind_spots(stack: Any) -> list[str]:
    """Settings without which something of ours is not seen in a cluster."""
    found = []
    spec = stack["prometheus"]["prometheusSpec"]
    found += [
        f"{kind}s of other namespaces are not read."
        for kind in ("serviceMonitor", "podMonitor", "rule")
        if spec.get(f"{kind}SelectorNilUsesHelmValues") is not False
    ]
    dashboards = stack["grafana"]["sidecar"]["dashboards"]
    if (dashboards["label"], dashboards["searchNamespace"]) != ("grafana_dashboard", "ALL"):
        found.append("Dashboards are not found.")
    for one in stack["kubelet"]["serviceMonitor"]["cAdvisorMetricRelabelings"]:
        for name in ("container_spec_cpu_shares", "container_cpu_usage_seconds_total"):
            if one["sourceLabels"] == ["__name__"] and re.fullmatch(one["regex"], name):
                found.append(f"{name} is dropped.")
    grafana = stack["grafana"]["grafana.ini"]
    if grafana["auth.anonymous"]["enabled"] or grafana["users"]["allow_sign_up"]:
        found.append("Anybody gets into Grafana.")
    if "adminPassword" in stack["grafana"]:
        found.append("A password stands in the file.")
    return found


def test_nothing_of_ours_stays_unseen_in_a_cluster() -> None:
    assert blind_spots(settings("kube-prometheus-stack")) == []


@pytest.mark.parametrize(
    ("says", "path", "value"),
    [
        (
            "podMonitors of other",
            ("prometheus", "prometheusSpec", "podMonitorSelectorNilUsesHelmValues"),
            True,
        ),
        ("rules of other", ("prometheus", "prometheusSpec", "ruleSelectorNilUsesHelmValues"), None),
        ("Dashboards are not found", ("grafana", "sidecar", "dashboards", "searchNamespace"), None),
        (
            "cpu_shares is dropped",
            ("kubelet", "serviceMonitor", "cAdvisorMetricRelabelings", 0, "regex"),
            "container_spec.*",
        ),
        ("Anybody gets in", ("grafana", "grafana.ini", "auth.anonymous", "enabled"), True),
        ("A password stands", ("grafana", "adminPassword"), "prom-operator"),
    ],
)
def test_planted_blind_spot_is_reported(says: str, path: tuple[Any, ...], value: Any) -> None:
    stack = settings("kube-prometheus-stack")
    place = stack
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(says in one for one in blind_spots(stack))


def test_compose_and_cluster_keep_the_same_release_of_loki_for_as_long() -> None:
    compose = yaml.safe_load((OBSERVABILITY / "loki/loki.yml").read_text())
    cluster = settings("loki")["loki"]
    assert cluster["limits_config"] == compose["limits_config"]
    assert cluster["schemaConfig"] == {
        "configs": [{**compose["schema_config"]["configs"][0], "from": "2026-01-01"}]
    }
    for other in ("read", "write", "backend"):
        assert settings("loki")[other]["replicas"] == 0


def test_promtail_is_marked_as_what_it_is() -> None:
    text = (VALUES / "legacy-promtail.values.yaml").read_text()
    assert text.startswith("# LEGACY. Promtail reached its end of life")
    assert "promtail" not in SCRIPT.read_text().lower()
    assert "promtail" not in (VALUES / "charts.env").read_text().lower()


def test_ways_to_it_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target, service, ports in (
        ("grafana", "kube-prometheus-stack-grafana", "3020:80"),
        ("prometheus", "kube-prometheus-stack-prometheus", "9090:9090"),
        ("loki", "loki", "3100:3100"),
    ):
        assert re.search(
            rf"^{target}: .*\n\t@\$\(FORWARD\) service/{service} {ports}$", makefile, re.M
        )
    assert "--address 127.0.0.1" in makefile
    assert charts()["LOKI_VERSION"].split(".")[0] >= "12", "Monolithic is not known before"
