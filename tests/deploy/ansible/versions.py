"""A Git repository with two versions of the manifests, made from those of this repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from .playbook import ROOT

FIRST = "v1"
SECOND = "v2"
DIGESTS = {FIRST: "1" * 64, SECOND: "2" * 64}

ADDED = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: only-in-the-second
  labels:
    app.kubernetes.io/part-of: bellwether
data:
  answer: "2"
"""


def make_repository(folder: Path) -> Path:
    """Tags `v1` and `v2`: the manifests as they are, and with one object more."""
    manifests = folder / "deploy" / "k8s"
    shutil.copytree(ROOT / "deploy" / "k8s", manifests)
    # The component `monitoring` takes them from there.
    dashboards = Path("observability/grafana/dashboards")
    shutil.copytree(ROOT / dashboards, folder / dashboards)
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _commit(folder, FIRST)
    (manifests / "base" / "added.yaml").write_text(ADDED, encoding="utf-8")
    kustomization = manifests / "base" / "kustomization.yaml"
    text = kustomization.read_text(encoding="utf-8")
    assert text.count("\nresources:\n") == 1
    text = text.replace("\nresources:\n", "\nresources:\n  - added.yaml\n")
    kustomization.write_text(text, encoding="utf-8")
    _commit(folder, SECOND)
    return folder


def images(version: str) -> list[dict[str, Any]]:
    """The images of a version, by digest, as a pipeline would give them."""
    names = ("bellwether/backend", "bellwether/frontend", "bellwether/model")
    return [
        {
            "name": name,
            "newName": f"registry.example.org/{name}",
            "digest": f"sha256:{DIGESTS[version]}",
        }
        for name in names
    ]


def _commit(folder: Path, tag: str) -> None:
    _git(folder, "add", ".")
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org")
    _git(folder, *who, "commit", "--quiet", "--message", tag)
    _git(folder, "tag", tag)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, timeout=60)
