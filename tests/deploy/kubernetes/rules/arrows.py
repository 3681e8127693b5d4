"""The picture: who may speak to whom. Whatever is not in this table is closed.

Nodes reach the pods on them by Kubernetes' own rule, so that probes have no arrow; an agent that
collects logs reads files of its node, and has none either.
"""

from __future__ import annotations

Arrow = tuple[str, str, str, int]
"""Source, target, protocol, port."""

ANYBODY = "anybody"
"""All outside of the namespace."""

RAY = "6379-6381 10002-10101"
RAY_NODE = "6380-6381 10002-10101"

GROUPS = {
    "database clients": ("backend", "model", "worker", "migrate-backend", "migrate-model"),
    "askers of names": (
        *("backend", "frontend", "model", "worker", "migrate-backend", "migrate-model"),
        *("export-finbert", "ray-head", "ray-worker"),
    ),
    "bucket clients": ("model", "worker", "ray-head", "ray-worker"),
    "ray": ("ray-head", "ray-worker"),
    # Public addresses, whoever is there.
    "internet": ("internet", "internet6", "database"),
}


def wanted_arrows(overlay: str | None, components: frozenset[str]) -> list[tuple[str, str, str]]:
    """Source, target and ports (``first-last/protocol``) of all arrows of a combination."""
    arrows = [
        ("frontend", "backend", "3000"),
        ("backend", "model", "4000"),
        ("backend", "internet", "80 443"),
        ("model", "internet", "443"),
        ("askers of names", "dns", "53 53/UDP"),
    ]
    if overlay == "production":
        arrows += [("ingress", "frontend", "5173")]
    else:
        # The NodePorts. Those of the gateway and of the model service are for programs; the latter
        # asks for a token.
        arrows += [
            (ANYBODY, "frontend", "5173"),
            (ANYBODY, "backend", "3000"),
            (ANYBODY, "model", "4000"),
        ]
    if "external-postgres" in components:
        arrows += [("database clients", "database", "5432")]
    else:
        arrows += [("database clients", "postgres", "5432")]
        if "keda" in components:
            arrows += [("keda", "postgres", "5432")]
    if "monitoring" in components:
        arrows += [
            ("prometheus", "backend", "3000"),
            ("prometheus", "model", "4000"),
            ("prometheus", "worker", "4001"),
            ("prometheus", "frontend", "5174"),
        ]
    if "ray" in components:
        arrows += [
            ("ray", "ray", RAY),
            ("worker", "ray", RAY),
            ("ray", "worker", RAY_NODE),
        ]
    if "s3" in components:
        arrows += [("bucket clients", "internet", "443")]
    if "finbert" in components:
        arrows += [("export-finbert", "internet", "443")]
    return arrows
