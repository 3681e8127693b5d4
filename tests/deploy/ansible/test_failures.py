"""What fails is told, and the version before runs again. Each test goes on from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .fake_cluster.server import FakeCluster
from .playbook import Outcome, Playbook
from .versions import DIGESTS, FIRST, SECOND, images

pytestmark = pytest.mark.timeout(600)

SERVICES = ("backend", "frontend", "model")


@pytest.fixture(autouse=True)
def _faults_end(cluster: FakeCluster) -> Iterator[None]:
    yield
    cluster.faults.hanging.clear()
    cluster.faults.failing.clear()


@pytest.fixture(scope="module")
def failed_first(cluster: FakeCluster, playbook: Playbook) -> Outcome:
    """An installation whose migration fails, where nothing ran before."""
    cluster.faults.failing.add(f"model@sha256:{DIGESTS[FIRST]}")
    return playbook.run(check=False)


@pytest.fixture(scope="module")
def installed(failed_first: Outcome, cluster: FakeCluster, playbook: Playbook) -> Outcome:
    cluster.faults.failing.clear()
    return playbook.run()


def second(playbook: Playbook, *arguments: str) -> Outcome:
    return playbook.run(*arguments, check=False, version=SECOND, images=images(SECOND))


def changed_since(cluster: FakeCluster, number: int) -> list[str]:
    return [
        f"{change.kind}/{change.name}"
        for change in cluster.store.changes[number:]
        if change.verb != "delete"
    ]


def image(cluster: FakeCluster, kind: str, name: str) -> str:
    body: dict[str, Any] | None = cluster.store.find(kind, name, "bellwether")
    assert body is not None
    return str(body["spec"]["template"]["spec"]["containers"][0]["image"])


def recorded(cluster: FakeCluster) -> tuple[str, str]:
    body = cluster.store.find("ConfigMap", "bellwether-release", "bellwether")
    assert body is not None
    return body["data"]["version"], body["data"]["previous"]


def test_first_installation_that_fails_has_nothing_to_go_back_to(
    failed_first: Outcome, cluster: FakeCluster
) -> None:
    assert failed_first.status != 0
    assert f"Version {FIRST} was not deployed: Migration failed: migrate-model" in failed_first.text
    assert "alembic.util.exc.CommandError: no such revision" in failed_first.text
    assert "No earlier version is recorded" in failed_first.text
    assert [c for c in cluster.store.changes if c.kind == "Deployment"] == []


def test_next_run_makes_the_failed_migration_anew(installed: Outcome, cluster: FakeCluster) -> None:
    made = [c.verb for c in cluster.store.changes if c.name == "migrate-model" and c.kind == "Job"]
    assert made == ["create", "delete", "create"]
    # The other one had completed with the same image.
    made = [
        c.verb for c in cluster.store.changes if c.name == "migrate-backend" and c.kind == "Job"
    ]
    assert made == ["create"]
    assert recorded(cluster) == (FIRST, "")


def test_failing_migration_stops_before_the_services(
    installed: Outcome, cluster: FakeCluster, playbook: Playbook
) -> None:
    cluster.faults.failing.add(f"backend@sha256:{DIGESTS[SECOND]}")
    before = len(cluster.store.changes)
    outcome = second(playbook)
    assert outcome.status != 0
    assert f"Version {SECOND} was not deployed: Migration failed: migrate-backend" in outcome.text
    assert "BackoffLimitExceeded" in outcome.text
    assert f"Version {FIRST} runs again." in outcome.text
    workloads = [name for name in changed_since(cluster, before) if name.startswith("Deployment/")]
    assert workloads == []
    assert recorded(cluster) == (FIRST, "")
    assert cluster.store.find("ConfigMap", "only-in-the-second", "bellwether") is None


def test_hanging_rollout_goes_back(
    installed: Outcome, cluster: FakeCluster, playbook: Playbook
) -> None:
    cluster.faults.hanging.add(f"frontend@sha256:{DIGESTS[SECOND]}")
    before = len(cluster.store.changes)
    outcome = second(playbook)
    assert outcome.status != 0
    sentence = f"Version {SECOND} was not deployed: Not rolled out within 4 s: Deployment frontend"
    assert sentence in outcome.text
    assert "pod frontend-1 is not ready (ImagePullBackOff)" in outcome.text
    assert f"Version {FIRST} runs again. Migrations that ran are not undone" in outcome.text
    # It had been tried, and it is gone: with the object that only the second version has.
    tried = [c.body for c in cluster.store.changes[before:] if c.name == "frontend"]
    assert any(DIGESTS[SECOND] in str(body) for body in tried)
    assert all(DIGESTS[FIRST] in image(cluster, "Deployment", name) for name in SERVICES)
    assert cluster.store.find("ConfigMap", "only-in-the-second", "bellwether") is None
    assert recorded(cluster) == (FIRST, "")
    # Its migrations had run, and going back does not run those of the first version.
    assert DIGESTS[SECOND] in image(cluster, "Job", "migrate-model")


def test_says_so_when_going_back_fails_too(
    installed: Outcome, cluster: FakeCluster, playbook: Playbook
) -> None:
    cluster.faults.hanging |= {f"frontend@sha256:{digest}" for digest in DIGESTS.values()}
    outcome = second(playbook)
    assert outcome.status != 0
    assert f"Going back to version {FIRST} failed too: Not rolled out within 4 s" in outcome.text
    assert "runs again" not in outcome.text
    assert recorded(cluster) == (FIRST, "")
