"""promtool on rules, their tests and the configuration, and what starts Prometheus and Grafana."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path
from shutil import copytree

import pytest
import yaml

from scripts.prometheus_rule import RULES as RULES_FOLDER
from scripts.prometheus_rule import TARGET, render
from tests.deploy.observability.queries import (
    names_in,
    used_buckets,
    used_labels,
    used_metrics,
)
from tests.deploy.observability.sources import OBSERVABILITY, ROOT, RULE_TESTS, RULES
from tests.deploy.observability.tools import run

PROMETHEUS = OBSERVABILITY / "prometheus"
SCRIPT_SECONDS = 20


def configuration(folder: Path, text: str) -> Path:
    """A copy of everything, with a file where the token is looked for."""
    copytree(PROMETHEUS, folder / "prometheus")
    token = folder / "token"
    token.write_text("not-a-real-token")
    path = folder / "prometheus/prometheus.yml"
    path.write_text(text.replace("/run/prometheus/model_service_token", str(token)))
    return path


TEXT = (PROMETHEUS / "prometheus.yml").read_text()


def test_configuration_is_accepted(tmp_path: Path) -> None:
    done = run("promtool", "check", "config", configuration(tmp_path, TEXT))
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("rules found") == len(list(RULES.glob("*.yml")))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("scrape_interval:", "scrape_intervall:"),
        ("scrape_timeout: 5s", "scrape_timeout: 50s"),
        ("job_name: model", "job_name: backend"),
        (
            "credentials_file: /run/prometheus/model_service_token",
            "credentials_file: /nowhere/token",
        ),
    ],
)
def test_mistake_in_the_configuration_is_reported(good: str, bad: str, tmp_path: Path) -> None:
    assert good in TEXT
    done = run("promtool", "check", "config", configuration(tmp_path, TEXT.replace(good, bad, 1)))
    assert done.returncode != 0


def test_jobs_lead_to_the_services_of_compose() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    jobs = {one["job_name"]: one for one in yaml.safe_load(TEXT)["scrape_configs"]}
    targets = {
        name: [t for group in one["static_configs"] for t in group["targets"]]
        for name, one in jobs.items()
    }
    assert targets["backend"] == ["server:3000"]
    assert targets["model"] == ["model:4000"]
    assert targets["worker"] == ["worker:4001"]
    assert targets["frontend"] == ["client:5174"]
    hosts = {target.partition(":")[0] for all_targets in targets.values() for target in all_targets}
    assert hosts - {"localhost"} <= set(compose)
    assert [name for name, one in jobs.items() if "authorization" in one] == ["model"]


def test_rules_are_accepted() -> None:
    done = run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *sorted(RULES.glob("*")))
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", sorted(RULE_TESTS.glob("*.yml")), ids=lambda path: path.stem)
def test_unit_tests_of_rules_pass(path: Path) -> None:
    done = run("promtool", "test", "rules", path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "good", "bad", "tests"),
    [
        ("platform.yml", "== 0\n        for: 2m", "== 0\n        for: 20m", "platform.yml"),
        ("platform.yml", "severity: critical", "severity: warning", "platform.yml"),
        ("platform.yml", "< 0.1", "< 0.01", "platform.yml"),
        ("platform.yml", "unless on (source)", "and on (source)", "platform.yml"),
        ("experiments.yml", "or vector(0)", "or vector(1)", "experiments.yml"),
        ("experiments.yml", 'state="running"}) == 0', 'state="running"}) >= 0', "experiments.yml"),
        ("cluster.yml", ">= on", "> on", "cluster.yml"),
        ("slo.yml", "ratio_rate5m > 14.4", "ratio_rate5m >= 0", "slo.yml"),
        ("slo.yml", "rate1h * 3600 > 20", "rate1h * 3600 > 0", "slo.yml"),
    ],
)
def test_mistake_in_a_rule_fails_its_unit_tests(
    file: str, good: str, bad: str, tests: str, tmp_path: Path
) -> None:
    copytree(PROMETHEUS, tmp_path / "prometheus")
    path = tmp_path / "prometheus/rules" / file
    text = path.read_text()
    assert good in text
    path.write_text(text.replace(good, bad))
    done = run("promtool", "test", "rules", tmp_path / "prometheus/tests" / tests)
    assert "FAILED" in done.stdout, done.stdout


def test_object_of_the_cluster_is_what_the_script_writes(tmp_path: Path) -> None:
    assert TARGET.read_text() == render(RULES_FOLDER)
    changed = tmp_path / "rules"
    copytree(RULES, changed)
    path = changed / "platform.yml"
    path.write_text(path.read_text().replace("for: 2m", "for: 3m", 1))
    assert TARGET.read_text() != render(changed)


def test_metrics_are_found_in_expressions() -> None:
    assert names_in('sum by (le, job) (rate(a_total{x="}b[5m]",y=~"c|d"}[5m])) > 2.5') == {
        "a_total"
    }
    assert names_in("a:b:rate5m / on (job) group_left (x) c offset 5m") == {"a:b:rate5m", "c"}
    assert names_in("(max(w) or vector(0)) < 1 and on () e == 0 unless f") == {"w", "e", "f"}
    assert names_in("time() - max by (source) (t > 0)") == {"t"}
    assert names_in("histogram_quantile(0.95, h_bucket) * 1e9") == {"h_bucket"}


def test_what_live_services_have_to_show_is_told() -> None:
    used = used_metrics()
    assert "platform.yml: BellwetherLogLinesDropped" in used["bellwether_log_lines_dropped_total"]
    assert any("bellwether-trading.json" in where for where in used["bellwether_decisions_total"])
    assert not [name for name in used if ":" in name or name in ("up", "ALERTS")]
    assert used_labels()["bellwether_provider_requests_total"] == {"outcome"}
    buckets = used_buckets()
    name = "http_server_request_duration_seconds_bucket"
    assert buckets == {(name, "backend"): {"0.25"}, (name, "model"): {"2.5"}}


def start(script: Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run an entry point with something in the place of the program."""
    program = folder / "program"
    program.write_text('#!/bin/sh\necho "started $*"\nenv >"${0%/*}/environment"\n')
    program.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(script)],
        env={
            "PATH": os.environ["PATH"],
            "PROMETHEUS": str(program),
            "GRAFANA": str(program),
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=SCRIPT_SECONDS,
        check=False,
    )


