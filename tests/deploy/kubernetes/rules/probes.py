"""How a pod is watched, and how it ends."""

from __future__ import annotations

from typing import Any

from tests.deploy.kubernetes.objects import Object, Pod, Rendering
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules.ports import resolve

LONGEST_END_SECONDS = 20
"""Within which all services end after SIGTERM."""

KINDS = ("startupProbe", "livenessProbe", "readinessProbe")
_ACTIONS = ("exec", "httpGet", "tcpSocket", "grpc")


def probes_differ(rendering: Rendering, _: Repository) -> list[str]:
    """Three probes: one that waits for the start, one for life, one for work."""
    found = []
    for pod, container in _watched(rendering):
        where = f"{pod.owner}, {container['name']}"
        missing = [kind for kind in KINDS if kind not in container]
        if missing:
            found.append(f"{where} has no {', '.join(missing)}.")
            continue
        startup, liveness, readiness = (container[kind] for kind in KINDS)
        if _action(liveness) == _action(readiness) and pod.name != "ray-worker":
            # A node of Ray that computes has one port that says anything.
            found.append(f"{where} is killed for what only says that it should get no work.")
        if startup["periodSeconds"] >= liveness["periodSeconds"]:
            found.append(f"{where} is not looked at more often while it starts.")
        if startup["periodSeconds"] * startup["failureThreshold"] < 30:
            found.append(f"{where} is given less than half a minute to start.")
        if liveness["periodSeconds"] * liveness["failureThreshold"] < 30:
            found.append(f"{where} is killed after less than half a minute.")
    return found


def probes_ask_real_routes(rendering: Rendering, repository: Repository) -> list[str]:
    """Routes are in the service's contract, ports among those of the container."""
    found = []
    for pod, container in rendering.containers():
        for kind in KINDS:
            probe = container.get(kind, {})
            http = probe.get("httpGet")
            target = http or probe.get("tcpSocket")
            own = Pod(pod.owner, pod.labels, {"containers": [container]})
            if target and resolve(own, target["port"]) is None:
                found.append(f"{pod.owner}: {kind} asks a port that {container['name']} has not.")
            if http and http["path"] not in repository.routes.get(pod.name, ()):
                found.append(f"{pod.owner}: {kind} asks {http['path']}, which is no route.")
    return found


def liveness_outlasts_requests(rendering: Rendering, repository: Repository) -> list[str]:
    """A model service whose threads all work for as long as they may is not killed for it."""
    container = rendering.pod("model").containers[0]
    probe = container["livenessProbe"]
    seconds = probe["periodSeconds"] * probe["failureThreshold"]
    longest = repository.settings["model"].defaults["request_timeout_seconds"]
    if seconds <= longest:
        return [f"Deployment/model is killed after {seconds} s; a request may take {longest} s."]
    return []


def ends_are_waited_for(rendering: Rendering, _: Repository) -> list[str]:
    """Pods behind a balanced Service get no new connections first, and all have time to end."""
    found = []
    for pod in rendering.pods:
        grace = pod.spec.get("terminationGracePeriodSeconds", 0)
        pause = 0
        for container in pod.spec["containers"]:
            sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {})
            pause = max(pause, sleep.get("seconds", 0))
        if pod.kind == "Deployment" and not pause:
            found.append(f"{pod.owner} ends while nodes still send to it.")
        if grace < pause + LONGEST_END_SECONDS:
            found.append(f"{pod.owner} is killed after {grace} s, before it may have ended.")
    return found


def _watched(rendering: Rendering) -> list[tuple[Pod, Object]]:
    """Containers that are there for good."""
    return [
        (pod, container)
        for pod in rendering.pods
        if pod.kind != "Job"
        for container in pod.spec["containers"]
    ]


def _action(probe: Object) -> dict[str, Any]:
    return {key: probe[key] for key in _ACTIONS if key in probe}
