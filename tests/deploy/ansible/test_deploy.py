"""The life of one installation, step by step: install, again, look, upgrade, back, once more."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import SECRETS, VAULT_PASSWORD
from .fake_cluster.server import FakeCluster
from .fake_cluster.store import Change
from .playbook import Outcome, Playbook
from .versions import DIGESTS, FIRST, SECOND, images

pytestmark = pytest.mark.timeout(600)

NEW_TOKEN = "another-token-Ws4Gd8Hn2Cx6"  # noqa: S105 (only here)
WORKLOADS = ("Deployment/backend", "Deployment/frontend", "Deployment/model", "StatefulSet/worker")
JOBS = ("Job/migrate-backend", "Job/migrate-model")


@pytest.fixture(scope="module")
def installed(playbook: Playbook) -> Outcome:
    """The first run, as talkative as Ansible can be made."""
    return playbook.run("-vvv", "--diff")


@pytest.fixture(scope="module")
def upgraded(installed: Outcome, playbook: Playbook, make_vault: Callable[..., Path]) -> Outcome:
    """The second version, with another token, on top of the first."""
    renewed = replace(playbook, vault=make_vault(model_service_token=NEW_TOKEN))
    return renewed.run("--diff", version=SECOND, images=images(SECOND))


@pytest.fixture(scope="module")
def went_back(upgraded: Outcome, playbook: Playbook) -> Outcome:
    """Nothing of the version that is wanted otherwise is looked at."""
    return playbook.run("--tags", "rollback", version="no-such-version")


def live(cluster: FakeCluster, name: str) -> dict[str, Any]:
    kind, _, name = name.partition("/")
    body = cluster.store.find(kind, name, "" if kind == "Namespace" else "bellwether")
    assert body is not None, f"{kind} {name}"
    return body


def image(cluster: FakeCluster, name: str) -> str:
    containers = live(cluster, name)["spec"]["template"]["spec"]["containers"]
    return str(containers[0]["image"])


def annotations(cluster: FakeCluster, name: str) -> dict[str, str]:
    template = live(cluster, name)["spec"]["template"]
    return dict(template["metadata"].get("annotations", {}))


def secret(cluster: FakeCluster, name: str) -> dict[str, str]:
    data = live(cluster, f"Secret/{name}")["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


def record(cluster: FakeCluster) -> dict[str, str]:
    return dict(live(cluster, "ConfigMap/bellwether-release")["data"])


def test_installs_in_order(installed: Outcome, cluster: FakeCluster) -> None:
    made = [f"{change.kind}/{change.name}" for change in cluster.store.changes]
    order = [
        *("Namespace/bellwether", "Secret/bellwether", "ServiceAccount/model"),
        *("StatefulSet/postgres", "Job/migrate-model", "Deployment/model"),
        "ConfigMap/bellwether-release",
    ]
    assert sorted(order, key=made.index) == order
    last_of_groundwork = max(made.index(name) for name in made if name.startswith("NetworkPolicy/"))
    assert last_of_groundwork < made.index("StatefulSet/postgres")
    assert made.index("ConfigMap/bellwether-release") == len(made) - 1
    assert {change.verb for change in cluster.store.changes} == {"create"}
    assert all(DIGESTS[FIRST] in image(cluster, name) for name in WORKLOADS + JOBS)


def test_waits_for_the_database_before_the_migrations(
    installed: Outcome, cluster: FakeCluster
) -> None:
    """Its status was asked for between the two writes."""
    asked = [(entry.method, entry.path.rsplit("/", 1)[-1]) for entry in cluster.requests]
    job = next(i for i, entry in enumerate(cluster.requests) if entry.body.get("kind") == "Job")
    database = next(
        i
        for i, entry in enumerate(cluster.requests)
        if entry.body.get("metadata", {}).get("name") == "postgres"
        and entry.body["kind"] == "StatefulSet"
    )
    assert ("GET", "statefulsets") in asked[database:job]


def test_makes_secrets_from_the_vault(installed: Outcome, cluster: FakeCluster) -> None:
    assert secret(cluster, "bellwether") == {
        "model_service_token": SECRETS["model_service_token"],
        "database_url": "postgresql://bellwether_backend:gateway%2Fpw%3Awith%40signs-Jq51"
        "@postgres.bellwether.svc:5432/bellwether_backend",
        "model_database_url": "postgresql://bellwether_model:model-pw%25and%23more-Lk93"
        "@postgres.bellwether.svc:5432/bellwether_model",
    }
    assert secret(cluster, "bellwether-postgres") == {
        name: SECRETS[name] for name in ("postgres_password", "backend_password", "model_password")
    }


def test_tells_no_secret(installed: Outcome, cluster: FakeCluster, playbook: Playbook) -> None:
    sent = secret(cluster, "bellwether") | secret(cluster, "bellwether-postgres")
    encoded = [base64.b64encode(value.encode()).decode() for value in sent.values()]
    hidden = (*sent.values(), *encoded, VAULT_PASSWORD)
    assert [value for value in hidden if value in installed.output] == []
    # Neither does a ConfigMap, a file of the run, or an annotation tell one.
    rest = json.dumps(
        [e.body for (kind, _, _), e in cluster.store.entries.items() if kind != "Secret"]
    )
    left = [path for path in playbook.folder.rglob("*") if path.is_file()]
    texts = [rest, *(path.read_text(encoding="utf-8", errors="replace") for path in left)]
    assert [value for value in hidden if any(value in text for text in texts)] == []


def test_leaves_no_checkout_behind(installed: Outcome, playbook: Playbook) -> None:
    assert list(playbook.folder.rglob("*.bellwether")) == []


def test_records_the_version(installed: Outcome, cluster: FakeCluster) -> None:
    data = next(
        change.body["data"]
        for change in cluster.store.changes
        if change.name == "bellwether-release"
    )
    assert (data["version"], data["previous"]) == (FIRST, "")
    release = json.loads(data["release"])
    assert release["images"] == images(FIRST)
    assert {"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {
        "name": "model", "namespace": "bellwether"}} in release["objects"]  # fmt: skip


def test_second_run_changes_nothing(
    installed: Outcome, cluster: FakeCluster, playbook: Playbook
) -> None:
    before, changes = len(cluster.requests), len(cluster.store.changes)
    assert playbook.run().counts["changed"] == 0
    assert cluster.store.changes[changes:] == []
    assert [request for request in cluster.requests[before:] if request.writes] == []


def test_check_mode_tells_and_sends_no_write(
    installed: Outcome, cluster: FakeCluster, playbook: Playbook
) -> None:
    before, changes = len(cluster.requests), len(cluster.store.changes)
    outcome = playbook.run("--check", "--diff", version=SECOND, images=images(SECOND))
    assert outcome.counts["changed"] > 0
    assert "Deployment/model" in outcome.output
    assert DIGESTS[SECOND] in outcome.output
    assert "migrate-model" in outcome.output
    assert cluster.store.changes[changes:] == []
    assert [request for request in cluster.requests[before:] if request.writes] == []


def test_upgrade_replaces_images_and_jobs(upgraded: Outcome, cluster: FakeCluster) -> None:
    assert all(DIGESTS[SECOND] in image(cluster, name) for name in WORKLOADS + JOBS)
    changes = [(change.verb, f"{change.kind}/{change.name}") for change in cluster.store.changes]
    assert all(("delete", job) in changes for job in JOBS)
    assert live(cluster, "ConfigMap/only-in-the-second")
    assert ("update", "StatefulSet/postgres") not in changes
    assert record(cluster)["version"] == SECOND
    assert record(cluster)["previous"] == FIRST


def test_another_secret_starts_its_readers_anew(upgraded: Outcome, cluster: FakeCluster) -> None:
    assert secret(cluster, "bellwether")["model_service_token"] == NEW_TOKEN
    assert NEW_TOKEN not in upgraded.output
    key = "bellwether/secrets"
    versions = {
        name: {
            change.body["spec"]["template"]["metadata"].get("annotations", {}).get(key)
            for change in cluster.store.changes
            if f"{change.kind}/{change.name}" == name
        }
        for name in WORKLOADS
    }
    readers = ("Deployment/backend", "Deployment/model", "StatefulSet/worker")
    assert {name: len(versions[name]) for name in readers} == dict.fromkeys(readers, 2)
    assert versions["Deployment/frontend"] == {None}


def test_goes_back_when_asked(went_back: Outcome, cluster: FakeCluster) -> None:
    assert all(DIGESTS[FIRST] in image(cluster, name) for name in WORKLOADS)
    assert f"Version {FIRST} runs again in the place of {SECOND}" in went_back.text
    assert "migrations go forward only" in went_back.text
    assert cluster.store.find("ConfigMap", "only-in-the-second", "bellwether") is None
    assert record(cluster)["version"] == FIRST
    assert record(cluster)["previous"] == SECOND


def test_going_back_runs_no_migration(went_back: Outcome, cluster: FakeCluster) -> None:
    """The first version's migrations do not know the schema that the second one made."""
    assert all(DIGESTS[SECOND] in image(cluster, name) for name in JOBS)