def test_prometheus_is_given_its_token_as_a_file(tmp_path: Path) -> None:
    token = tmp_path / "token"
    variables = {"MODEL_SERVICE_TOKEN": "the-token", "TOKEN_FILE": str(token)}
    done = start(PROMETHEUS / "start.sh", tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    assert "started --config.file=/etc/prometheus/prometheus.yml" in done.stdout
    assert token.read_text() == "the-token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert "the-token" not in (tmp_path / "environment").read_text() + done.stdout


def test_prometheus_does_not_start_without_its_token(tmp_path: Path) -> None:
    done = start(PROMETHEUS / "start.sh", tmp_path, TOKEN_FILE=str(tmp_path / "token"))
    assert (done.returncode, "started" in done.stdout) == (2, False)
    assert "MODEL_SERVICE_TOKEN is not set" in done.stderr


@pytest.mark.parametrize(
    ("password", "environment", "status"),
    [
        ("", "development", 2),
        ("changeme-grafana", "production", 2),
        ("changeme-grafana", "development", 0),
        ("long-and-good", "production", 0),
    ],
)
def test_grafana_wants_a_password(
    password: str, environment: str, status: int, tmp_path: Path
) -> None:
    done = start(
        OBSERVABILITY / "grafana/start.sh",
        tmp_path,
        GF_SECURITY_ADMIN_PASSWORD=password,
        BELLWETHER_ENVIRONMENT=environment,
    )
    assert done.returncode == status
    assert ("started" in done.stdout) == (status == 0)
    assert password == "" or password not in done.stderr
