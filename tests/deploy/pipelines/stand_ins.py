"""What stands in for a registry, a cluster and a deployed platform when steps are rehearsed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.stack.ports import free_ports
from tests.deploy.ansible.conftest import SECRETS
from tests.deploy.ansible.fake_cluster.certificates import make_certificates
from tests.deploy.ansible.fake_cluster.kinds import BUILT_IN, EXTENSIONS
from tests.deploy.ansible.fake_cluster.server import FakeCluster

from .running import ROOT

START_SECONDS = 180
REGISTRY_USER = "pusher"
REGISTRY_PASSWORD = "rehearsal-password"  # noqa: S105 (only here)
SITE_PASSWORD = "password-of-the-site-9"  # noqa: S105 (only here)

_HASHED = "$2b$08$fm14d.aoQMdwbWrpYipsLuH80n1pIFTkUixwjS0lP2iJjmsaZBLSm"
_REGISTRY = """\
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/images}}}}
http: {{addr: "127.0.0.1:{port}"}}
auth: {{htpasswd: {{realm: rehearsal, path: {folder}/htpasswd}}}}
"""
_OVER_HTTP = '[[registry]]\nlocation = "{address}"\ninsecure = true\n'


@dataclass(frozen=True)
class Registry:
    """Where it answers, and what podman has to be told of it."""

    address: str
    environment: dict[str, str]


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[Registry | None]:
    """Debian's docker-registry, asking for a password; nothing where it is not installed."""
    program = shutil.which("docker-registry")
    if program is None:
        yield None
        return
    [port] = free_ports(1)
    (folder / "htpasswd").write_text(f"{REGISTRY_USER}:{_HASHED}\n")
    configuration = folder / "registry.yml"
    configuration.write_text(_REGISTRY.format(folder=folder, port=port))
    known = folder / "registries.conf"
    known.write_text(_OVER_HTTP.format(address=f"127.0.0.1:{port}"))
    with (folder / "registry.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", str(configuration)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(f"http://127.0.0.1:{port}/", process)
        yield Registry(f"127.0.0.1:{port}", {"CONTAINERS_REGISTRIES_CONF": str(known)})
    finally:
        process.terminate()
        process.wait(timeout=30)


@dataclass(frozen=True)
class Cluster:
    kubeconfig: Path
    site: Path


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """An API server that remembers and plays the controllers, and the vault of its site."""
    place = folder / "cluster"
    place.mkdir()
    variables = {
        "bellwether_secrets": SECRETS,
        "bellwether_context": "fake",
        "bellwether_postgres_digest": f"sha256:{'3' * 64}",
        "bellwether_smoke_urls": [],
        "bellwether_site": {
            "host": "trade.example.org",
            "ingress-class": "nginx",
            "ingress-namespace": "ingress-nginx",
            "shared-storage-class": "standard",
        },
        "bellwether_poll_seconds": 1,
    }
    site, password = place / "site.yml", place / "password"
    site.write_text(json.dumps(variables))
    password.write_text(SITE_PASSWORD)
    vault = [str(ROOT / ".venv-deploy/bin/ansible-vault"), "encrypt", "--vault-password-file"]
    subprocess.run([*vault, str(password), str(site)], check=True, capture_output=True, timeout=60)
    password.unlink()
    with FakeCluster(make_certificates(place), kinds=BUILT_IN + EXTENSIONS) as running:
        yield Cluster(running.write_kubeconfig(place / "kubeconfig"), site)


@contextlib.contextmanager
def platform(clone: Path, state: Path) -> Iterator[str]:
    """The services of a clone, as `make up` starts them, on ports that are free."""
    model, worker, gateway, page = free_ports(4)
    environment = {
        **os.environ,
        "BELLWETHER_STATE_DIR": str(state),
        "MODEL_SENTIMENT_ENGINE": "lite",
        "MODEL_SENTIMENT_EXPORT": "0",
        "MODEL_PORT": str(model),
        "BACKEND_PORT": str(gateway),
        "MODEL_WORKER_PORT": str(worker),
        "FRONTEND_PORT": str(page),
    }
    state.mkdir()
    with (state / "output").open("wb") as log:
        process = subprocess.Popen(
            [str(clone / ".venv/bin/python"), "-m", "scripts.stack", "--tied"],
            cwd=clone,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        origin = f"http://127.0.0.1:{page}"
        _wait(f"{origin}/", process)
        yield origin
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310 (http)
            return
        time.sleep(0.5)
    raise RuntimeError(f"{address} does not answer.")
