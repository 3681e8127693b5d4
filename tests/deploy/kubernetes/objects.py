"""Rendered objects as rules look at them: pods with their labels, whatever makes them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

NAMESPACE = "bellwether"

Object = dict[str, Any]

_CLUSTER_WIDE = frozenset({"Namespace"})


@dataclass(frozen=True)
class Pod:
    """A pod that an object makes.

    Attributes
    ----------
    owner : str
        As ``Kind/name``; the nodes of a Ray cluster have names of their own.
    labels : mapping
        As the pod has them, those of KubeRay included.
    """

    owner: str
    labels: Mapping[str, str]
    spec: Object

    @property
    def kind(self) -> str:
        return self.owner.partition("/")[0]

    @property
    def name(self) -> str:
        return self.owner.partition("/")[2]

    @property
    def containers(self) -> list[Object]:
        """All of them, sidecars included."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    @property
    def volumes(self) -> dict[str, Object]:
        return {volume["name"]: volume for volume in self.spec.get("volumes", [])}

    def as_object(self) -> Object:
        """The pod alone, for tools that do not know what made it."""
        metadata = {"name": self.name, "namespace": NAMESPACE, "labels": dict(self.labels)}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": self.spec}

    def ports(self) -> dict[str, int]:
        """Ports of all containers by name."""
        return {
            port["name"]: port["containerPort"]
            for container in self.containers
            for port in container.get("ports", [])
        }


class Rendering:
    """The objects of a combination.

    Parameters
    ----------
    name : str
    overlay : str, optional
        None for the base alone.
    components : frozenset of str
    objects : list of dict
    """

    def __init__(
        self, name: str, overlay: str | None, components: frozenset[str], objects: list[Object]
    ) -> None:
        self.name = name
        self.overlay = overlay
        self.components = components
        self.objects = objects

    def copy(self) -> Rendering:
        """One that may be changed."""
        return Rendering(self.name, self.overlay, self.components, copy.deepcopy(self.objects))

    def of(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        return [one for one in self.objects if one["kind"] == kind]

    def get(self, kind: str, name: str) -> Object:
        """One object; a generated name may be given without its hash.

        Raises
        ------
        KeyError
        """
        for one in self.of(kind):
            if without_hash(one) == name or one["metadata"]["name"] == name:
                return one
        raise KeyError(f"{kind}/{name}")

    def names(self, kind: str) -> set[str]:
        return {one["metadata"]["name"] for one in self.of(kind)}

    @cached_property
    def pods(self) -> list[Pod]:
        """One for each object that makes pods, and for each group of a Ray cluster."""
        return [pod for one in self.objects for pod in _pods_of(one)]

    def pod(self, name: str) -> Pod:
        """The pod of a workload."""
        (found,) = [pod for pod in self.pods if pod.name == name]
        return found

    def containers(self) -> Iterator[tuple[Pod, Object]]:
        for pod in self.pods:
            for container in pod.containers:
                yield pod, container

    def variables(self, container: Object) -> dict[str, str | None]:
        """Environment of a container; None where the value is known in the cluster alone."""
        found: dict[str, str | None] = {}
        for source in container.get("envFrom", []):
            reference = source.get("configMapRef", {}).get("name")
            for one in self.of("ConfigMap"):
                if one["metadata"]["name"] == reference:
                    found |= one.get("data", {})
        for entry in container.get("env", []):
            found[entry["name"]] = entry.get("value")
        return found


def without_hash(one: Object) -> str:
    """Name of an object as it was before kustomize appended a hash of its content."""
    name: str = one["metadata"]["name"]
    if one["kind"] == "ConfigMap":
        stem, _, suffix = name.rpartition("-")
        if stem and len(suffix) == 10:
            return stem
    return name


def called(one: Object) -> str:
    return f"{one['kind']}/{without_hash(one)}"


def is_namespaced(one: Object) -> bool:
    return one["kind"] not in _CLUSTER_WIDE


def image_name(container: Object) -> str:
    """Last part of an image's name, without registry, tag and digest."""
    image: str = container["image"]
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def selects(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector matches; one that is empty matches everything."""
    if selector is None:
        return False
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _matches(expression, labels) for expression in selector.get("matchExpressions", [])
    )


def _matches(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values", [])
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case other:
            raise ValueError(f"unknown operator {other}")


def _pods_of(one: Object) -> Iterator[Pod]:
    name = one["metadata"]["name"]
    if one["kind"] in ("Deployment", "StatefulSet", "Job"):
        template = one["spec"]["template"]
        yield Pod(f"{one['kind']}/{name}", template["metadata"]["labels"], template["spec"])
    elif one["kind"] == "RayCluster":
        head = one["spec"]["headGroupSpec"]["template"]
        yield _ray_pod(name, "head", "headgroup", head)
        for group in one["spec"]["workerGroupSpecs"]:
            yield _ray_pod(name, "worker", group["groupName"], group["template"])


def _ray_pod(cluster: str, kind: str, group: str, template: Object) -> Pod:
    """With the labels that KubeRay gives: the first four always, the others by default."""
    labels = {
        "app.kubernetes.io/name": "kuberay",
        "app.kubernetes.io/created-by": "kuberay-operator",
        **template["metadata"]["labels"],
        "ray.io/is-ray-node": "yes",
        "ray.io/cluster": cluster,
        "ray.io/node-type": kind,
        "ray.io/group": group,
    }
    return Pod(f"RayCluster/{cluster}-{kind}", labels, template["spec"])
