"""Mistakes about ports, addresses and probes."""

from __future__ import annotations

from dataclasses import replace

from tests.deploy.kubernetes.mistakes.planting import (
    CONTAINER,
    POD,
    RAY_CONTAINER,
    Mistake,
    append,
    drop,
    nothing,
    put,
)
from tests.deploy.kubernetes.objects import Rendering
from tests.deploy.kubernetes.repository import Image, Repository
from tests.deploy.kubernetes.rules import ports, probes

_PAUSE = ("lifecycle", "preStop", "sleep", "seconds")
_PORT = (*CONTAINER, "ports", 0)


def _expose_nothing(repository: Repository) -> Repository:
    images = {
        name: Image(one.user, frozenset(), one.variables) for name, one in repository.images.items()
    }
    return replace(repository, images=images)


def _replace_argument(old: str, new: str) -> object:
    def change(rendering: Rendering) -> None:
        cluster = rendering.get("RayCluster", "ray")
        command = cluster["spec"]["headGroupSpec"]["template"]["spec"]["containers"][0]["command"]
        command[command.index(old)] = new

    return change


MISTAKES = (
    Mistake(
        ports.containers_listen_where_they_say,
        "Deployment/frontend declares [8080, 5174], but listens on [5173, 5174]",
        put("Deployment/frontend", *_PORT, "containerPort", value=8080),
    ),
    Mistake(
        ports.containers_listen_where_they_say,
        "Deployment/model declares [4000], but listens on [4100]",
        nothing,
        elsewhere=lambda repository: replace(
            repository,
            settings={
                **repository.settings,
                "model": replace(
                    repository.settings["model"],
                    defaults={**repository.settings["model"].defaults, "port": 4100},
                ),
            },
        ),
    ),
    Mistake(
        ports.containers_listen_where_they_say,
        "Deployment/frontend declares [5173, 5174], but listens on [80, 5174]",
        nothing,
        elsewhere=lambda repository: replace(repository, page_port=80),
    ),
    Mistake(
        ports.containers_listen_where_they_say,
        "Deployment/backend declares [3000], which its image does not expose",
        nothing,
        elsewhere=_expose_nothing,
    ),
    Mistake(
        ports.containers_listen_where_they_say,
        "has two ports of one name",
        append(
            *("Deployment/model", *CONTAINER, "ports"), value={"name": "http", "containerPort": 1}
        ),
    ),
    Mistake(
        ports.services_reach_containers,
        "Service/model sends to a port that Deployment/model has not",
        put("Service/model", "spec", "ports", 0, "targetPort", value="web"),
    ),
    Mistake(
        ports.services_reach_containers,
        "Service/backend maps 3000 to {3000}",
        put("Service/backend", "spec", "ports", 0, "port", value=3000),
    ),
    Mistake(
        ports.node_ports_are_as_given,
        "NodePorts are",
        put("Service/backend", "spec", "ports", 0, "nodePort", value=30017),
    ),
    Mistake(
        ports.node_ports_are_as_given,
        "3007 is outside of the range",
        put("Service/backend", "spec", "ports", 0, "nodePort", value=3007),
    ),
    Mistake(
        ports.node_ports_are_as_given,
        "Two Services have the NodePort 30009",
        put("Service/backend", "spec", "ports", 0, "nodePort", value=30009),
    ),
    Mistake(
        ports.node_ports_are_as_given,
        "NodePorts are {'model': 30009}, wanted are {}",
        put("Service/model", "spec", "ports", 0, "nodePort", value=30009),
        overlay="production",
    ),
    Mistake(
        ports.node_ports_are_as_given,
        "Service/frontend is of the type LoadBalancer",
        put("Service/frontend", "spec", "type", value="LoadBalancer"),
        overlay="production",
    ),
    Mistake(
        ports.addresses_lead_to_services,
        "looks for http://model:4001 by BACKEND_MODEL_URL",
        put("ConfigMap/bellwether-backend", "data", "BACKEND_MODEL_URL", value="http://model:4001"),
    ),
    Mistake(
        ports.addresses_lead_to_services,
        "looks for http://backend by BACKEND_URL",
        put("ConfigMap/bellwether-frontend", "data", "BACKEND_URL", value="http://backend"),
    ),
    Mistake(
        ports.addresses_lead_to_services,
        "looks for ray:6379 by RAY_ADDRESS",
        lambda rendering: (
            rendering.pod("worker")
            .spec["containers"][0]["env"]
            .append({"name": "RAY_ADDRESS", "value": "ray:6379"})
        ),
        components=("ray",),
    ),
    Mistake(
        ports.addresses_lead_to_services,
        "Ingress/bellwether hands on to a port that is not there",
        put(
            *("Ingress/bellwether", "spec", "rules", 0, "http", "paths", 0),
            *("backend", "service", "port", "name"),
            value="https",
        ),
        overlay="production",
    ),
    Mistake(
        ports.ray_commands_agree,
        "is of Ray 2.9.0",
        put("RayCluster/ray", "spec", "rayVersion", value="2.9.0"),
        components=("ray",),
    ),
    Mistake(
        ports.ray_commands_agree,
        "has its commands replaced",
        put("RayCluster/ray", "metadata", "annotations", value={}),
        components=("ray",),
    ),
    Mistake(
        ports.ray_commands_agree,
        "num-cpus is 4 here, 2 there",
        put(
            *("RayCluster/ray", "spec", "workerGroupSpecs", 0, "rayStartParams", "num-cpus"),
            value="4",
        ),
        components=("ray",),
    ),
    Mistake(
        ports.ray_commands_agree,
        "joins ray-head-svc:6379, where there is no head",
        put("RayCluster/ray", "metadata", "name", value="compute"),
        components=("ray",),
    ),
    Mistake(
        ports.ray_commands_agree,
        "RayCluster/ray-head does not declare the port of its node",
        put("RayCluster/ray", *RAY_CONTAINER, "ports", 1, "containerPort", value=6390),
        components=("ray",),
    ),
    Mistake(
        ports.ray_commands_agree,
        "Ray's nodes listen on different ports",
        _replace_argument("--max-worker-port=10101", "--max-worker-port=19999"),
        components=("ray",),
    ),
    Mistake(
        ports.policies_open_ports_that_listen,
        "NetworkPolicy/postgres opens 5433, not of StatefulSet/postgres",
        put("NetworkPolicy/postgres", "spec", "ingress", 0, "ports", 0, "port", value=5433),
    ),
    Mistake(
        probes.probes_differ,
        "Deployment/backend, backend has no startupProbe",
        drop("Deployment/backend", *CONTAINER, "startupProbe"),
    ),
    Mistake(
        probes.probes_differ,
        "Deployment/model, model is killed for what only says that it should get no work",
        put("Deployment/model", *CONTAINER, "livenessProbe", "httpGet", "path", value="/readyz"),
    ),
    Mistake(
        probes.probes_differ,
        "is not looked at more often while it starts",
        put("StatefulSet/worker", *CONTAINER, "startupProbe", "periodSeconds", value=10),
    ),
    Mistake(
        probes.probes_differ,
        "is given less than half a minute to start",
        put("Deployment/model", *CONTAINER, "startupProbe", "failureThreshold", value=3),
    ),
    Mistake(
        probes.probes_differ,
        "is killed after less than half a minute",
        put("StatefulSet/postgres", *CONTAINER, "livenessProbe", "failureThreshold", value=1),
    ),
    Mistake(
        probes.probes_ask_real_routes,
        "livenessProbe asks /health, which is no route",
        put("Deployment/frontend", *CONTAINER, "livenessProbe", "httpGet", "path", value="/health"),
    ),
    Mistake(
        probes.probes_ask_real_routes,
        "StatefulSet/worker: readinessProbe asks /readyz, which is no route",
        nothing,
        elsewhere=lambda repository: replace(
            repository, routes={**repository.routes, "worker": frozenset({"/healthz"})}
        ),
    ),
    Mistake(
        probes.probes_ask_real_routes,
        "asks a port that backend has not",
        put("Deployment/backend", *CONTAINER, "readinessProbe", "httpGet", "port", value=3001),
    ),
    Mistake(
        probes.probes_ask_real_routes,
        "StatefulSet/postgres: livenessProbe asks a port",
        put("StatefulSet/postgres", *CONTAINER, "livenessProbe", "tcpSocket", "port", value="pg"),
    ),
    Mistake(
        probes.liveness_outlasts_requests,
        "Deployment/model is killed after 45 s",
        put("Deployment/model", *CONTAINER, "livenessProbe", "failureThreshold", value=3),
    ),
    Mistake(
        probes.ends_are_waited_for,
        "Deployment/backend ends while nodes still send to it",
        drop("Deployment/backend", *CONTAINER, "lifecycle"),
    ),
    Mistake(
        probes.ends_are_waited_for,
        "Deployment/model is killed after 10 s",
        put("Deployment/model", *POD, "terminationGracePeriodSeconds", value=10),
    ),
    Mistake(
        probes.ends_are_waited_for,
        "Deployment/model is killed after 30 s",
        put("Deployment/model", *CONTAINER, *_PAUSE, value=15),
    ),
)
