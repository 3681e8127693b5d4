"""The fake refuses and keeps what Kubernetes would: or runs against it would prove nothing."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .fake_cluster.certificates import Certificates
from .fake_cluster.server import TOKEN, FakeCluster

Ask = Callable[..., Any]
DEPLOYMENTS = "/apis/apps/v1/namespaces/here/deployments"


@pytest.fixture
def cluster(certificates: Certificates) -> Iterator[FakeCluster]:
    with FakeCluster(certificates, settle_seconds=0) as running:
        yield running


@pytest.fixture
def ask(cluster: FakeCluster, certificates: Certificates) -> Ask:
    trust = ssl.create_default_context(cafile=certificates.authority)

    def send(method: str, path: str, body: Any = None, token: str = TOKEN) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(cluster.url + path, data, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10, context=trust) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            return json.load(problem)

    send("POST", "/api/v1/namespaces", {"kind": "Namespace", "metadata": {"name": "here"}})
    return send


def workload(kind: str, image: str, **more: Any) -> dict[str, Any]:
    pod = {"containers": [{"name": "main", "image": image}]}
    template = {"metadata": {"labels": {"app": "x"}}, "spec": pod}
    return {"kind": kind, "metadata": {"name": "x"}, "spec": {"template": template, **more}}


def applied(path: str, *, dry_run: bool = False) -> str:
    return f"{path}/x?fieldManager=tester&force=true" + ("&dryRun=All" if dry_run else "")


def test_asks_for_a_token(ask: Ask) -> None:
    assert ask("GET", "/version", token="another")["reason"] == "Unauthorized"  # noqa: S106


def test_namespace_has_to_be_there(ask: Ask) -> None:
    body = workload("Deployment", "a")
    assert ask("POST", "/apis/apps/v1/namespaces/nowhere/deployments", body)["code"] == 404


def test_same_again_changes_nothing(ask: Ask) -> None:
    body = workload("Deployment", "a:1")
    first = ask("PATCH", applied(DEPLOYMENTS), body)
    ask("GET", f"{DEPLOYMENTS}/x")
    again = ask("PATCH", applied(DEPLOYMENTS), body)
    assert again["metadata"]["generation"] == first["metadata"]["generation"]
    assert again["spec"] == first["spec"] != body["spec"]


def test_apply_takes_away_what_it_no_longer_wants(ask: Ask) -> None:
    ask("PATCH", applied(DEPLOYMENTS), workload("Deployment", "a:1", minReadySeconds=5))
    scaled = ask("PATCH", f"{DEPLOYMENTS}/x", {"spec": {"replicas": 4}})
    assert scaled["spec"]["replicas"] == 4
    after = ask("PATCH", applied(DEPLOYMENTS), workload("Deployment", "a:2"))
    assert "minReadySeconds" not in after["spec"]
    # An autoscaler's number is nobody else's.
    assert after["spec"]["replicas"] == 4
    assert after["metadata"]["generation"] == 3


def test_dry_run_is_kept_nowhere(ask: Ask, cluster: FakeCluster) -> None:
    before = list(cluster.store.changes)
    told = ask("PATCH", applied(DEPLOYMENTS, dry_run=True), workload("Deployment", "a:1"))
    assert told["spec"]["replicas"] == 1
    assert ask("GET", f"{DEPLOYMENTS}/x")["code"] == 404
    assert cluster.store.changes == before


def test_job_cannot_be_changed(ask: Ask) -> None:
    jobs = "/apis/batch/v1/namespaces/here/jobs"
    ask("PATCH", applied(jobs), workload("Job", "a:1"))
    assert ask("PATCH", applied(jobs), workload("Job", "a:2"))["reason"] == "Invalid"
    assert ask("PATCH", applied(jobs, dry_run=True), workload("Job", "a:2"))["code"] == 422


def test_stateful_set_can_be_changed_in_part(ask: Ask) -> None:
    sets = "/apis/apps/v1/namespaces/here/statefulsets"
    ask("PATCH", applied(sets), workload("StatefulSet", "a:1", serviceName="x"))
    assert "code" not in ask(
        "PATCH", applied(sets), workload("StatefulSet", "a:2", serviceName="x")
    )
    refused = ask("PATCH", applied(sets), workload("StatefulSet", "a:2", serviceName="y"))
    assert refused["reason"] == "Invalid"


def test_rollout_hangs_where_it_was_told_to(ask: Ask, cluster: FakeCluster) -> None:
    ask("PATCH", applied(DEPLOYMENTS), workload("Deployment", "a:1"))
    assert ask("GET", f"{DEPLOYMENTS}/x")["status"]["readyReplicas"] == 1
    cluster.faults.hanging.add("a:2")
    ask("PATCH", applied(DEPLOYMENTS), workload("Deployment", "a:2"))
    status = ask("GET", f"{DEPLOYMENTS}/x")["status"]
    assert (status["replicas"], status["readyReplicas"], status["unavailableReplicas"]) == (2, 1, 1)
    pods = ask("GET", "/api/v1/namespaces/here/pods?labelSelector=app%3Dx")["items"]
    assert [pod["status"]["conditions"][0]["status"] for pod in pods] == ["True", "False"]


def test_who_may_not_is_told_so_in_both_ways(ask: Ask, cluster: FakeCluster) -> None:
    cluster.faults.forbidden.add(("patch", "deployments"))
    refused = ask("PATCH", applied(DEPLOYMENTS), workload("Deployment", "a"))
    assert refused["reason"] == "Forbidden"
    review = {"spec": {"resourceAttributes": {"verb": "patch", "resource": "deployments"}}}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    assert ask("POST", path, review)["status"] == {"allowed": False}
