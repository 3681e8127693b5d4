"""How many there are, how large they are, and where."""

from __future__ import annotations

import sqlite3

from sqlalchemy import create_engine, text

from model_service.experiments.records.tables import metadata
from tests.deploy.kubernetes.objects import Object, Rendering, called, selects
from tests.deploy.kubernetes.repository import Repository

ONE_GIBIBYTE = ("backend", "frontend", "model")
"""Whose memory the original bounds with 1 GiB."""

HALF_OF_CPU = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}

SINGLE = frozenset({"postgres"})
"""Of which there is never more than one, so that nothing can be spread."""


def autoscalers_can_act(rendering: Rendering, _: Repository) -> list[str]:
    """Each finds what it rules, with a request to measure by; nobody else sets the number."""
    found = []
    ruled = {}
    for one in (*rendering.of("HorizontalPodAutoscaler"), *rendering.of("ScaledObject")):
        target = one["spec"]["scaleTargetRef"]
        key = (target["kind"], target["name"])
        if key in ruled:
            found.append(f"{called(one)} and {ruled[key]} rule the same.")
        ruled[key] = called(one)
        owners = [t for t in rendering.of(key[0]) if t["metadata"]["name"] == key[1]]
        if not owners or owners[0]["apiVersion"] != target["apiVersion"]:
            found.append(f"{called(one)} rules {'/'.join(key)}, which is not here.")
            continue
        if "replicas" in owners[0]["spec"]:
            found.append(f"{'/'.join(key)} sets the number that {called(one)} rules.")
        found += [
            f"{'/'.join(key)} has no CPU request to measure by."
            for container in rendering.pod(key[1]).containers
            if "cpu" not in container.get("resources", {}).get("requests", {})
        ]
    found += [
        f"Nobody says how many there are of {called(one)}."
        for one in (*rendering.of("Deployment"), *rendering.of("StatefulSet"))
        if (one["kind"], one["metadata"]["name"]) not in ruled and "replicas" not in one["spec"]
    ]
    return found


def autoscalers_are_as_given(rendering: Rendering, _: Repository) -> list[str]:
    """1 to 5 at 50 % CPU, at least 2 in production; up at once, down slowly."""
    found = []
    for name in ONE_GIBIBYTE:
        one = rendering.get("HorizontalPodAutoscaler", name)
        spec = one["spec"]
        least = 2 if rendering.overlay == "production" else 1
        if (spec["minReplicas"], spec["maxReplicas"]) != (least, 5):
            found.append(f"{called(one)}: {spec['minReplicas']} to {spec['maxReplicas']}.")
        if spec["metrics"] != [{"type": "Resource", "resource": HALF_OF_CPU}]:
            found.append(f"{called(one)} goes by {spec['metrics']}.")
        behavior = spec.get("behavior", {})
        up, down = behavior.get("scaleUp", {}), behavior.get("scaleDown", {})
        if not (up.get("policies") and down.get("policies")):
            found.append(f"{called(one)} does not say how fast it scales.")
        if down.get("stabilizationWindowSeconds", 0) <= up.get("stabilizationWindowSeconds", 0):
            found.append(f"{called(one)} scales down as hastily as up.")
    return found


def workers_follow_the_queue(rendering: Rendering, _: Repository) -> list[str]:
    """The question asks tables that are there and counts; one worker for what one can make."""
    found = []
    for one in rendering.of("ScaledObject"):
        (trigger,) = one["spec"]["triggers"]
        if one["spec"].get("minReplicaCount", 0) < 1:
            found.append(f"{called(one)} may take all workers away, and nobody would plan units.")
        try:
            _count_units(trigger["metadata"]["query"])
        except Exception as error:
            found.append(f"{called(one)} asks what the database cannot answer: {error}")
        (container,) = rendering.pod("worker").spec["containers"]
        variables = rendering.variables(container)
        slots = variables.get("MODEL_RAY_SLOTS") or variables.get("MODEL_WORKER_SLOTS")
        if trigger["metadata"]["targetQueryValue"] != slots:
            found.append(f"{called(one)} counts on other workers than there are ({slots} slots).")
    return found