@pytest.fixture(scope="module")
def once_more(
    went_back: Outcome, cluster: FakeCluster, playbook: Playbook, make_vault: Callable[..., Path]
) -> list[Change]:
    """What changes when the version gone back to is deployed, after somebody stopped a part."""
    with cluster.lock:
        entry = cluster.store.entries["Deployment", "bellwether", "model"]
        stopped = {"spec": {"replicas": 0}}
        cluster.store.merge(entry.kind, "bellwether", "model", stopped, dry_run=False)
    renewed = replace(playbook, vault=make_vault(model_service_token=NEW_TOKEN))
    changes = len(cluster.store.changes)
    renewed.run()
    return cluster.store.changes[changes:]


def test_deploying_the_version_gone_back_to_runs_no_migration_either(
    once_more: list[Change], cluster: FakeCluster
) -> None:
    assert [change.kind for change in once_more if change.kind in ("Job", "ConfigMap")] == []
    assert record(cluster)["version"] == FIRST
    assert record(cluster)["previous"] == SECOND


def test_wakes_what_was_scaled_to_nothing(once_more: list[Change], cluster: FakeCluster) -> None:
    """No manifest says a number there, and an autoscaler leaves nothing alone."""
    assert live(cluster, "Deployment/model")["spec"]["replicas"] == 1
    assert live(cluster, "Deployment/model")["status"]["readyReplicas"] == 1
