"""Jenkins' configuration, jobs and start keep the rules, and what is planted is found."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from .controller import FOLDER, RULES, Controller, Rule, read_controller, with_configuration
from .running import PIPELINES, ROOT, STUBS, run_groovy
from .tools import find_groovy

LIMIT_SECONDS = 60
JOBS = (FOLDER / "jobs.groovy").read_text()
BY_NAME = {rule.__name__: rule for rule in RULES}
HADOLINT = ROOT / ".venv-deploy/bin/hadolint"


def credentials(configuration: dict[str, Any], number: int) -> dict[str, Any]:
    [domain] = configuration["credentials"]["system"]["domainCredentials"]
    [entry] = domain["credentials"][number].values()
    assert isinstance(entry, dict)
    return entry


MISTAKES = {
    "nobody_comes_in_unasked": [
        lambda c: c["jenkins"]["securityRealm"]["local"].update(allowsSignup=True),
        lambda c: c["jenkins"]["securityRealm"]["local"]["users"].append({"id": "guest"}),
        lambda c: c["jenkins"]["authorizationStrategy"]["loggedInUsersCanDoAnything"].pop(
            "allowAnonymousRead"
        ),
        lambda c: c["jenkins"].update(authorizationStrategy={"unsecured": {}}),
        lambda c: c["jenkins"].pop("crumbIssuer"),
        lambda c: c["jenkins"].update(slaveAgentPort=50000),
    ],
    "builds_run_elsewhere": [
        lambda c: c["jenkins"].update(numExecutors=2),
        lambda c: c["jenkins"]["nodes"][0]["permanent"].update(labelString="other"),
        lambda c: c["jenkins"]["nodes"][0]["permanent"].update(numExecutors=4),
    ],
    "secrets_stand_elsewhere": [
        lambda c: credentials(c, 0).update({"password": "it"}),
        lambda c: credentials(c, 3).update({"secret": "${ANSIBLE_VAULT_PASSWORD:-it}"}),
        lambda c: c["jenkins"]["securityRealm"]["local"]["users"][0].update({"password": "admin"}),
        lambda c: c["jenkins"]["globalNodeProperties"][0]["envVars"]["env"].append(
            {"key": "TOKEN", "value": "${GITHUB_TOKEN}"}
        ),
    ],
    "pipelines_find_their_credentials": [
        lambda c: credentials(c, 0).update(id="docker"),
        lambda c: credentials(c, 2).update(scope="GLOBAL"),
        lambda c: c["unclassified"]["gitHubPluginConfig"].update(hookSecretConfigs=[]),
    ],
    "variables_are_given": [
        lambda c: credentials(c, 0).update({"password": "${REGISTRY_PASSWORD}"}),
    ],
}
PLANTED = [(rule, number) for rule, planted in MISTAKES.items() for number in range(len(planted))]


@pytest.fixture(scope="module")
def controller() -> Controller:
    return read_controller()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_controller_keeps_a_rule(rule: Rule, controller: Controller) -> None:
    assert rule(controller) == []


def test_a_mistake_is_planted_for_every_rule() -> None:
    assert set(MISTAKES) | {"plugins_are_pinned"} == set(BY_NAME)


@pytest.mark.parametrize(("rule", "number"), PLANTED)
def test_planted_mistakes_are_found(rule: str, number: int, controller: Controller) -> None:
    assert BY_NAME[rule](with_configuration(controller, MISTAKES[rule][number]))


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("copyartifact:", "# copyartifact:"),
        ("git:5.8.1", "git"),
        ("junit:", "matrix-auth:3.2.9\njunit:"),
        ("github:", "git:5.8.1\ngithub:"),
    ],
)
def test_plugins_that_are_wrong_are_found(good: str, bad: str, controller: Controller) -> None:
    assert good in controller.plugins
    plugins = controller.plugins.replace(good, bad, 1)
    assert BY_NAME["plugins_are_pinned"](dataclasses.replace(controller, plugins=plugins))


def run_jobs(texts: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """The jobs that each text makes."""
    return run_groovy("run_jobs.groovy", list(texts), folder)


def problems_of(answer: dict[str, Any]) -> list[str]:
    """What is wrong with the jobs: names, paths, sources, triggers."""
    if "error" in answer:
        return [answer["error"]]
    found = []
    jobs = answer["jobs"]
    if [(job["name"], job["words"].get("scriptPath")) for job in jobs] != list(PIPELINES.items()):
        found.append("Names or paths of the jobs are not those of the pipelines.")
    before = ""
    for job in jobs:
        words = job["words"]
        source = (words.get("url"), words.get("branch"), words.get("credentials"))
        if source != ("https://git.example.org/ours.git", "main", "GitHubSid"):
            found.append(f"{job['name']} comes from {source}.")
        if words.get("lightweight") is not True:
            found.append(f"{job['name']} clones for its Jenkinsfile.")
        wanted = f"<upstreamProjects>{before}</upstreamProjects>" if before else "GitHubPushTrigger"
        if wanted not in job["config"] or (before and "<name>SUCCESS</name>" not in job["config"]):
            found.append(f"{job['name']} is not started by {before or 'a push'}.")
        if job["config"].count("<spec") != 1:
            found.append(f"{job['name']} has several triggers.")
        before = job["name"]
    return found


WRONG_JOBS = [
    ("'backend': 'backend_service/Jenkinsfile'", "'backend': 'backend/Jenkinsfile'"),
    ("'final-project':", "'deploy':"),
    ("branch('main')", "branch('develop')"),
    ("upstreamProjects(upstream)", "upstreamProjects('model')"),
    ("name('SUCCESS')", "name('UNSTABLE')"),
    ("com.cloudbees.jenkins.GitHubPushTrigger", "hudson.triggers.TimerTrigger"),
    ("lightweight(true)", "lightweight(true)\n                sandbox(false)"),
]


def test_jobs_are_made_as_the_pipelines_are(tmp_path: Path) -> None:
    for good, _bad in WRONG_JOBS:
        assert good in JOBS, f"`{good}` is not there to be replaced"
    texts = [JOBS, *(JOBS.replace(good, bad, 1) for good, bad in WRONG_JOBS)]
    right, *wrong = run_jobs(texts, tmp_path)
    assert problems_of(right) == []
    assert [
        pair for pair, answer in zip(WRONG_JOBS, wrong, strict=True) if not problems_of(answer)
    ] == []
    for path in PIPELINES.values():
        assert (ROOT / path).is_file()


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Start the controller, with a program in Jenkins' place that says so."""
    environment = {"PATH": os.environ["PATH"], "JENKINS_START": "/bin/echo", **variables}
    return subprocess.run(
        ["/bin/sh", str(FOLDER / "start.sh"), "started"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )


@pytest.mark.parametrize(
    ("environment", "password", "starts"),
    [
        ("development", "changeme-jenkins", True),
        ("production", "kept-to-ourselves-9", True),
        ("production", "changeme-jenkins", False),
        ("development", "", False),
        ("development", "short", False),
    ],
)
def test_a_password_that_everybody_knows_is_refused(
    environment: str, password: str, starts: bool
) -> None:
    said = start(BELLWETHER_ENVIRONMENT=environment, JENKINS_ADMIN_PASSWORD=password)
    assert (said.returncode == 0, said.stdout) == (starts, "started\n" if starts else "")
    assert password == "" or password not in said.stderr


def test_the_agents_secret_is_readable_for_the_two_alone(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    for _again in range(2):
        said = subprocess.run(
            [find_groovy(), "-cp", str(STUBS), str(FOLDER / "agent-secret.groovy")],
            env={**os.environ, "AGENT_SECRET_FILE": str(secret)},
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )
        assert said.returncode == 0, said.stderr
    assert secret.read_text() == "secret of bellwether"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["controller", "agent"])
def test_hadolint_has_nothing_to_say(name: str) -> None:
    path = ROOT / "deploy/jenkins" / name / "Dockerfile"
    command = [str(HADOLINT), "--no-color", "--failure-threshold", "style", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize("path", ["controller/start.sh", "agent/start.sh"])
def test_scripts_can_be_read(path: str) -> None:
    command = ["/bin/sh", "-n", str(ROOT / "deploy/jenkins" / path)]
    assert subprocess.run(command, timeout=LIMIT_SECONDS).returncode == 0


@pytest.mark.parametrize(
    ("service", "name"), [("jenkins", "controller"), ("jenkins-agent", "agent")]
)
def test_an_image_is_built_from_what_its_folder_has(service: str, name: str) -> None:
    """The repository's .dockerignore keeps deploy/ out of builds from the root."""
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    context = ROOT / compose["services"][service]["build"]["context"]
    assert context == ROOT / "deploy/jenkins" / name
    text = (context / "Dockerfile").read_text().replace("\\\n", " ")
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ")]
    own = [
        source for sources in copied for source in sources if not sources[0].startswith("--from")
    ]
    assert own
    assert all((context / source).is_file() for source in own)
