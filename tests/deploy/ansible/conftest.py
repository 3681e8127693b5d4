"""Clusters, vaults and repositories for the tests of the playbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .fake_cluster.certificates import Certificates, make_certificates
from .fake_cluster.server import FakeCluster
from .playbook import TOOLS, Playbook, run_tool
from .versions import FIRST, images, make_repository

VAULT_PASSWORD = "example-vault-password"  # noqa: S105 (only here)
SECRETS = {
    "model_service_token": "token-Zq8fK3vLw9Rx2Tb7Yn5M",
    "postgres_password": "superuser-pw-Hd72",
    "backend_password": "gateway/pw:with@signs-Jq51",
    "model_password": "model-pw%and#more-Lk93",
}


@pytest.fixture(scope="session", autouse=True)
def _tools() -> None:
    """Without the tools nothing would be proved: that is a failure and no reason to skip."""
    assert (TOOLS / "bin" / "ansible-playbook").exists(), "run python -m scripts.deploy_tools"


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="session")
def vault_password(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("password") / "vault-password"
    path.touch(mode=0o600)
    path.write_text(VAULT_PASSWORD, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def make_vault(
    tmp_path_factory: pytest.TempPathFactory, vault_password: Path
) -> Callable[..., Path]:
    """Encrypts secrets: the usual ones, with some of them in the place of others."""

    def make(**others: Any) -> Path:
        folder = tmp_path_factory.mktemp("vault")
        path = folder / "vault.yml"
        path.write_text(yaml.safe_dump({"bellwether_secrets": SECRETS | others}), encoding="utf-8")
        password = ("--vault-password-file", str(vault_password))
        run = run_tool(
            [str(TOOLS / "bin" / "ansible-vault"), "encrypt", *password, str(path)], folder
        )
        assert run.status == 0, run.output
        assert path.read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
        return path

    return make


@pytest.fixture(scope="session")
def vault(make_vault: Callable[..., Path]) -> Path:
    return make_vault()


@pytest.fixture(scope="module")
def cluster(certificates: Certificates) -> Iterator[FakeCluster]:
    with FakeCluster(certificates) as running:
        yield running


@pytest.fixture(scope="module")
def playbook(
    cluster: FakeCluster,
    repository: Path,
    vault: Path,
    vault_password: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Playbook:
    folder = tmp_path_factory.mktemp("run")
    return Playbook(
        folder=folder,
        kubeconfig=cluster.write_kubeconfig(folder / "kubeconfig"),
        vault=vault,
        vault_password=vault_password,
        repository=repository,
        variables={"version": FIRST, "images": images(FIRST)},
    )
