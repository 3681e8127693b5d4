"""podman as these tests use it, on hosts where some of its defaults do not work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

COMMAND_SECONDS = 120.0
HOME = "/root"
"""Of whoever builds, within a build."""
_LIMITS = ("nofile=1024:1024", "nproc=1024:1024")
_CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


def engine_environment(folder: Path) -> dict[str, str]:
    """What podman reads its configuration from: runc, limits that any host grants, no systemd."""
    file = folder / "containers.conf"
    file.write_text(_CONFIGURATION)
    return {"CONTAINERS_CONF": str(file)}


def build_flags(folder: Path) -> list[str]:
    """Arguments of ``podman build``: this machine's network, and what its pip and npm are told.

    A machine behind a mirror or with a certificate of its own has both in the configuration of
    its package managers; a build needs the same and leaves nothing of it in the image.
    """
    flags = ["--runtime", "runc", "--network", "host"]
    flags += [part for limit in _LIMITS for part in ("--ulimit", limit)]
    certificates = Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
    pip, npm = ["[global]"], []
    if certificates.is_file():
        shutil.copyfile(certificates, folder / "ca.crt")
        pip.append("cert = /etc/build/ca.crt")
        npm.append("cafile=/etc/build/ca.crt")
    wheels = _pip_setting("find-links")
    if wheels and Path(wheels).is_dir():
        pip.append("find-links = /etc/build-wheels")
        flags += ["--volume", f"{wheels}:/etc/build-wheels:ro"]
    for name, lines in (("pip.conf", pip), ("npmrc", npm)):
        (folder / name).write_text("\n".join(lines) + "\n")
    for source, target in (
        (folder, "/etc/build"),
        (folder / "pip.conf", "/etc/pip.conf"),
        (folder / "npmrc", f"{HOME}/.npmrc"),
    ):
        flags += ["--volume", f"{source}:{target}:ro"]
    return flags


def _pip_setting(name: str) -> str:
    """What pip on this machine was told, or nothing."""
    variable = os.environ.get(f"PIP_{name.upper().replace('-', '_')}")
    return (variable or "").strip()


def podman(*arguments: str, timeout: float = COMMAND_SECONDS, check: bool = True) -> str:
    """What podman printed.

    Raises
    ------
    AssertionError
        Where it fails, with what it said.
    """
    result = subprocess.run(
        ["podman", *arguments], capture_output=True, text=True, timeout=timeout, check=False
    )
    if check:
        assert result.returncode == 0, f"podman {' '.join(arguments)}: {result.stderr[-2000:]}"
    return result.stdout


def inspect(kind: str, name: str) -> dict[str, Any]:
    """What podman knows of an image or a container."""
    [found] = json.loads(podman(kind, "inspect", name))
    return dict(found)
