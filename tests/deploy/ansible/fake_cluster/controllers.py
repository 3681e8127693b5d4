"""The controllers: workloads become ready some time after they were written, or never."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from .store import Entry, Key, Store

Json = dict[str, Any]


@dataclass
class Faults:
    """What does not work; each is a part of an image's reference."""

    hanging: set[str] = field(default_factory=set)
    """Pods of such images never become ready."""
    failing: set[str] = field(default_factory=set)
    """Jobs of such images fail."""
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    """Verb and resource, such as ``("create", "namespaces")``, that the user may not."""


class Controllers:
    """Statuses of Deployments, StatefulSets and Jobs, `settle_seconds` after a write."""

    def __init__(self, store: Store, faults: Faults, settle_seconds: float) -> None:
        self._store = store
        self._faults = faults
        self._settle_seconds = settle_seconds
        self._due: dict[Key, float] = {}
        self._generations: dict[Key, int] = {}
        store.written = self._written

    def advance(self) -> None:
        """Finish what is due; called before every answer."""
        now = time.monotonic()
        for key in [key for key, due in self._due.items() if due <= now]:
            del self._due[key]
            entry = self._store.entries.get(key)
            if entry is not None:
                self._finish(entry)

    def _written(self, entry: Entry) -> None:
        kind = entry.kind.kind
        if kind not in ("Deployment", "StatefulSet", "Job"):
            return
        metadata = entry.body["metadata"]
        key = (kind, metadata["namespace"], metadata["name"])
        if "status" in entry.body and self._generations.get(key) == metadata["generation"]:
            return
        self._generations[key] = metadata["generation"]
        entry.body.setdefault("status", {})
        self._due[key] = time.monotonic() + self._settle_seconds

    def _finish(self, entry: Entry) -> None:
        hangs = _uses(entry.body, self._faults.hanging)
        fails = _uses(entry.body, self._faults.failing)
        match entry.kind.kind:
            case "Deployment":
                self._store.set_status(entry, _deployment_status(entry.body, hangs))
            case "StatefulSet":
                self._store.set_status(entry, _stateful_set_status(entry.body, hangs))
            case "Job" if not hangs:
                self._store.set_status(entry, _job_status(fails))


def _uses(workload: Json, images: set[str]) -> bool:
    containers = workload["spec"]["template"]["spec"]["containers"]
    return any(part in container["image"] for container in containers for part in images)


def _deployment_status(body: Json, hangs: bool) -> Json:
    wanted, before = body["spec"]["replicas"], body["status"].get("readyReplicas", 0)
    status = {"observedGeneration": body["metadata"]["generation"]}
    if hangs:
        status |= {"replicas": before + 1, "updatedReplicas": 1, "unavailableReplicas": 1}
        if before:
            status |= {"readyReplicas": before, "availableReplicas": before}
    else:
        names = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
        status |= dict.fromkeys(names, wanted)
    reason = "ReplicaSetUpdated" if hangs else "NewReplicaSetAvailable"
    status["conditions"] = [
        {"type": "Available", "status": "True" if before or not hangs else "False"},
        {"type": "Progressing", "status": "True", "reason": reason},
    ]
    return status


def _stateful_set_status(body: Json, hangs: bool) -> Json:
    wanted, generation = body["spec"]["replicas"], body["metadata"]["generation"]
    revision = f"revision-{generation}"
    status = {
        "observedGeneration": generation,
        "replicas": wanted,
        "currentRevision": body["status"].get("currentRevision", "") if hangs else revision,
        "updateRevision": revision,
    }
    names = ("readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas")
    return status | ({} if hangs else dict.fromkeys(names, wanted))


def _job_status(fails: bool) -> Json:
    if fails:
        reason = {"reason": "BackoffLimitExceeded", "message": "Job has reached its limit"}
        return {"failed": 1, "conditions": [{"type": "Failed", "status": "True"} | reason]}
    return {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}
