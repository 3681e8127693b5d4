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
    """

    profile: str
    ports: frozenset[int] = frozenset()
    variables: frozenset[str] = frozenset()
    once: bool = False
    root_because: str = ""


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
}
