"""Services that are started only where their profile is asked for, and what each may do.

They are other people's images: what ours have to keep of the root and of users cannot be asked of
them. What is asked instead stands in the rules of ``compose.py``; each thing that one of them may
do beyond that is an entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

_ELK_PASSWORDS = frozenset(
    {
        "ELASTIC_PASSWORD",
        "KIBANA_SYSTEM_PASSWORD",
        "KIBANA_ENCRYPTION_KEY",
        "LOGSTASH_WRITER_PASSWORD",
        "LOG_READER_PASSWORD",
    }
)


@dataclass(frozen=True)
class Guest:
    """A service of a profile.

    Attributes
    ----------
    ports : frozenset of int
        What it publishes, on this machine alone.
    variables : frozenset of str
        What its program reads from the environment.
    once : bool
        It does its work and ends, so it is neither started again nor healthy.
    root_because : str
        Why it runs as root, within its container and without capabilities; empty where it does not.
    privileged_because : str
        Why nothing holds it back, capabilities included; empty where something does.
    network : str
        The only one that it is on.
    """

    profile: str
    ports: frozenset[int] = frozenset()
    variables: frozenset[str] = frozenset()
    once: bool = False
    root_because: str = ""
    privileged_because: str = ""
    network: str = "app-network"


_OF_JENKINS = frozenset(
    {
        *("BELLWETHER_ENVIRONMENT", "JENKINS_URL", "JENKINS_ADMIN_PASSWORD"),
        *("BELLWETHER_REPOSITORY", "BELLWETHER_REGISTRY", "BELLWETHER_NAMESPACE", "BELLWETHER_URL"),
        *("DOCKER_USER", "DOCKER_PASSWORD", "GITHUB_USER", "GITHUB_TOKEN", "GITHUB_HOOK_SECRET"),
        "ANSIBLE_VAULT_PASSWORD",
    }
)
"""tests/deploy/pipelines looks that deploy/jenkins/controller reads each of them."""

GUESTS = {
    "elk-certificates": Guest(
        "elk", variables=_ELK_PASSWORDS | {"BELLWETHER_ENVIRONMENT"}, once=True
    ),
    "elasticsearch": Guest(
        "elk", frozenset({9200}), frozenset({"ELASTIC_PASSWORD", "ES_JAVA_OPTS"})
    ),
    "elk-setup": Guest(
        "elk", variables=_ELK_PASSWORDS | {"BELLWETHER_ENVIRONMENT", "ELK_WAIT_SECONDS"}, once=True
    ),
    "kibana": Guest(
        "elk",
        frozenset({5601}),
        frozenset({"KIBANA_SYSTEM_PASSWORD", "KIBANA_ENCRYPTION_KEY", "NODE_OPTIONS"}),
    ),
    "logstash": Guest(
        "elk", frozenset({5044, 50000}), frozenset({"LOGSTASH_WRITER_PASSWORD", "LS_JAVA_OPTS"})
    ),
    "prometheus": Guest("monitoring", frozenset({9090}), frozenset({"MODEL_SERVICE_TOKEN"})),
    "alertmanager": Guest("monitoring", frozenset({9093})),
    "loki": Guest("monitoring", frozenset({3100})),
    "alloy": Guest("monitoring", root_because="Docker lets nobody else read what containers write"),
    "grafana": Guest(
        "monitoring",
        frozenset({3000}),
        frozenset({"BELLWETHER_ENVIRONMENT", "GF_SECURITY_ADMIN_PASSWORD"}),
    ),
    "jenkins": Guest("ci", frozenset({8080}), _OF_JENKINS, network="ci"),
    "jenkins-agent": Guest(
        "ci",
        variables=frozenset(
            {"JENKINS_URL", "DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"}
        ),
        network="ci",
    ),
    "jenkins-docker": Guest(
        "ci",
        variables=frozenset({"DOCKER_TLS_CERTDIR"}),
        root_because="a daemon mounts file systems and makes networks for its containers",
        privileged_because="a daemon within a container is given no other way to do so",
        network="ci",
    ),
}
