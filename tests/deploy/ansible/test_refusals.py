"""What is refused before anything is sent; the cluster stays as empty as it was."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .fake_cluster.certificates import Certificates, make_certificates
from .fake_cluster.server import FakeCluster
from .playbook import Outcome, Playbook

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def _nothing_is_written(cluster: FakeCluster) -> Iterator[None]:
    yield
    cluster.faults.forbidden.clear()
    assert cluster.store.changes == []
    assert [request for request in cluster.requests if request.writes] == []


def refused(playbook: Playbook, *arguments: str, **variables: Any) -> Outcome:
    outcome = playbook.run(*arguments, check=False, **variables)
    assert outcome.status != 0
    return outcome


def test_placeholders_are_named_and_not_shown(
    playbook: Playbook, make_vault: Callable[..., Path]
) -> None:
    with_placeholder = replace(
        playbook,
        vault=make_vault(backend_password="Changeme-please-1", model_service_token="short"),  # noqa: S106
    )
    text = refused(with_placeholder).text
    assert "backend_password is a placeholder" in text
    assert "model_service_token has fewer than 24 characters" in text
    assert "Changeme-please-1" not in text


def test_secret_of_the_wrong_type_is_not_shown(
    playbook: Playbook, make_vault: Callable[..., Path]
) -> None:
    vault = make_vault(model_service_token=["in-a-list-by-mistake-Fg6"])
    text = refused(replace(playbook, vault=vault), "-vvv").text
    assert "model_service_token is no text" in text
    assert "in-a-list-by-mistake-Fg6" not in text


def test_argument_of_the_wrong_type(playbook: Playbook) -> None:
    text = refused(playbook, images={"bellwether/model": "v1"}).text
    assert "Validation of arguments failed" in text
    assert "'bellwether_images'" in text


def test_missing_argument(playbook: Playbook) -> None:
    path = playbook.folder / "nothing.yml"
    path.write_text("{}", encoding="utf-8")
    text = refused(replace(playbook, vault=path)).text
    assert "missing required arguments: bellwether_secrets" in text


def test_production_wants_digests(playbook: Playbook) -> None:
    text = refused(playbook, inventory="production", images=[]).text
    assert "Named by neither digest nor commit" in text
    assert f"docker.io/library/postgres@sha256:{'0' * 64}" in text


def test_kind_without_its_operator(playbook: Playbook) -> None:
    text = refused(playbook, components=["keda"]).text
    assert "The cluster does not know ScaledObject (keda.sh/v1alpha1)" in text


def test_component_that_leaves_its_folder(playbook: Playbook) -> None:
    assert "without dots and slashes" in refused(playbook, components=["../../../etc"]).text


def test_permissions(playbook: Playbook, cluster: FakeCluster) -> None:
    cluster.faults.forbidden |= {("create", "namespaces"), ("delete", "jobs")}
    text = refused(playbook).text
    assert "The user of this kubeconfig may not: create namespaces, delete jobs" in text


def test_storage_class(playbook: Playbook) -> None:
    wish = [
        {
            "target": {"kind": "PersistentVolumeClaim", "name": "dataset"},
            "patch": '[{"op": "add", "path": "/spec/storageClassName", "value": "golden"}]',
        }
    ]
    assert "the cluster has no storage class golden" in refused(playbook, patches=wish).text


def test_preflight_alone_deploys_nothing(playbook: Playbook) -> None:
    assert playbook.run("--tags", "preflight").counts["changed"] == 0


def test_verifying_alone_goes_back_to_nothing(playbook: Playbook) -> None:
    text = refused(playbook, "--tags", "verify", rollout_timeout_seconds=1).text
    assert "StatefulSet postgres is not there" in text
    assert "Nothing was changed." in text


def test_nothing_to_go_back_to(playbook: Playbook) -> None:
    assert "No earlier version is recorded" in refused(playbook, action="rollback").text


def test_another_authority_is_refused(
    playbook: Playbook, cluster: FakeCluster, tmp_path: Path
) -> None:
    """A server that has some certificate, but none of the authority that is trusted."""
    other: Certificates = make_certificates(tmp_path / "other")
    path = cluster.write_kubeconfig(tmp_path / "kubeconfig", authority=other.authority)
    seen = len(cluster.requests)
    text = refused(playbook, kubeconfig=str(path)).text
    assert "was not reached with a verified certificate" in text
    assert "CERTIFICATE_VERIFY_FAILED" in text
    assert cluster.requests[seen:] == []


def test_kubeconfig_cannot_turn_verification_off(
    playbook: Playbook, cluster: FakeCluster, tmp_path: Path
) -> None:
    path = cluster.write_kubeconfig(tmp_path / "kubeconfig")
    text = path.read_text(encoding="utf-8")
    authority = next(line for line in text.splitlines() if "certificate-authority" in line)
    insecure = authority.split("certificate-authority")[0] + "insecure-skip-tls-verify: true"
    path.write_text(text.replace(authority, insecure), encoding="utf-8")
    assert "CERTIFICATE_VERIFY_FAILED" in refused(playbook, kubeconfig=str(path)).text


def test_server_that_never_answers(
    playbook: Playbook, cluster: FakeCluster, tmp_path: Path
) -> None:
    """Connections are taken, and nothing comes back."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        path = cluster.write_kubeconfig(tmp_path / "kubeconfig")
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        text = path.read_text(encoding="utf-8").replace(cluster.url, address)
        path.write_text(text, encoding="utf-8")
        begun = time.monotonic()
        text = refused(playbook, kubeconfig=str(path), api_timeout_seconds=3).text
    assert "was not reached" in text
    assert time.monotonic() - begun < 40


def test_old_cluster(certificates: Certificates, playbook: Playbook, tmp_path: Path) -> None:
    with FakeCluster(certificates, minor="34+") as old:
        path = old.write_kubeconfig(tmp_path / "kubeconfig")
        text = refused(playbook, kubeconfig=str(path)).text
    assert "Kubernetes 1.34" in text
    assert "is too old" in text
