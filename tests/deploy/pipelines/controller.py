"""Rules for the configuration of Jenkins: what it lets in, what it keeps secret, what it needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .running import ROOT

FOLDER = ROOT / "deploy/jenkins/controller"

PROVIDES = {
    "configuration-as-code": ("jenkins:",),
    "job-dsl": ("globalJobDslSecurityConfiguration", "pipelineJob("),
    "workflow-aggregator": ("pipeline {",),
    "git": ("scmGit(",),
    "github": ("githubPush()", "gitHubPluginConfig", "com.cloudbees.jenkins.GitHubPushTrigger"),
    "credentials-binding": ("withCredentials([",),
    "plain-credentials": ("secretBytes:",),
    "copyartifact": ("copyArtifacts(", "copyArtifactPermission("),
    "junit": ("junit(",),
    "coverage": ("recordCoverage(",),
    "ws-cleanup": ("cleanWs()",),
    "timestamper": ("timestamps()",),
}
"""Which plugin brings which words; the rest are parts of workflow-aggregator."""

GIVEN = {"JENKINS_URL", "BELLWETHER_ENVIRONMENT"}
_VARIABLE = re.compile(r"\$\{([A-Z_]+)\}")


@dataclass(frozen=True)
class Controller:
    """What the controller is made of."""

    configuration: dict[str, Any]
    plugins: str
    words: str
    environment: frozenset[str]

    @property
    def credentials(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for domain in self.configuration["credentials"]["system"]["domainCredentials"]:
            for entry in domain["credentials"]:
                yield from entry.items()


def read_controller(root: Path = ROOT) -> Controller:
    jenkinsfiles = [*root.glob("*_service/Jenkinsfile"), *root.glob("frontend/Jenkinsfile")]
    sources = [*jenkinsfiles, root / "Jenkinsfile", FOLDER / "jenkins.yaml", FOLDER / "jobs.groovy"]
    compose = yaml.safe_load((root / "docker-compose.yml").read_text())
    return Controller(
        configuration=yaml.safe_load((FOLDER / "jenkins.yaml").read_text()),
        plugins=(FOLDER / "plugins.txt").read_text(),
        words="\n".join(path.read_text() for path in sources),
        environment=frozenset(compose["services"]["jenkins"]["environment"]),
    )


Rule = Callable[[Controller], list[str]]


def nobody_comes_in_unasked(controller: Controller) -> list[str]:
    """One user with a password, no sign-up, nothing to be read without one."""
    jenkins = controller.configuration["jenkins"]
    found = []
    realm = jenkins.get("securityRealm", {}).get("local", {})
    if realm.get("allowsSignup") is not False:
        found.append("Anybody may sign up.")
    users = realm.get("users", [])
    if [user["id"] for user in users] != ["admin"]:
        found.append(f"Users: {users}.")
    access = jenkins.get("authorizationStrategy", {}).get("loggedInUsersCanDoAnything", {})
    if access.get("allowAnonymousRead") is not False:
        found.append("Anybody may read.")
    if "standard" not in jenkins.get("crumbIssuer", {}):
        found.append("Requests may be forged.")
    if jenkins.get("slaveAgentPort") != -1:
        found.append("A port for agents is open.")
    return found


def builds_run_elsewhere(controller: Controller) -> list[str]:
    """None where the secrets are, and one after the other on the agent."""
    jenkins = controller.configuration["jenkins"]
    found = [] if jenkins.get("numExecutors") == 0 else ["Builds run on the controller."]
    nodes = [node["permanent"] for node in jenkins["nodes"]]
    labels = set(re.findall(r"agent \{ label '(\w+)' \}", controller.words))
    if {node["labelString"] for node in nodes} != labels:
        found.append(f"Nobody builds {labels}.")
    if any(node["numExecutors"] != 1 or node["launcher"] != _WEB_SOCKET for node in nodes):
        found.append(f"Agents: {nodes}.")
    return found


_WEB_SOCKET = {"inbound": {"webSocket": True}}


def secrets_stand_elsewhere(controller: Controller) -> list[str]:
    """Each is a variable of its own or a file, and none is handed to builds as a variable."""
    found = []
    for kind, entry in controller.credentials:
        for name in ("password", "secret", "secretBytes"):
            value = entry.get(name)
            if value is not None and not re.fullmatch(
                r"\$\{[A-Z_]+\}|\$\{readFile\w+:/[^}]+\}", value
            ):
                found.append(f"{kind} {entry['id']}: {name} stands in the file.")
    users = controller.configuration["jenkins"]["securityRealm"]["local"].get("users", [])
    found += [
        f"{user['id']}: the password stands in the file."
        for user in users
        if not _VARIABLE.fullmatch(user.get("password", ""))
    ]
    [shown] = controller.configuration["jenkins"]["globalNodeProperties"]
    found += [
        f"Builds are shown {entry['value']}."
        for entry in shown["envVars"]["env"]
        if re.search(r"PASSWORD|TOKEN|SECRET|USER", entry["value"])
    ]
    return found


def pipelines_find_their_credentials(controller: Controller) -> list[str]:
    """Those that parameters name by default are there, of the kind that they are bound as."""
    kinds = {entry["id"]: kind for kind, entry in controller.credentials}
    defaults = dict(
        re.findall(
            r"string\(name: '(\w+_CREDENTIALS)'.*?defaultValue: '(\w+)'", controller.words, re.S
        )
    )
    bound = re.findall(r"(\w+)\(\s*credentialsId: params\.(\w+)", controller.words)
    found = [
        f"{name}: {defaults.get(name)} is {kinds.get(defaults.get(name, ''))} and bound as {kind}."
        for kind, name in bound
        if kinds.get(defaults.get(name, "")) != kind
    ]
    hooks = controller.configuration["unclassified"]["gitHubPluginConfig"]["hookSecretConfigs"]
    scopes = {entry["id"]: entry["scope"] for _kind, entry in controller.credentials}
    if [scopes.get(hook["credentialsId"]) for hook in hooks] != ["SYSTEM"]:
        found.append("Hooks are not signed, or pipelines may sign them.")
    used = {defaults.get(name) for name in defaults} | {hook["credentialsId"] for hook in hooks}
    return found + [f"Nobody uses {name}." for name in sorted(set(kinds) - used)]


def variables_are_given(controller: Controller) -> list[str]:
    """All that the configuration reads is given by compose, and nothing else is."""
    text = yaml.safe_dump(controller.configuration)
    start = (FOLDER / "start.sh").read_text()
    read = set(_VARIABLE.findall(text)) | (set(re.findall(r"\$\{(\w+)", start)) & GIVEN)
    given = set(controller.environment)
    return [f"{name} is not given." for name in sorted(read - given)] + [
        f"Nobody reads {name}." for name in sorted(given - read)
    ]


def plugins_are_pinned(controller: Controller) -> list[str]:
    """One version each, in order; each is used, and each word that is used has one."""
    lines = [line for line in controller.plugins.splitlines() if not line.startswith("#")]
    found = [f"{line} names no version." for line in lines if not _PLUGIN.fullmatch(line)]
    names = [line.split(":")[0] for line in lines]
    if names != sorted(set(names)):
        found.append("Plugins are named twice, or out of order.")
    for plugin, words in PROVIDES.items():
        if plugin not in names and any(word in controller.words for word in words):
            found.append(f"{plugin} is missing.")
        if plugin in names and not any(word in controller.words for word in words):
            found.append(f"Nobody uses {plugin}.")
    rest = {"pipeline-model-definition"} | {n for n in names if n.startswith("workflow-")}
    return found + [f"Nobody knows {name}." for name in names if name not in rest | set(PROVIDES)]


_PLUGIN = re.compile(r"[a-z0-9-]+:[0-9][\w.-]*")

RULES: tuple[Rule, ...] = (
    nobody_comes_in_unasked,
    builds_run_elsewhere,
    secrets_stand_elsewhere,
    pipelines_find_their_credentials,
    variables_are_given,
    plugins_are_pinned,
)

Planted = Callable[[dict[str, Any]], object]


def with_configuration(controller: Controller, plant: Planted) -> Controller:
    """The same with a mistake in its configuration."""
    text = yaml.safe_dump(controller.configuration)
    configuration = yaml.safe_load(text)
    plant(configuration)
    return Controller(configuration, controller.plugins, controller.words, controller.environment)
