"""All objects against the schemas of the versions of Kubernetes that are supported."""

from __future__ import annotations

import copy
import json
import subprocess
from pathlib import Path

import pytest

from tests.deploy.kubernetes.objects import Object, Rendering, called
from tests.deploy.kubernetes.rendering import ROOT, TOOLS, Combination

# Whoever comes first waits for everything to be rendered.
pytestmark = pytest.mark.timeout(300)

VERSIONS = ("1.35", "1.36", "1.37")

NOT_OF_KUBERNETES = {
    "PodMonitor": "Prometheus' operator; kubernetes-validate has schemas of Kubernetes alone",
    "PrometheusRule": "Prometheus' operator; promtool checks what is in it",
    "RayCluster": "KubeRay; its pods are looked at as pods",
    "ScaledObject": "KEDA",
    "ServiceMonitor": "Prometheus' operator",
    "TriggerAuthentication": "KEDA",
}
"""Kinds whose own schemas are not at hand, and whose they are."""

_CHECK = Path(__file__).parent / "schemas_check.py"
_SECONDS = 100


def _check(objects: list[Object]) -> dict[int, list[str]]:
    done = subprocess.run(
        [TOOLS / "python", _CHECK, *VERSIONS],
        input=json.dumps(objects),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=True,
    )
    return {int(index): said for index, said in json.loads(done.stdout).items()}


def _distinct(renderings: dict[Combination, Rendering]) -> list[Object]:
    """Every object that differs from all others, and Ray's pods as pods."""
    found: dict[str, Object] = {}
    for rendering in renderings.values():
        for one in rendering.objects:
            if one["kind"] not in NOT_OF_KUBERNETES:
                found.setdefault(json.dumps(one, sort_keys=True), one)
        for pod in rendering.pods:
            if pod.kind == "RayCluster":
                plain = pod.as_object()
                found.setdefault(json.dumps(plain, sort_keys=True), plain)
    return list(found.values())


def test_everything_keeps_to_the_schemas(renderings: dict[Combination, Rendering]) -> None:
    objects = _distinct(renderings)
    assert len(objects) > 60
    found = _check(objects)
    assert not found, [(called(objects[index]), said) for index, said in found.items()]


def test_only_kinds_of_others_are_left_out(renderings: dict[Combination, Rendering]) -> None:
    there = {one["kind"] for rendering in renderings.values() for one in rendering.objects}
    assert set(NOT_OF_KUBERNETES) <= there
    foreign = {
        one["kind"]
        for rendering in renderings.values()
        for one in rendering.objects
        if "." in one["apiVersion"].partition("/")[0]
        and not one["apiVersion"].partition("/")[0].endswith(".k8s.io")
    }
    assert foreign == set(NOT_OF_KUBERNETES)


@pytest.fixture(scope="module")
def mistakes(renderings: dict[Combination, Rendering]) -> dict[str, list[str]]:
    """What is said of each planted mistake; all are checked in one go."""
    plain = renderings[Combination("minikube", ("ray",))]

    def changed(kind: str, name: str) -> Object:
        return copy.deepcopy(plain.get(kind, name))

    planted: dict[str, Object] = {}
    one = planted["a field that is misspelt"] = changed("Deployment", "backend")
    one["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    one = planted["a number that is a text"] = changed("HorizontalPodAutoscaler", "model")
    one["spec"]["maxReplicas"] = "5"
    one = planted["a field that is missing"] = changed("NetworkPolicy", "postgres")
    del one["spec"]["ingress"][0]["from"][0]["podSelector"]["matchExpressions"][0]["operator"]
    one = planted["a version that is no more"] = changed("HorizontalPodAutoscaler", "backend")
    one["apiVersion"] = "autoscaling/v2beta2"
    one = planted["a pod of Ray"] = copy.deepcopy(plain.pod("ray-worker").as_object())
    one["spec"]["securityContext"]["runAsUser"] = "bellwether"
    found = _check(list(planted.values()))
    return {name: found.get(index, []) for index, name in enumerate(planted)}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a field that is misspelt", "readinesProbe"),
        ("a number that is a text", "'5' is not of type 'integer'"),
        ("a field that is missing", "'operator' is a required property"),
        ("a version that is no more", "autoscaling/v2beta2"),
        ("a pod of Ray", "'bellwether' is not of type 'integer'"),
    ],
)
def test_mistake_is_reported_for_every_version(
    name: str, says: str, mistakes: dict[str, list[str]]
) -> None:
    said = mistakes[name]
    assert [sentence.partition(":")[0] for sentence in said] == list(VERSIONS)
    assert all(says in sentence for sentence in said), said


def test_versions_are_those_of_the_tools() -> None:
    pinned = (ROOT / "deploy/tools/constraints.txt").read_text()
    assert f"kubernetes-validate=={VERSIONS[-1]}" in pinned
