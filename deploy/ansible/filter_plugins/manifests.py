"""Filters on rendered manifests: in which order they are applied, and what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

GROUNDWORK = {
    "ConfigMap",
    "LimitRange",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "PriorityClass",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Secret",
    "ServiceAccount",
}
"""What pods refer to: has to be there before the first of them starts."""

NEVER_REMOVED = {"CustomResourceDefinition", "Namespace", "PersistentVolumeClaim", "Secret"}
"""What holds data, or belongs to others too."""

COMPONENT = "app.kubernetes.io/component"


def in_phase(objects: list[Json], phase: str) -> list[Json]:
    """Objects of one phase of a deploy, in the order of the manifests."""
    return [body for body in objects if _phase(body) == phase]


def _phase(body: Json) -> str:
    component = (body["metadata"].get("labels") or {}).get(COMPONENT)
    if body["kind"] == "Namespace":
        return "namespace"
    if body["kind"] == "Job":
        return "migrations" if component == "migration" else "jobs"
    if body["kind"] in GROUNDWORK:
        return "groundwork"
    return "database" if component == "database" else "services"


def of_kind(objects: list[Json], kind: str) -> list[Json]:
    return [body for body in objects if body["kind"] == kind]


def identities(objects: list[Json]) -> list[Json]:
    """What names each object, sorted: enough to find and to delete it."""
    found = [_identity(body) for body in objects]
    return sorted(found, key=lambda body: json.dumps(body, sort_keys=True))


def no_longer_in(before: list[Json], objects: list[Json]) -> list[Json]:
    """Identities of `before` that have no object any more and may be removed."""
    present = [_identity(body) for body in objects]
    return [
        body
        for body in before
        if _identity(body) not in present and body["kind"] not in NEVER_REMOVED
    ]


def _identity(body: Json) -> Json:
    metadata = {
        name: str(body["metadata"][name])
        for name in ("name", "namespace")
        if body["metadata"].get(name)
    }
    return {
        "apiVersion": str(body["apiVersion"]),
        "kind": str(body["kind"]),
        "metadata": metadata,
    }


def object_name(body: Json) -> str:
    return f"{body['kind']}/{body['metadata']['name']}"


def changed_of(objects: list[Json], result: Json) -> list[Json]:
    """Those of the objects that a registered ``kubernetes.core.k8s`` would change, or did."""
    return [body for body, row in _rows(objects, result) if row["changed"]]


def changes_told(objects: list[Json], result: Json) -> dict[str, Any]:
    """Their names, each with its difference where Ansible was asked for differences."""
    return {
        object_name(body): row.get("diff", {})
        for body, row in _rows(objects, result)
        if row["changed"]
    }


def _rows(objects: list[Json], result: Json) -> Iterator[tuple[Json, Json]]:
    """Each object with what came of it. A single one would be answered in another form."""
    return zip(objects, result["result"]["results"], strict=True)


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        functions = (in_phase, of_kind, identities, no_longer_in, object_name)
        more = (changed_of, changes_told)
        return {function.__name__: function for function in functions + more}
