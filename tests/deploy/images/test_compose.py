"""docker-compose.yml keeps specification and rules, and each check finds what is planted."""

from __future__ import annotations

import copy
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.images.compose import RULES, Rule
from tests.deploy.kubernetes.repository import Repository, read_repository

ROOT = Path(__file__).resolve().parents[3]
CHECK = ROOT / ".venv-deploy/bin/check-jsonschema"
TEXT = (ROOT / "docker-compose.yml").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
CHECK_SECONDS = 60

Planted = Callable[[dict[str, Any]], object]

MISTAKES: dict[str, list[Planted]] = {
    "ports_are_the_originals": [
        lambda c: c["services"]["server"].update(ports=["${PUBLISH_ON:-127.0.0.1}:3000:3001"]),
        lambda c: c["services"]["model"].update(ports=["0.0.0.0:4000:4000"]),
        lambda c: c["services"]["postgres"].update(ports=["${PUBLISH_ON:-127.0.0.1}:5432:5432"]),
        lambda c: c["services"]["client"].pop("ports"),
        lambda c: c["services"]["kibana"].update(ports=["${PUBLISH_ON:-127.0.0.1}:5601:5601"]),
        lambda c: c["services"]["logstash"].update(ports=["127.0.0.1:9600:9600"]),
    ],
    "profiles_are_asked_for": [
        lambda c: c["services"]["kibana"].pop("profiles"),
        lambda c: c["services"]["logstash"].update(profiles=["elk", "monitoring"]),
        lambda c: c["services"]["server"].update(profiles=["elk"]),
        lambda c: c["services"]["server"]["depends_on"].update(
            logstash={"condition": "service_healthy"}
        ),
        lambda c: c["services"].pop("elk-setup"),
    ],
    "services_are_confined": [
        lambda c: c["services"]["worker"].update(read_only=False),
        lambda c: c["services"]["worker"].pop("cap_drop"),
        lambda c: c["services"]["worker"].pop("security_opt"),
        lambda c: c["services"]["model"].pop("mem_limit"),
        lambda c: c["services"]["model"].update(privileged=True),
        lambda c: c["services"]["model"].update(networks=["default"]),
        lambda c: c["services"]["jenkins"].update(privileged=True),
        lambda c: c["services"]["jenkins-agent"].pop("cap_drop"),
        lambda c: c["services"]["jenkins-agent"].update(user="0:0"),
        lambda c: c["services"]["jenkins-docker"].update(networks=["ci", "app-network"]),
        lambda c: c["services"]["jenkins-docker"].pop("mem_limit"),
        lambda c: c["services"]["kibana"].pop("user"),
        lambda c: c["services"]["elasticsearch"].update(user="root"),
        lambda c: c["services"]["logstash"].pop("cap_drop"),
        lambda c: c["services"]["grafana"].update(user="0:0"),
        lambda c: c["services"]["alloy"]["volumes"].append(
            "/var/run/docker.sock:/var/run/docker.sock:ro"
        ),
    ],
    "services_come_back": [
        lambda c: c["services"]["server"].pop("restart"),
        lambda c: c["services"]["server"].pop("stop_grace_period"),
        lambda c: c["services"]["server"].pop("logging"),
        lambda c: c["services"]["elk-setup"].update(restart="unless-stopped"),
        lambda c: c["services"]["kibana"].update(restart="no"),
    ],
    "services_wait_for_health": [
        lambda c: c["services"]["server"].pop("healthcheck"),
        lambda c: c["services"]["client"].pop("depends_on"),
        lambda c: c["services"]["client"]["depends_on"]["server"].update(
            condition="service_started"
        ),
        lambda c: c["services"]["kibana"].pop("healthcheck"),
        lambda c: c["services"]["logstash"].pop("depends_on"),
        lambda c: c["services"]["elasticsearch"]["depends_on"]["elk-certificates"].update(
            condition="service_healthy"
        ),
    ],
    "variables_are_read": [
        lambda c: c["services"]["jenkins"]["environment"].update({"JENKINS_PASSWORD": "x"}),
        lambda c: c["services"]["server"]["environment"].update(BACKEND_MODEL_ADDRESS="x"),
        lambda c: c["services"]["client"]["environment"].update(API_URL="x"),
        lambda c: c["services"]["logstash"]["environment"].update({"ELASTIC_PASSWORD": "x"}),
    ],
    "secrets_come_from_outside": [
        lambda c: c["services"]["server"]["environment"].update({"MODEL_SERVICE_TOKEN": "it"}),
        lambda c: c["services"]["postgres"]["environment"].update(
            {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:-it}"}
        ),
        lambda c: c["services"]["kibana"]["environment"].update(
            {"KIBANA_SYSTEM_PASSWORD": "${KIBANA_SYSTEM_PASSWORD:-changeme}"}
        ),
    ],
    "state_is_kept": [
        lambda c: c["services"]["postgres"].update(volumes=["./data:/var/lib/postgresql/data"]),
        lambda c: c["services"]["server"].pop("volumes"),
        lambda c: c["services"]["worker"].update(volumes=[]),
    ],
}


@pytest.fixture(scope="module")
def repository() -> Repository:
    return read_repository(ROOT)


def read() -> dict[str, Any]:
    """The file, without what YAML shares between services."""
    return dict(copy.deepcopy(yaml.safe_load(TEXT)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_file_keeps_a_rule(rule: Rule, repository: Repository) -> None:
    assert rule(read(), repository) == []


def test_a_mistake_is_planted_for_every_rule() -> None:
    assert set(MISTAKES) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "number"), [(rule, n) for rule in RULES for n in range(len(MISTAKES[rule.__name__]))]
)
def test_planted_mistakes_are_found(rule: Rule, number: int, repository: Repository) -> None:
    compose = yaml.safe_load(yaml.safe_dump(read(), default_flow_style=None))
    # Services that share a mapping would all be changed.
    compose["services"] = {
        name: copy.deepcopy(service) for name, service in compose["services"].items()
    }
    MISTAKES[rule.__name__][number](compose)
    assert rule(compose, repository)


def check_schema(path: Path) -> subprocess.CompletedProcess[str]:
    """Hold a file against the compose specification's own schema."""
    return subprocess.run(
        [str(CHECK), "--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
    )


def test_the_file_keeps_the_compose_specification() -> None:
    said = check_schema(ROOT / "docker-compose.yml")
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("    restart: unless-stopped\n", "    restart: 3\n"),
        ("    ports:", "    published_ports:"),
        ("condition: service_healthy", "condition: service_well"),
    ],
)
def test_what_breaks_the_specification_is_found(tmp_path: Path, good: str, bad: str) -> None:
    assert good in TEXT
    planted = tmp_path / "docker-compose.yml"
    planted.write_text(TEXT.replace(good, bad))
    assert check_schema(planted).returncode != 0


def test_the_example_gives_every_value_that_is_asked_for() -> None:
    given = dict(line.split("=", 1) for line in EXAMPLE.splitlines() if re.match(r"[A-Z]", line))
    asked = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert asked
    assert asked <= set(given)
    # Whoever copies the example has to think of them before anybody else can reach the platform.
    assert all("changeme" in given[name] for name in asked)
    assert given["BELLWETHER_ENVIRONMENT"] == "development"
    assert len(given["MODEL_SERVICE_TOKEN"]) >= 24
    assert set(given) <= set(re.findall(r"\$\{(\w+)", TEXT))
