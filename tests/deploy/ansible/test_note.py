"""A rollback by note brings back what ran before a deploy, however far that deploy came.

Each test goes on from the one before: nothing, the first version, the second.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .fake_cluster.server import FakeCluster
from .playbook import Outcome, Playbook
from .versions import DIGESTS, FIRST, SECOND, images

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def note(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("note") / "before.json"


def go_back(playbook: Playbook, note: Path) -> Outcome:
    return playbook.run(check=False, action="rollback", before_file=str(note))


def second(playbook: Playbook, note: Path) -> Outcome:
    return playbook.run(check=False, version=SECOND, images=images(SECOND), before_file=str(note))


def recorded(cluster: FakeCluster) -> tuple[str, str]:
    body = cluster.store.find("ConfigMap", "bellwether-release", "bellwether")
    assert body is not None
    return body["data"]["version"], body["data"]["previous"]


def runs(cluster: FakeCluster, version: str) -> bool:
    body = cluster.store.find("Deployment", "model", "bellwether")
    assert body is not None
    image: str = body["spec"]["template"]["spec"]["containers"][0]["image"]
    return DIGESTS[version] in image


def test_there_is_nothing_before_the_first(
    playbook: Playbook, cluster: FakeCluster, note: Path
) -> None:
    playbook.run(before_file=str(note))
    assert json.loads(note.read_text()) == {}
    outcome = go_back(playbook, note)
    assert outcome.status != 0
    assert "there is none to go back to" in outcome.text
    assert recorded(cluster) == (FIRST, "")


def test_a_check_notes_nothing(playbook: Playbook, note: Path) -> None:
    note.unlink()
    playbook.run("--check", before_file=str(note))
    assert not note.exists()


def test_a_deploy_that_went_back_by_itself_is_left_so(
    playbook: Playbook, cluster: FakeCluster, note: Path
) -> None:
    """Twice back would be one too many: what is recorded as running is what ran before."""
    cluster.faults.hanging.add(f"frontend@sha256:{DIGESTS[SECOND]}")
    assert second(playbook, note).status != 0
    cluster.faults.hanging.clear()
    assert json.loads(note.read_text())["version"] == FIRST
    outcome = go_back(playbook, note)
    assert outcome.status == 0, outcome.output
    assert f"Version {FIRST} runs again in the place of what was begun" in outcome.text
    assert runs(cluster, FIRST)
    assert recorded(cluster) == (FIRST, "")


def test_a_deploy_that_succeeded_is_gone_back_from(
    playbook: Playbook, cluster: FakeCluster, note: Path
) -> None:
    assert second(playbook, note).status == 0
    assert recorded(cluster) == (SECOND, FIRST)
    for _again in range(2):
        outcome = go_back(playbook, note)
        assert outcome.status == 0, outcome.output
        assert runs(cluster, FIRST)
        assert recorded(cluster) == (FIRST, SECOND)


def test_a_deploy_that_was_killed_is_gone_back_from(
    playbook: Playbook, cluster: FakeCluster, note: Path
) -> None:
    """Its services are half there, and nothing of it is recorded."""
    with cluster.lock:
        entry = cluster.store.entries["Deployment", "bellwether", "model"]
        [container] = entry.body["spec"]["template"]["spec"]["containers"]
        half = {**container, "image": f"registry.example.org/model@sha256:{DIGESTS[SECOND]}"}
        patch = {"spec": {"template": {"spec": {"containers": [half]}}}}
        cluster.store.merge(entry.kind, "bellwether", "model", patch, dry_run=False)
    assert runs(cluster, SECOND)
    outcome = go_back(playbook, note)
    assert outcome.status == 0, outcome.output
    assert runs(cluster, FIRST)
    assert recorded(cluster) == (FIRST, SECOND)


def test_another_deploy_in_between_is_not_undone(
    playbook: Playbook, cluster: FakeCluster, note: Path
) -> None:
    before = json.loads(note.read_text())
    note.write_text(json.dumps({**before, "version": "v0"}))
    changes = len(cluster.store.changes)
    outcome = go_back(playbook, note)
    assert outcome.status != 0
    assert "another deploy came in between" in outcome.text
    assert cluster.store.changes[changes:] == []
