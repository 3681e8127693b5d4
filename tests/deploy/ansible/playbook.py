"""Runs the real playbook, as `make deploy` does, against whatever a kubeconfig names."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ANSIBLE = ROOT / "deploy" / "ansible"
TOOLS = ROOT / ".venv-deploy"
LONGEST_SECONDS = 240
RECAP = re.compile(r"^\S+\s+: ok=\d+ .*$", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """What one run printed, and its exit status."""

    status: int
    output: str

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of the recap, of the only host."""
        lines = RECAP.findall(self.output)
        assert len(lines) == 1, self.output
        return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", lines[0])}

    @property
    def text(self) -> str:
        """The output with every run of white space as one space: the printer wraps lines."""
        return re.sub(r"\s+", " ", self.output)


@dataclass(frozen=True)
class Playbook:
    """What all runs of a test have in common."""

    folder: Path
    kubeconfig: Path
    vault: Path
    vault_password: Path
    repository: Path
    variables: dict[str, Any] = field(default_factory=dict)

    def run(
        self, *arguments: str, inventory: str = "local", check: bool = True, **variables: Any
    ) -> Outcome:
        """Run `site.yml`; `variables` are those of the inventory without their prefix."""
        fast = {"poll_seconds": 1, "rollout_timeout_seconds": 4, "verify_timeout_seconds": 8}
        given = {
            "context": "fake",
            "kubeconfig": str(self.kubeconfig),
            "repository": str(self.repository),
            **fast,
            **self.variables,
            **variables,
        }
        named = {f"bellwether_{name}": value for name, value in given.items()}
        command = [
            *(str(TOOLS / "bin" / "ansible-playbook"), str(ANSIBLE / "site.yml")),
            *("--inventory", str(ANSIBLE / "inventories" / inventory)),
            *("--vault-password-file", str(self.vault_password)),
            *("--extra-vars", f"@{self.vault}", "--extra-vars", json.dumps(named)),
            *arguments,
        ]
        outcome = run_tool(command, self.folder)
        assert not check or outcome.status == 0, outcome.output
        return outcome


def run_tool(command: list[str], folder: Path, *, cwd: Path = ROOT) -> Outcome:
    """Run a tool of the deployment with a home and temporary folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    environment = {
        "LC_ALL": "C.UTF-8",
        **kept,
        "PATH": f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        # The client keeps what it discovered here, by the server's address.
        "TMPDIR": str(folder),
        "ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(TOOLS / "collections"),
        "ANSIBLE_NOCOLOR": "1",
    }
    result = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_SECONDS,
    )
    return Outcome(result.returncode, result.stdout)
