"""Mistakes in network policies: doors that stand open, and doors that are shut."""

from __future__ import annotations

from tests.deploy.kubernetes.mistakes.planting import (
    Mistake,
    add,
    append,
    drop,
    in_turn,
    put,
    remove,
)
from tests.deploy.kubernetes.objects import Object
from tests.deploy.kubernetes.rules import network

_RAY_PORTS_OUT = ("spec", "egress", 0, "ports", 0)
_ARROWS = network.only_the_arrows_pass


def _policy(name: str, **spec: object) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": "bellwether"},
        "spec": {"podSelector": {}, **spec},
    }


MISTAKES = (
    Mistake(_ARROWS, "postgres -> internet:443/TCP passes", remove("NetworkPolicy/deny-all")),
    Mistake(_ARROWS, "log-agent -> worker:4001/TCP passes", remove("NetworkPolicy/deny-all")),
    Mistake(
        _ARROWS,
        "frontend -> internet:443/TCP passes",
        add(_policy("out", policyTypes=["Egress"], egress=[{"ports": [{"port": 443}]}])),
    ),
    Mistake(
        _ARROWS,
        "stranger -> worker:4001/TCP passes",
        add(_policy("in", policyTypes=["Ingress"], ingress=[{}])),
    ),
    Mistake(
        _ARROWS,
        "stranger -> postgres:5432/TCP passes",
        append(
            *("NetworkPolicy/postgres", "spec", "ingress", 0, "from"),
            value={"namespaceSelector": {}},
        ),
    ),
    Mistake(
        _ARROWS,
        "backend -> metadata:80/TCP passes",
        drop("NetworkPolicy/backend", "spec", "egress", 1, "to", 0, "ipBlock", "except"),
    ),
    Mistake(
        _ARROWS,
        "backend -> private6:443/TCP passes",
        put("NetworkPolicy/backend", "spec", "egress", 1, "to", 1, "ipBlock", "cidr", value="::/0"),
    ),
    Mistake(
        _ARROWS,
        "backend -> internet6:443/TCP does not pass",
        drop("NetworkPolicy/backend", "spec", "egress", 1, "to", 1),
    ),
    Mistake(
        _ARROWS, "frontend -> backend:3000/TCP does not pass", remove("NetworkPolicy/frontend")
    ),
    Mistake(
        _ARROWS,
        "backend -> model:4000/TCP does not pass",
        put("NetworkPolicy/backend", "spec", "egress", 0, "ports", 0, "port", value=80),
    ),
    Mistake(
        _ARROWS,
        "migrate-model -> postgres:5432/TCP does not pass",
        put(
            *("NetworkPolicy/database-clients", "spec", "podSelector", "matchExpressions", 0),
            "values",
            value=["backend", "model", "worker", "migrate-backend"],
        ),
    ),
    Mistake(
        _ARROWS,
        "worker -> postgres:5432/TCP does not pass",
        put(
            *("NetworkPolicy/postgres", "spec", "ingress", 0, "from", 0),
            *("podSelector", "matchExpressions", 0, "values"),
            value=["backend", "model", "migrate-backend", "migrate-model"],
        ),
    ),
    Mistake(
        _ARROWS,
        "postgres -> dns:53/UDP passes",
        put("NetworkPolicy/dns", "spec", "podSelector", value={}),
    ),
    Mistake(
        _ARROWS,
        "model -> dns:53/UDP does not pass",
        put("NetworkPolicy/dns", "spec", "egress", 0, "ports", 0, "protocol", value="TCP"),
    ),
    Mistake(
        _ARROWS,
        "backend -> system:53/UDP passes",
        drop("NetworkPolicy/dns", "spec", "egress", 0, "to", 0, "podSelector"),
    ),
    Mistake(
        _ARROWS,
        "stranger -> model:4000/TCP does not pass",
        remove("NetworkPolicy/model-from-outside"),
    ),
    Mistake(
        _ARROWS,
        "stranger -> frontend:5173/TCP passes",
        drop("NetworkPolicy/frontend-from-ingress", "spec", "ingress", 0, "from"),
        overlay="production",
    ),
    Mistake(
        _ARROWS,
        "ingress -> frontend:5173/TCP does not pass",
        remove("NetworkPolicy/frontend-from-ingress"),
        overlay="production",
    ),
    Mistake(
        _ARROWS,
        "grafana -> model:4000/TCP passes",
        drop("NetworkPolicy/model-from-prometheus", "spec", "ingress", 0, "from", 0, "podSelector"),
        overlay="production",
        components=("monitoring",),
    ),
    Mistake(
        _ARROWS,
        "prometheus -> worker:4001/TCP does not pass",
        remove("NetworkPolicy/worker-from-prometheus"),
        components=("monitoring",),
    ),
    Mistake(
        _ARROWS,
        "keda -> postgres:5432/TCP does not pass",
        remove("NetworkPolicy/postgres-from-keda"),
        components=("keda",),
    ),
    Mistake(
        _ARROWS,
        "backend -> private:5432/TCP passes",
        put(
            *("NetworkPolicy/database-clients", "spec", "egress", 0, "to", 0, "ipBlock", "cidr"),
            value="0.0.0.0/0",
        ),
        components=("external-postgres",),
    ),
    Mistake(
        _ARROWS,
        "worker -> internet:443/TCP does not pass",
        remove("NetworkPolicy/bucket-clients"),
        components=("s3",),
    ),
    Mistake(
        _ARROWS,
        "worker -> ray-head:8265/TCP passes",
        in_turn(
            # Both sides have to be open.
            put("NetworkPolicy/worker-and-ray", *_RAY_PORTS_OUT, "endPort", value=9000),
            put("NetworkPolicy/ray", "spec", "ingress", 0, "ports", 0, "endPort", value=9000),
        ),
        components=("ray",),
    ),
    Mistake(
        _ARROWS,
        "ray-worker -> ray-head:6379/TCP does not pass",
        remove("NetworkPolicy/ray"),
        components=("ray",),
    ),
    Mistake(
        network.everything_is_denied_first,
        "There is no policy that denies everything",
        put("NetworkPolicy/deny-all", "spec", "policyTypes", value=["Ingress"]),
    ),
    Mistake(
        network.everything_is_denied_first,
        "There is no policy that denies everything",
        put("NetworkPolicy/deny-all", "spec", "egress", value=[{}]),
    ),
    Mistake(
        network.policies_say_their_types,
        "NetworkPolicy/backend has rules for ['Egress', 'Ingress'] and says otherwise",
        put("NetworkPolicy/backend", "spec", "policyTypes", value=["Ingress"]),
    ),
)
