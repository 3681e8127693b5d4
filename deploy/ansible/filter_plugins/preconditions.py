"""Filters on what has to be right before anything is sent; each gives what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

DIGEST = re.compile(r"@sha256:(?!0{64}$)[0-9a-f]{64}$")
COMMIT_TAG = re.compile(r":[0-9a-f]{7,40}$")

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"

VERBS = ("get", "create", "patch", "delete")
READ_ALSO = (("", "pods"), ("discovery.k8s.io", "endpointslices"), ("apps", "deployments"))


def unknown_kinds(objects: list[Json], apis: dict[str, Json]) -> list[str]:
    """Kinds that the API server does not have: an operator is missing, or the cluster is old."""
    kinds = {(body["apiVersion"], body["kind"]) for body in objects}
    return sorted(
        f"{kind} ({version})" for version, kind in kinds if kind not in apis.get(version, {})
    )


def access_reviews(objects: list[Json], apis: dict[str, Json], namespace: str) -> list[Json]:
    """Questions whether the user may do what a deploy does."""
    resources = {("", "secrets", True), ("", "configmaps", True)}
    for body in objects:
        known = apis[body["apiVersion"]][body["kind"]]
        group = body["apiVersion"].rpartition("/")[0]
        resources.add((str(group), str(known["name"]), bool(known["namespaced"])))
    questions = [
        (verb, group, name, namespace if namespaced else "")
        for group, name, namespaced in sorted(resources)
        for verb in VERBS
        # A namespace is made, never removed.
        if (name, verb) != ("namespaces", "delete")
    ]
    questions += [("list", group, name, namespace) for group, name in READ_ALSO]
    return [_review(*question) for question in questions]


def _review(verb: str, group: str, resource: str, namespace: str) -> Json:
    asked = {"verb": verb, "group": group, "resource": resource}
    if namespace:
        asked["namespace"] = namespace
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "metadata": {},
        "spec": {"resourceAttributes": asked},
    }


def refused_reviews(result: Json) -> list[str]:
    """What the user may not, from a registered ``kubernetes.core.k8s``."""
    refused = []
    for row in result["result"]["results"]:
        review = row["result"]
        if not review["status"]["allowed"]:
            asked = review["spec"]["resourceAttributes"]
            refused.append(f"{asked['verb']} {asked['resource']}")
    return refused


def unpinned_images(objects: list[Json]) -> list[str]:
    """Images that name neither a digest nor a commit, so that what they are may change."""
    images = {image for body in objects for image in _images(body)}
    return sorted(
        image for image in images if not DIGEST.search(image) and not COMMIT_TAG.search(image)
    )


def _images(value: Any) -> Iterator[str]:
    """References wherever a list of containers stands, also in kinds of operators."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("containers", "initContainers") and isinstance(item, list):
                yield from (str(container["image"]) for container in item)
            else:
                yield from _images(item)
    elif isinstance(value, list):
        for item in value:
            yield from _images(item)


def absent_storage_classes(objects: list[Json], classes: list[Json]) -> list[str]:
    """Storage classes that claims name and the cluster has not; with the default, if needed."""
    names = {entry["metadata"]["name"] for entry in classes}
    has_default = any(
        (entry["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
        for entry in classes
    )
    absent = set()
    for claim in _claims(objects):
        wanted = claim["spec"].get("storageClassName")
        if wanted is None and not has_default:
            absent.add("(a default class)")
        elif wanted and wanted not in names:
            absent.add(str(wanted))
    return sorted(absent)


def _claims(objects: list[Json]) -> Iterator[Json]:
    for body in objects:
        if body["kind"] == "PersistentVolumeClaim":
            yield body
        yield from body.get("spec", {}).get("volumeClaimTemplates") or []


def is_development(objects: list[Json]) -> bool:
    """Whether the services will run with what only development allows: where the manifests do
    not say so, it is production.
    """
    return any(
        (body.get("data") or {}).get("BELLWETHER_ENVIRONMENT") == "development"
        for body in objects
        if body["kind"] == "ConfigMap"
    )


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Any]:
        functions = (unknown_kinds, access_reviews, refused_reviews, unpinned_images)
        more = (absent_storage_classes, is_development)
        return {function.__name__: function for function in functions + more}
