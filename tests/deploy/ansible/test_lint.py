"""The playbooks by ansible-lint and by rules of our own, each shown to find what it is for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .playbook import ANSIBLE, TOOLS, Outcome, run_tool

pytestmark = pytest.mark.timeout(300)

INSECURE = re.compile(
    r"validate_certs:\s*[\"']?(false|no|off|0)\b|insecure-skip-tls-verify|verify_ssl:\s*(false|no)"
    r"|GIT_SSL_NO_VERIFY|accept_hostkey:\s*(true|yes)|host_key_checking\s*=\s*(false|no)",
    re.IGNORECASE,
)
SHELL = re.compile(r"\b(command|shell|raw|script|expect)\s*:")

PLANTED = {
    "command-instead-of-module": """\
- name: Restart the service
  ansible.builtin.command: systemctl restart kubelet
  changed_when: true
""",
    "no-changed-when": """\
- name: Apply by hand
  ansible.builtin.command: kubectl apply -f manifests.yaml
""",
    "name[missing]": """\
- ansible.builtin.debug:
    msg: Nothing says what this is.
""",
    "risky-file-permissions": """\
- name: Write a file
  ansible.builtin.copy:
    content: text
    dest: /srv/file
""",
}


def lint(*paths: Path | str, cwd: Path, folder: Path) -> Outcome:
    command = [str(TOOLS / "bin" / "ansible-lint"), "--profile", "production", "--offline"]
    return run_tool([*command, "--nocolor", *map(str, paths)], folder, cwd=cwd)


def sources() -> list[Path]:
    return [
        path
        for path in ANSIBLE.rglob("*")
        if path.suffix in (".yml", ".j2", ".cfg") and path.name != "vault.yml"
    ]


def strip_comments(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.split("#", 1)[0] for line in lines)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree") / "ansible"
    shutil.copytree(ANSIBLE, folder, ignore=shutil.ignore_patterns("vault*.yml", ".ansible"))
    return folder


def test_lints(tree: Path, tmp_path: Path) -> None:
    """A copy: ansible-lint leaves a folder behind where it runs."""
    outcome = lint(cwd=tree, folder=tmp_path)
    assert outcome.status == 0, outcome.output
    assert "0 failure(s), 0 warning(s)" in outcome.text


def test_lint_finds_planted_mistakes(tree: Path, tmp_path: Path) -> None:
    planted = tmp_path / "ansible" / "roles" / "planted" / "tasks" / "main.yml"
    planted.parent.mkdir(parents=True)
    planted.write_text("".join(PLANTED.values()), encoding="utf-8")
    outcome = lint(planted, cwd=tmp_path / "ansible", folder=tmp_path / "home")
    assert outcome.status != 0
    assert [rule for rule in PLANTED if rule not in outcome.output] == []


@pytest.mark.parametrize("name", ["site.yml", "secrets.yml"])
def test_syntax(name: str, tmp_path: Path) -> None:
    assert syntax(ANSIBLE / name, tmp_path).status == 0


def test_syntax_check_finds_a_planted_mistake(tree: Path, tmp_path: Path) -> None:
    site = tree / "planted.yml"
    text = (tree / "site.yml").read_text(encoding="utf-8")
    site.write_text(text.replace("rescue:", "rescued:", 1), encoding="utf-8")
    outcome = syntax(site, tmp_path)
    site.unlink()
    assert outcome.status != 0
    assert "rescued" in outcome.output


def syntax(path: Path, folder: Path) -> Outcome:
    command = [str(TOOLS / "bin" / "ansible-playbook"), "--syntax-check", str(path)]
    return run_tool([*command, "-i", str(ANSIBLE / "inventories" / "local")], folder)


def test_certificates_are_always_verified() -> None:
    assert [path for path in sources() if INSECURE.search(strip_comments(path))] == []


@pytest.mark.parametrize(
    "line",
    [
        "validate_certs: false",
        "validate_certs: 'no'",
        "command: kubectl apply --insecure-skip-tls-verify",
        "verify_ssl: false",
        'GIT_SSL_NO_VERIFY: "1"',
        "host_key_checking = False",
    ],
)
def test_insecure_lines_would_be_found(line: str) -> None:
    assert INSECURE.search(line)
    assert not INSECURE.search("validate_certs: true")


def test_nothing_runs_a_command() -> None:
    """kubectl renders, through the lookup; it is no task's command."""
    assert [path for path in sources() if SHELL.search(strip_comments(path))] == []
    assert SHELL.search("  ansible.builtin.command: kubectl apply")
    assert SHELL.search("  shell: kubectl apply")


def logged_secrets(text: str) -> list[str]:
    """Tasks that make or send Secrets and do not hide what they did."""
    tasks = re.split(r"\n(?=\s*- name:)", text)
    return [
        task
        for task in tasks
        if "secret_objects" in task and not re.search(r"(no_log|deploy_hidden): true", task)
    ]


def test_tasks_with_secrets_are_not_logged() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sources() if "tasks" in path.parts]
    assert [task for text in texts for task in logged_secrets(text)] == []
    planned = (ANSIBLE / "roles/deploy/tasks/plan.yml").read_text(encoding="utf-8")
    assert len(logged_secrets(planned.replace("no_log: true", ""))) == 1


def test_nothing_secret_is_in_the_repository(tmp_path: Path) -> None:
    """Only encrypted vaults could be, and those are ignored by Git."""
    listed = run_tool(["git", "ls-files", str(ANSIBLE)], tmp_path).output
    assert "site.yml" in listed
    assert re.search(r"vault[^/]*\.yml|password$|\.pem|\.key", listed, re.MULTILINE) is None
