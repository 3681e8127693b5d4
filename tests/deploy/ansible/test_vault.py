"""secrets.yml: makes a vault with random values, and renews single ones."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from .playbook import ANSIBLE, TOOLS, Outcome, run_tool

pytestmark = pytest.mark.timeout(120)

MADE = {
    *("model_service_token", "postgres_password", "backend_password", "model_password"),
    "ray_token",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the playbooks: the vault is written into the inventory."""
    return Path(
        shutil.copytree(
            ANSIBLE,
            tmp_path_factory.mktemp("tree") / "ansible",
            ignore=shutil.ignore_patterns("vault*.yml"),
        )
    )


def make(tree: Path, password: Path, *more: str) -> Outcome:
    command = [
        *(str(TOOLS / "bin" / "ansible-playbook"), str(tree / "secrets.yml")),
        *("-i", str(tree / "inventories" / "local"), "--diff", "-vvv"),
        *("-e", "secrets_inventory=local", "-e", f"secrets_password_file={password}", *more),
    ]
    return run_tool(command, tree.parent)


def read(tree: Path, password: Path) -> dict[str, Any]:
    command = [str(TOOLS / "bin" / "ansible-vault"), "view", "--vault-password-file", str(password)]
    shown = run_tool([*command, str(vault_file(tree))], tree.parent)
    assert shown.status == 0, shown.output
    return dict(yaml.safe_load(shown.output)["bellwether_secrets"])


def vault_file(tree: Path) -> Path:
    return tree / "inventories" / "local" / "group_vars" / "ansible_nodes" / "vault.yml"


def test_makes_renews_and_writes_over_nothing(tree: Path, vault_password: Path) -> None:
    made = make(tree, vault_password)
    assert made.status == 0, made.output
    assert vault_file(tree).read_text(encoding="utf-8").startswith("$ANSIBLE_VAULT;")
    assert vault_file(tree).stat().st_mode & 0o777 == 0o600
    first = read(tree, vault_password)
    assert set(first) == MADE
    assert all(len(value) == 40 for value in first.values())
    assert len(set(first.values())) == len(first)

    refused = make(tree, vault_password)
    assert refused.status != 0
    assert "is there already" in refused.text

    renewed = make(tree, vault_password, "-e", '{"secrets_renew": ["model_service_token"]}')
    assert renewed.status == 0, renewed.output
    second = read(tree, vault_password)
    assert {name for name in MADE if first[name] != second[name]} == {"model_service_token"}
    told = made.output + renewed.output
    assert [value for value in (*first.values(), *second.values()) if value in told] == []


def test_git_ignores_the_vault(tmp_path: Path) -> None:
    path = "deploy/ansible/inventories/production/group_vars/ansible_nodes/vault.yml"
    assert run_tool(["git", "check-ignore", "--quiet", path], tmp_path).status == 0
