"""The playbook's own filters, one rule at a time."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from .conftest import SECRETS
from .filters import load_filters

FILTERS = load_filters()
Json = dict[str, Any]


def body(kind: str, name: str, *, component: str = "", **more: Any) -> Json:
    labels = {"app.kubernetes.io/component": component} if component else {}
    metadata = {"name": name, "namespace": "bellwether", "labels": labels}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **more}


def job(name: str, image: str, **status: Any) -> Json:
    container = {"name": "migrate", "image": image}
    spec = {"template": {"spec": {"containers": [container]}}}
    (marked,) = FILTERS["marked_jobs"]([body("Job", name, component="migration", spec=spec)])
    return {**marked, "status": status} if status else dict(marked)


def ended(kind: str) -> list[Json]:
    return [{"type": kind, "status": "True", "reason": "because"}]


def workload(wanted: int, generation: int = 2, **status: Any) -> Json:
    metadata = {"name": "model", "generation": generation}
    spec = {"replicas": wanted}
    return {"kind": "Deployment", "metadata": metadata, "spec": spec, "status": status}


@pytest.mark.parametrize(
    ("kind", "component", "phase"),
    [
        ("Namespace", "", "namespace"),
        ("ConfigMap", "database", "groundwork"),
        ("NetworkPolicy", "", "groundwork"),
        ("StatefulSet", "database", "database"),
        ("Service", "database", "database"),
        ("Job", "migration", "migrations"),
        ("Job", "export", "jobs"),
        ("StatefulSet", "worker", "services"),
        ("ScaledObject", "", "services"),
    ],
)
def test_phases(kind: str, component: str, phase: str) -> None:
    objects = [body(kind, "x", component=component)]
    phases = ("namespace", "groundwork", "database", "migrations", "jobs", "services")
    assert [name for name in phases if FILTERS["in_phase"](objects, name)] == [phase]


def test_what_holds_data_is_never_removed() -> None:
    kinds = ("Deployment", "PersistentVolumeClaim", "Secret", "Namespace", "ConfigMap")
    before = FILTERS["identities"]([body(kind, "old") for kind in kinds])
    gone = FILTERS["no_longer_in"](before, [body("ConfigMap", "new"), body("Deployment", "old")])
    assert [(entry["kind"], entry["metadata"]["name"]) for entry in gone] == [("ConfigMap", "old")]


@pytest.mark.parametrize(
    ("live", "done", "due"),
    [
        ([], {}, True),
        ([job("m", "a", conditions=ended("Complete"))], {}, False),
        ([job("m", "a", conditions=ended("Failed"))], {}, True),
        ([job("m", "a", active=1)], {}, False),
        ([job("m", "b", conditions=ended("Complete"))], {}, True),
        # Kubernetes removed it after it had completed, or another version's took its place.
        ([], FILTERS["job_fingerprints"]([job("m", "a")]), False),
        ([job("m", "b")], FILTERS["job_fingerprints"]([job("m", "a")]), False),
        ([], FILTERS["job_fingerprints"]([job("m", "b")]), True),
        # Made by hand.
        ([{**job("m", "a"), "metadata": {"name": "m"}}], {}, True),
    ],
)
def test_which_jobs_are_due(live: list[Json], done: dict[str, str], due: bool) -> None:
    wanted = [job("m", "a")]
    assert FILTERS["due_jobs"](wanted, live, done) == (wanted if due else [])
    assert FILTERS["due_jobs"](wanted, live, done, True) == wanted


def test_which_jobs_are_waited_for() -> None:
    wanted = [job("m", "a"), job("n", "a")]
    running, complete = job("m", "a", active=1), job("n", "a", conditions=ended("Complete"))
    live = [running, complete]
    assert FILTERS["watched_jobs"](wanted, live, []) == wanted[:1]
    assert FILTERS["watched_jobs"](wanted, [], wanted) == wanted
    assert FILTERS["awaited_jobs"](wanted, live) == ["m"]
    assert FILTERS["awaited_jobs"](wanted, []) == ["m", "n"]
    # One of another version has completed: not the one that is waited for.
    assert FILTERS["awaited_jobs"](wanted[1:], [job("n", "b", conditions=ended("Complete"))]) == [
        "n"
    ]
    failed = job("m", "a", conditions=ended("Failed"))
    assert FILTERS["failed_jobs"]([failed, complete], wanted) == [
        {"name": "m", "reason": "because"}
    ]


@pytest.mark.parametrize(
    ("live", "sentence"),
    [
        (
            workload(1, observedGeneration=1, updatedReplicas=1, readyReplicas=1),
            "has not been looked at by its controller",
        ),
        (workload(1, observedGeneration=2), "has 0 new and 0 ready of 1 pods"),
        (
            workload(2, observedGeneration=2, updatedReplicas=1, readyReplicas=2, replicas=3),
            "has 1 new and 2 ready of 2 pods",
        ),
        (
            workload(
                1,
                observedGeneration=2,
                updatedReplicas=1,
                readyReplicas=1,
                availableReplicas=1,
                replicas=2,
            ),
            "still has 1 old pods",
        ),
    ],
)
def test_unfinished_rollouts(live: Json, sentence: str) -> None:
    expected = [body("Deployment", "model")]
    found = FILTERS["unfinished_rollouts"]([live], expected, "Deployment")
    assert found == [f"Deployment model {sentence}"]


def test_finished_and_absent_rollouts() -> None:
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    live = workload(3, observedGeneration=2, **dict.fromkeys(counts, 3))
    expected = [body("Deployment", "model")]
    assert FILTERS["unfinished_rollouts"]([live], expected, "Deployment") == []
    absent = FILTERS["unfinished_rollouts"]([], expected, "Deployment")
    assert absent == ["Deployment model is not there"]


def test_stateful_set_between_revisions() -> None:
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    revisions = {"currentRevision": "a", "updateRevision": "b", "observedGeneration": 2}
    live = workload(1, **revisions, **dict.fromkeys(counts, 1))
    found = FILTERS["unfinished_rollouts"]([live], [body("StatefulSet", "model")], "StatefulSet")
    assert found == ["StatefulSet model is still between two revisions"]


def test_rollout_that_kubernetes_gave_up() -> None:
    conditions = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
    stuck = workload(1, observedGeneration=2, conditions=conditions)
    assert FILTERS["stuck_rollouts"]([stuck])
    # Of the generation before: the new one has not been looked at.
    assert not FILTERS["stuck_rollouts"]([workload(1, observedGeneration=1, conditions=conditions)])


def test_unready_pods() -> None:
    ready = [{"type": "Ready", "status": "True"}]
    waiting = [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]
    bad = body("Pod", "bad", status={"phase": "Running", "containerStatuses": waiting})
    good = body("Pod", "good", status={"phase": "Running", "conditions": ready})
    ending = body("Pod", "ending", status={})
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    of_job = body("Pod", "of-job", status={"phase": "Succeeded"})
    of_job["metadata"]["labels"]["batch.kubernetes.io/job-name"] = "migrate"
    found = FILTERS["unready_pods"]([bad, good, ending, of_job])
    assert found == ["pod bad is not ready (CrashLoopBackOff)"]


def test_services_without_endpoints() -> None:
    services = [body("Service", name, spec={"selector": {"a": "b"}}) for name in ("one", "two")]
    services.append(body("Service", "by-hand", spec={}))
    entry = body("EndpointSlice", "one-x", endpoints=[{"conditions": {"ready": True}}])
    entry["metadata"]["labels"]["kubernetes.io/service-name"] = "one"
    unready = body("EndpointSlice", "two-x", endpoints=[{"conditions": {"ready": False}}])
    unready["metadata"]["labels"]["kubernetes.io/service-name"] = "two"
    found = FILTERS["services_without_endpoints"](services, [entry, unready])
    assert found == ["Service two has no ready endpoint"]


@pytest.mark.parametrize(
    ("image", "pinned"),
    [
        (f"registry.example.org/model@sha256:{'a' * 64}", True),
        ("registry.example.org:5000/model:0123abc", True),
        (f"registry.example.org/model@sha256:{'0' * 64}", False),
        ("registry.example.org:5000/model", False),
        ("model:dev", False),
        ("model:latest", False),
    ],
)
def test_unpinned_images(image: str, pinned: bool) -> None:
    spec = {"headGroupSpec": {"template": {"spec": {"initContainers": [{"image": image}]}}}}
    found = FILTERS["unpinned_images"]([body("RayCluster", "ray", spec=spec)])
    assert found == ([] if pinned else [image])


def test_storage_classes() -> None:
    claims = [
        body("PersistentVolumeClaim", "a", spec={"storageClassName": "shared"}),
        body("StatefulSet", "b", spec={"volumeClaimTemplates": [{"spec": {}}]}),
    ]
    shared = {"metadata": {"name": "shared"}}
    assert FILTERS["absent_storage_classes"](claims, []) == ["(a default class)", "shared"]
    assert FILTERS["absent_storage_classes"](claims, [shared]) == ["(a default class)"]
    shared["metadata"]["annotations"] = {"storageclass.kubernetes.io/is-default-class": "true"}
    assert FILTERS["absent_storage_classes"](claims, [shared]) == []


def test_production_unless_the_manifests_say_otherwise() -> None:
    assert not FILTERS["is_development"]([])
    said = [body("ConfigMap", "x", data={"BELLWETHER_ENVIRONMENT": "development"})]
    assert FILTERS["is_development"](said)


def test_secret_problems() -> None:
    problems = FILTERS["secret_problems"]
    assert problems(SECRETS, False) == []
    placeholder = SECRETS | {"newsapi_key": "ChangeMe"}
    assert problems(placeholder, False) == ["newsapi_key is a placeholder"]
    assert problems(placeholder, True) == []
    same = SECRETS | {"model_password": SECRETS["backend_password"]}
    assert problems(same, False) == ["two passwords of PostgreSQL are the same"]
    without = {key: value for key, value in SECRETS.items() if key != "model_password"}
    assert problems(without, True) == ["model_password is not given"]
    assert problems(SECRETS, True, ["keda", "ray"]) == ["ray_token is not given"]
    assert problems(SECRETS | {"ray_token": "t"}, True, ["ray"]) == []


def test_database_elsewhere() -> None:
    """Both URLs are needed then, and no Secret for a server of our own."""
    token = {"model_service_token": SECRETS["model_service_token"]}
    secrets = token | {"database_url": "postgresql://u:p@db/one"}
    assert FILTERS["secret_problems"](secrets, False) == ["model_database_url is not given"]
    secrets["model_database_url"] = "postgresql://u:p@db/two"
    (made,) = FILTERS["secret_objects"](secrets, "bellwether")
    assert base64.b64decode(made["data"]["model_database_url"]) == b"postgresql://u:p@db/two"


def test_fingerprint_of_what_pods_read() -> None:
    """The superuser's password is no reason to start services anew."""

    def digest(**others: str) -> str:
        secrets = FILTERS["mounted_secrets"](SECRETS | others, "bellwether")
        return str(FILTERS["fingerprint"](secrets))

    assert digest() == digest(postgres_password="another")  # noqa: S106
    assert digest() != digest(model_password="another")  # noqa: S106
    assert digest() != digest(s3_credentials="another")
