"""Pods and endpoint slices: not kept, but told from the workloads and Services that are there."""

from __future__ import annotations

from typing import Any

from .store import Store

Json = dict[str, Any]


def pods(store: Store, namespace: str) -> list[Json]:
    """One pod for each replica that a workload's status counts, ready or not."""
    found: list[Json] = []
    for (kind, space, name), entry in sorted(store.entries.items()):
        if space != namespace or kind not in ("Deployment", "StatefulSet", "Job"):
            continue
        status, template = entry.body.get("status", {}), entry.body["spec"]["template"]
        if kind == "Job":
            done = "Failed" if status.get("failed") else "Succeeded"
            found.append(_pod(f"{name}-x", template, done if status else "Pending", False))
            found[-1]["metadata"]["labels"]["batch.kubernetes.io/job-name"] = name
            continue
        ready = status.get("readyReplicas", 0)
        found += [
            _pod(f"{name}-{number}", template, "Running", number < ready)
            for number in range(status.get("replicas", 0))
        ]
    for pod in found:
        pod["metadata"]["namespace"] = namespace
    return found


def endpoint_slices(store: Store, namespace: str) -> list[Json]:
    """One slice for each Service, with the pods that its selector picks."""
    here = pods(store, namespace)
    slices = []
    for (kind, space, name), entry in sorted(store.entries.items()):
        selector = entry.body.get("spec", {}).get("selector")
        if kind != "Service" or space != namespace or not selector:
            continue
        endpoints = [
            {"addresses": ["10.0.0.9"], "conditions": {"ready": _is_ready(pod)}}
            for pod in here
            if selector.items() <= pod["metadata"]["labels"].items()
            and pod["status"]["phase"] == "Running"
        ]
        metadata = {"name": f"{name}-1", "namespace": namespace, "resourceVersion": "1"}
        metadata["labels"] = {"kubernetes.io/service-name": name}
        slices.append(
            {
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": metadata,
                "addressType": "IPv4",
                "endpoints": endpoints,
            }
        )
    return slices


def log_of(pod: str) -> str:
    """What the only container of a pod wrote."""
    return f"{pod}: first line\nalembic.util.exc.CommandError: no such revision\n"


def _pod(name: str, template: Json, phase: str, ready: bool) -> Json:
    waiting = {} if ready else {"waiting": {"reason": "ImagePullBackOff", "message": "no image"}}
    states = [
        {"name": container["name"], "ready": ready, "image": container["image"], "state": waiting}
        for container in template["spec"]["containers"]
    ]
    labels = dict(template["metadata"].get("labels", {}))
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels, "uid": name, "resourceVersion": "1"},
        "spec": template["spec"],
        "status": {
            "phase": phase,
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": states,
        },
    }


def _is_ready(pod: Json) -> bool:
    return pod["status"]["conditions"][0]["status"] == "True"