def _count_units(query: str) -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        for number, state in enumerate(("queued", "running", "done", "failed", "cancelled")):
            connection.execute(
                text(
                    "INSERT INTO units (experiment_id, unit, stage, task, point, state)"
                    " VALUES ('x', :number, 0, 'train', '{}', :state)"
                ),
                {"number": number, "state": state},
            )
        counted = connection.execute(text(query)).scalar_one()
    engine.dispose()
    if counted != 2:
        raise sqlite3.DataError(f"of one unit in each state it counts {counted}")


def drains_are_never_held_up(rendering: Rendering, _: Repository) -> list[str]:
    """Everything that stays has a budget, and each budget lets one go, also of one."""
    found = []
    budgets = rendering.of("PodDisruptionBudget")
    for one in budgets:
        spec = one["spec"]
        if "minAvailable" in spec or spec.get("maxUnavailable") in (None, 0, "0", "0%"):
            found.append(f"{called(one)} may keep a node from being drained for ever.")
        if spec.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            found.append(f"{called(one)} keeps a node for pods that do not work anyway.")
    for one in (*rendering.of("Deployment"), *rendering.of("StatefulSet")):
        labels = one["spec"]["template"]["metadata"]["labels"]
        count = sum(selects(budget["spec"]["selector"], labels) for budget in budgets)
        if count != 1:
            found.append(f"{called(one)} has {count} budgets of disruption.")
    return found


def pods_are_spread(rendering: Rendering, _: Repository) -> list[str]:
    """Over nodes and zones, wherever there may be several."""
    found = []
    for one in (*rendering.of("Deployment"), *rendering.of("StatefulSet")):
        if one["metadata"]["name"] in SINGLE:
            if one["spec"]["replicas"] != 1:
                found.append(
                    f"There are several of {called(one)}; they know nothing of each other."
                )
            continue
        spreads = one["spec"]["template"]["spec"].get("topologySpreadConstraints", [])
        keys = {spread["topologyKey"] for spread in spreads}
        if keys != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            found.append(f"{called(one)} is spread over {sorted(keys)}.")
        if any(spread["whenUnsatisfiable"] != "ScheduleAnyway" for spread in spreads):
            found.append(f"{called(one)} stays away where it cannot be spread.")
    return found


def resources_are_asked_for(rendering: Rendering, _: Repository) -> list[str]:
    """CPU and memory are requested by all, memory is bounded, as in the original where it is so."""
    found = []
    for pod, container in rendering.containers():
        resources = container.get("resources", {})
        where = f"{pod.owner}, {container['name']}"
        if {"cpu", "memory"} - set(resources.get("requests", {})):
            found.append(f"{where} does not request CPU and memory.")
        if "memory" not in resources.get("limits", {}):
            found.append(f"{where} may take all memory of its node.")
        if "cpu" in resources.get("limits", {}):
            found.append(f"{where} is throttled.")
        if container["name"] in ONE_GIBIBYTE:
            limit = resources.get("limits", {}).get("memory")
            request = resources.get("requests", {}).get("memory")
            if limit != "1Gi" or (rendering.overlay != "minikube" and request != "1Gi"):
                found.append(f"{where} has {request} to {limit}, not the original's 1 GiB.")
    return found


def rollouts_keep_service(rendering: Rendering, _: Repository) -> list[str]:
    """A new version comes before the old one goes, and is known to have failed in time."""
    wanted = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    found = []
    for one in rendering.of("Deployment"):
        spec: Object = one["spec"]
        if spec.get("strategy") != wanted or spec.get("minReadySeconds", 0) < 1:
            found.append(f"{called(one)} may answer nothing while it is rolled.")
        if not 60 <= spec.get("progressDeadlineSeconds", 600) <= 600:
            found.append(f"{called(one)} is given {spec.get('progressDeadlineSeconds')} s.")
    return found
