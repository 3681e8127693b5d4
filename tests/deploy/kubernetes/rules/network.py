"""What the network policies let through, computed as a cluster would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from tests.deploy.kubernetes.objects import NAMESPACE, Object, Rendering, called, selects
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules.arrows import ANYBODY, GROUPS, Arrow, wanted_arrows


@dataclass(frozen=True)
class Party:
    """A pod, or something outside of the cluster.

    Attributes
    ----------
    address : str
    namespace : str, optional
        None where it is no pod.
    """

    name: str
    address: str
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


OUTSIDERS = (
    Party("internet", "93.184.215.14"),
    Party("internet6", "2606:2800:21f::1"),
    Party("database", "192.0.2.10"),
    Party("private", "10.20.30.40"),
    Party("private6", "fd00::40"),
    Party("metadata", "169.254.169.254"),
    Party("dns", "10.244.0.2", "kube-system", {"k8s-app": "kube-dns"}),
    Party("system", "10.244.0.3", "kube-system", {"k8s-app": "other"}),
    Party("prometheus", "10.244.0.4", "monitoring", {"app.kubernetes.io/name": "prometheus"}),
    Party("grafana", "10.244.0.5", "monitoring", {"app.kubernetes.io/name": "grafana"}),
    Party("keda", "10.244.0.6", "keda", {"app.kubernetes.io/name": "keda-operator"}),
    Party("ingress", "10.244.0.7", "traefik", {"app.kubernetes.io/name": "traefik"}),
    Party("log-agent", "10.244.0.8", "logging", {"app.kubernetes.io/name": "alloy"}),
    # Labels are worth nothing in another namespace.
    Party(
        "stranger",
        "10.244.0.9",
        "default",
        {"app.kubernetes.io/name": "backend", "app.kubernetes.io/component": "gateway"},
    ),
)

_TCP = (
    *(22, 53, 80, 443, 3000, 4000, 4001, 5173, 5174, 5432, 6378, 6379, 6380, 6381, 6382, 8080),
    *(8265, 10001, 10002, 10050, 10101, 10102),
)
PORTS = (*(("TCP", port) for port in _TCP), ("UDP", 53), ("UDP", 443), ("UDP", 5432))
"""Those that anybody here listens on, their neighbours, and some that nobody should reach."""


def only_the_arrows_pass(rendering: Rendering, _: Repository) -> list[str]:
    """What passes is exactly what the table of arrows says, in both directions."""
    passing = set(flows(rendering))
    wanted = set(_expand(rendering, wanted_arrows(rendering.overlay, rendering.components)))
    return [
        *(f"{_say(arrow)} passes, and no arrow says so." for arrow in sorted(passing - wanted)),
        *(f"{_say(arrow)} does not pass." for arrow in sorted(wanted - passing)),
    ]


def everything_is_denied_first(rendering: Rendering, _: Repository) -> list[str]:
    """A policy for all pods that allows nothing, so that a new pod can reach nobody."""
    for one in rendering.of("NetworkPolicy"):
        spec = one["spec"]
        if (
            spec["podSelector"] == {}
            and sorted(spec["policyTypes"]) == ["Egress", "Ingress"]
            and not spec.get("ingress")
            and not spec.get("egress")
        ):
            return []
    return ["There is no policy that denies everything."]


def policies_say_their_types(rendering: Rendering, _: Repository) -> list[str]:
    """`policyTypes` names each direction that has rules, and none that is forgotten."""
    found = []
    for one in rendering.of("NetworkPolicy"):
        spec = one["spec"]
        types = {name for name in ("Ingress", "Egress") if name.lower() in spec}
        if types and types != set(spec["policyTypes"]):
            found.append(f"{called(one)} has rules for {sorted(types)} and says otherwise.")
    return found


def flows(rendering: Rendering) -> Iterator[Arrow]:
    """Every way that is open from one party to another, where one of them is ours."""
    pods = [
        Party(pod.name, f"10.244.1.{number}", NAMESPACE, pod.labels)
        for number, pod in enumerate(rendering.pods, 1)
    ]
    policies = rendering.of("NetworkPolicy")
    ours = {pod.name for pod in pods}
    rules = {
        (pod.name, kind): [
            p["spec"]
            for p in policies
            if kind in p["spec"]["policyTypes"] and selects(p["spec"]["podSelector"], pod.labels)
        ]
        for pod in pods
        for kind in ("Ingress", "Egress")
    }
    parties = [*pods, *OUTSIDERS]
    for source in parties:
        for target in parties:
            if source.name not in ours and target.name not in ours:
                continue
            leaves = _open_ports(rules.get((source.name, "Egress")), "egress", "to", target)
            enters = _open_ports(rules.get((target.name, "Ingress")), "ingress", "from", source)
            for protocol, port in PORTS:
                if (protocol, port) in leaves and (protocol, port) in enters:
                    yield source.name, target.name, protocol, port


def _open_ports(
    specs: list[Object] | None, direction: str, peers: str, other: Party
) -> set[tuple[str, int]]:
    """Ports on which policies of one pod let another party pass; all where there is no policy."""
    if not specs:
        return set(PORTS)
    return {
        port
        for spec in specs
        for rule in spec.get(direction, [])
        if not rule.get(peers) or any(_is(peer, other) for peer in rule[peers])
        for port in PORTS
        if not rule.get("ports") or any(_covers(entry, port) for entry in rule["ports"])
    }


def _is(peer: Mapping[str, Any], party: Party) -> bool:
    if "ipBlock" in peer:
        address = ip_address(party.address)
        block = peer["ipBlock"]
        return address in ip_network(block["cidr"]) and not any(
            address in ip_network(cidr) for cidr in block.get("except", [])
        )
    if party.namespace is None:
        return False
    if "namespaceSelector" in peer:
        label = {"kubernetes.io/metadata.name": party.namespace}
        if not selects(peer["namespaceSelector"], label):
            return False
    elif party.namespace != NAMESPACE:
        return False
    return "podSelector" not in peer or selects(peer["podSelector"], party.labels)


def _covers(entry: Mapping[str, Any], port: tuple[str, int]) -> bool:
    protocol, number = port
    first = entry["port"]
    return entry.get("protocol", "TCP") == protocol and first <= number <= entry.get(
        "endPort", first
    )


def _expand(rendering: Rendering, arrows: list[tuple[str, str, str]]) -> Iterator[Arrow]:
    """Arrows between groups as arrows between parties, on the ports that are looked at."""
    there = {pod.name for pod in rendering.pods} | {party.name for party in OUTSIDERS}
    for source, target, ports in arrows:
        for one in _members(source, there):
            for other in _members(target, there):
                for protocol, first, last in map(_read_ports, ports.split()):
                    for port in PORTS:
                        if port[0] == protocol and first <= port[1] <= last:
                            yield one, other, *port


def _members(name: str, there: set[str]) -> list[str]:
    if name == ANYBODY:
        return [party.name for party in OUTSIDERS]
    return [member for member in GROUPS.get(name, (name,)) if member in there]


def _read_ports(text: str) -> tuple[str, int, int]:
    numbers, _, protocol = text.partition("/")
    first, _, last = numbers.partition("-")
    return (protocol or "TCP"), int(first), int(last or first)


def _say(arrow: Arrow) -> str:
    source, target, protocol, port = arrow
    return f"{source} -> {target}:{port}/{protocol}"
