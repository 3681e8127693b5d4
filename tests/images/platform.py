"""The platform of docker-compose.yml under podman-compose, on ports of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from scripts.images.builder import Builder
from scripts.images.local_bases import POSTGRES
from tests.images.engine import inspect, podman

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / ".venv-deploy/bin/podman-compose"
SERVICES = ("client", "server", "model", "worker", "postgres")
READY_SECONDS = 120.0
_PROBES = {"client": 5173, "server": 3000, "model": 4000, "worker": 4001}


class Platform:
    """All containers, from `up` to `down`; their volumes go with them.

    Parameters
    ----------
    folder : Path
        For the file of settings.
    images : Builder
        Knows the names of the images.
    """

    def __init__(self, folder: Path, images: Builder) -> None:
        self.project = f"bellwether-{os.getpid()}"
        self.token = secrets.token_hex(16)
        self.ports = {name: free_port() for name in ("FRONTEND", "BACKEND", "MODEL")}
        self._settings = folder / "settings.env"
        values = {
            "BELLWETHER_ENVIRONMENT": "production",
            "POSTGRES_IMAGE": POSTGRES,
            "REGISTRY": images.registry,
            "TAG": images.tag,
            "LOG_DRIVER": "k8s-file",
            "BACKEND_YAHOO_ENABLED": "false",
            "MODEL_SERVICE_TOKEN": self.token,
            **{f"{name}_PORT": str(port) for name, port in self.ports.items()},
            **{
                f"{name}_PASSWORD": secrets.token_hex(12)
                for name in ("POSTGRES", "BACKEND_DB", "MODEL_DB")
            },
        }
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        self._settings.chmod(0o600)
        self.secrets = [value for name, value in values.items() if "PASSWORD" in name]
        self.ready_seconds = 0.0

    def __enter__(self) -> Self:
        started = time.monotonic()
        self._compose("up", "--detach", "--no-build")
        try:
            self.wait_until_ready()
        except BaseException:
            self.print_logs()
            self._compose("down", "--volumes")
            raise
        self.ready_seconds = time.monotonic() - started
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._compose("down", "--volumes")

    @property
    def page_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['FRONTEND']}"

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['BACKEND']}"

    @property
    def model_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['MODEL']}"

    def container(self, service: str) -> str:
        """The name of a service's container."""
        return f"{self.project}_{service}_1"

    def process(self, service: str) -> int:
        """The process id, on this machine, of a container's first process; 0 while it has none."""
        return int(inspect("container", self.container(service))["State"]["Pid"])

    def execute(self, service: str, *command: str, check: bool = True) -> str:
        """What a command in a container printed."""
        return podman("exec", self.container(service), *command, check=check)

    def is_ready(self, service: str) -> bool:
        """Whether a service says, from within its container, that it can do its work."""
        if service == "postgres":
            command = ["pg_isready", "--quiet", "--host=127.0.0.1", "--username=postgres"]
        elif service == "client":
            return _answers(f"{self.page_url}/readyz")
        else:
            url = f"http://127.0.0.1:{_PROBES[service]}/readyz"
            code = f"import urllib.request as r; r.urlopen({url!r}, timeout=3)"
            command = ["python", "-c", code]
        try:
            result = subprocess.run(
                ["podman", "exec", self.container(service), *command],
                capture_output=True,
                timeout=20,
            )
        except subprocess.TimeoutExpired:
            return False
        return result.returncode == 0

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> float:
        """Wait for all services and tell how long it took."""
        started = time.monotonic()
        waited_for = list(SERVICES)
        while waited_for:
            waited_for = [name for name in waited_for if not self.is_ready(name)]
            passed = time.monotonic() - started
            assert passed < seconds, f"not ready after {passed:.0f} s: {waited_for}"
            time.sleep(0.2)
        return time.monotonic() - started

    def kill(self, service: str) -> int:
        """SIGKILL to a container's first process, as the kernel does it; tells which it was."""
        victim = self.process(service)
        assert victim > 0, f"{service} runs no process"
        os.kill(victim, signal.SIGKILL)
        return victim

    def put_agents(self, folder: Path) -> None:
        """Copy agents into the volume of the model service."""
        for agent in folder.iterdir():
            podman("cp", str(agent), f"{self.container('model')}:/var/lib/bellwether/agents/")

    def print_logs(self) -> None:
        """The last lines of every container, for whoever reads the failure."""
        for service in SERVICES:
            lines = podman("logs", "--tail", "25", self.container(service), check=False)
            print(f"--- {service}\n{lines}")

    def _compose(self, *arguments: str) -> None:
        command = [str(COMPOSE), "--env-file", str(self._settings), "-p", self.project, *arguments]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert result.returncode == 0, f"{' '.join(arguments)}: {result.stderr[-3000:]}"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=3).status_code == HTTPStatus.OK
    except httpx.TransportError:
        return False
