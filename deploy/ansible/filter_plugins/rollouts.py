"""Filters on what the cluster says of workloads, pods and endpoints; each gives sentences, and an
empty list where all is well.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def unfinished_rollouts(live: list[Json], objects: list[Json], kind: str) -> list[str]:
    """Deployments or StatefulSets of which not all pods are new and ready."""
    present = {body["metadata"]["name"]: body for body in live}
    sentences = []
    for body in objects:
        if body["kind"] != kind:
            continue
        name = body["metadata"]["name"]
        problem = _unfinished(present[name], kind) if name in present else "is not there"
        if problem:
            sentences.append(f"{kind} {name} {problem}")
    return sentences


def stuck_rollouts(live: list[Json]) -> list[str]:
    """Deployments that Kubernetes itself has given up."""
    return [
        f"Deployment {body['metadata']['name']} made no progress within its deadline"
        for body in live
        for condition in body.get("status", {}).get("conditions") or []
        if condition.get("reason") == "ProgressDeadlineExceeded"
        and body["status"].get("observedGeneration") == body["metadata"]["generation"]
    ]


def _unfinished(body: Json, kind: str) -> str | None:
    status, wanted = body.get("status") or {}, body["spec"].get("replicas", 1)
    if status.get("observedGeneration", 0) < body["metadata"]["generation"]:
        return "has not been looked at by its controller"
    updated, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
    available = status.get("availableReplicas", 0)
    if updated < wanted or min(ready, available) < wanted:
        return f"has {updated} new and {ready} ready of {wanted} pods"
    if status.get("replicas", 0) > wanted:
        return f"still has {status['replicas'] - wanted} old pods"
    if kind == "StatefulSet" and status.get("currentRevision") != status.get("updateRevision"):
        return "is still between two revisions"
    return None


def unready_pods(pods: list[Json]) -> list[str]:
    """Pods that should serve and do not, with what Kubernetes says of their containers."""
    return [
        f"pod {pod['metadata']['name']} is not ready{_reasons(pod)}"
        for pod in pods
        if not _of_a_job(pod)
        and "deletionTimestamp" not in pod["metadata"]
        and not _has_condition(pod, "Ready")
    ]


def _of_a_job(pod: Json) -> bool:
    return "batch.kubernetes.io/job-name" in (pod["metadata"].get("labels") or {})


def _has_condition(body: Json, kind: str) -> bool:
    return any(
        condition["type"] == kind and condition["status"] == "True"
        for condition in body.get("status", {}).get("conditions") or []
    )


def _reasons(pod: Json) -> str:
    status = pod.get("status", {})
    states = [
        (container.get("state") or {}).get("waiting") or {}
        for container in (status.get("initContainerStatuses") or [])
        + (status.get("containerStatuses") or [])
    ]
    found = [str(state["reason"]) for state in states if state.get("reason")]
    return f" ({', '.join(found)})" if found else f" ({status.get('phase', 'unknown')})"


def services_without_endpoints(objects: list[Json], slices: list[Json]) -> list[str]:
    """Services with a selector behind which no pod is ready."""
    served = {
        (entry["metadata"].get("labels") or {}).get("kubernetes.io/service-name")
        for entry in slices
        for endpoint in entry.get("endpoints") or []
        if (endpoint.get("conditions") or {}).get("ready", True)
    }
    return [
        f"Service {body['metadata']['name']} has no ready endpoint"
        for body in objects
        if body["kind"] == "Service"
        and body["spec"].get("selector")
        and body["metadata"]["name"] not in served
    ]


def asleep(objects: list[Json], result: Json) -> list[Json]:
    """Patches for Deployments that somebody scaled to nothing, from a registered dry run.

    Where an autoscaler rules, manifests say no number, so that applying them wakes nobody, and an
    autoscaler leaves a Deployment without pods alone.
    """
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {name: str(body["metadata"][name]) for name in ("name", "namespace")},
            "spec": {"replicas": 1},
        }
        for body, row in zip(objects, result["result"]["results"], strict=True)
        if body["kind"] == "Deployment"
        and "replicas" not in body["spec"]
        and row["result"]["spec"].get("replicas") == 0
    ]


def absent_objects(objects: list[Json], live: list[Json], kind: str) -> list[str]:
    """Objects of a kind that were rendered and are not in the cluster."""
    present = {body["metadata"]["name"] for body in live}
    return [
        f"{kind} {body['metadata']['name']} is not there"
        for body in objects
        if body["kind"] == kind and body["metadata"]["name"] not in present
    ]


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        functions = (unfinished_rollouts, stuck_rollouts, unready_pods)
        more = (services_without_endpoints, asleep, absent_objects)
        return {function.__name__: function for function in functions + more}
