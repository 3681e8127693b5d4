"""Which changes of an object Kubernetes refuses."""

from __future__ import annotations

from typing import Any

from .refusals import invalid

Json = dict[str, Any]

STATEFUL_SET_MAY_CHANGE = {
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
}


def refuse_forbidden_change(before: Json, after: Json) -> None:
    """Raise `Refused` as the API server would."""
    kind, name = before["kind"], before["metadata"]["name"]
    old, new = before.get("spec", {}), after.get("spec", {})
    if kind == "Job" and old.get("template") != new.get("template"):
        raise invalid("Job.batch", name, "spec.template: field is immutable")
    if kind == "Deployment" and old.get("selector") != new.get("selector"):
        raise invalid("Deployment.apps", name, "spec.selector: field is immutable")
    if kind == "StatefulSet":
        touched = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        if touched - STATEFUL_SET_MAY_CHANGE:
            message = f"spec: Forbidden: updates to {sorted(touched)} are forbidden"
            raise invalid("StatefulSet.apps", name, message)
    if kind == "Service" and old.get("clusterIP") != new.get("clusterIP"):
        raise invalid("Service", name, "spec.clusterIP: field is immutable")
