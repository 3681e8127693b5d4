"""A Ray cluster of several nodes on this machine, each a process that a test can kill."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from scripts.stack.ports import free_ports
from tests.faults.installation import wait_until

UNIT_TITLE = "ray::make_on_node"
"""What Ray calls the processes that make units."""

_OBJECT_STORE_BYTES = 80_000_000
_START_SECONDS = 60.0
_ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # So long nodes wait for a head that is gone before they end; by default a minute.
    "RAY_gcs_rpc_server_reconnect_timeout_s": "10",
}


class RayNode:
    """One node: ``ray start --block`` and everything that it starts."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        with log.open("ab") as target:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *arguments],
                env={**os.environ, **_ENVIRONMENT},
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._log = log
        self._started_at = log.stat().st_size

    def wait_until_ready(self) -> None:
        """Until Ray says that it runs."""

        def is_ready() -> bool:
            if self.has_ended():
                raise RuntimeError(self._log.read_text(errors="replace")[-2_000:])
            return b"Ray runtime started" in self._log.read_bytes()[self._started_at :]

        wait_until(is_ready, _START_SECONDS)

    def processes(self) -> list[psutil.Process]:
        """All processes of the node."""
        with contextlib.suppress(psutil.NoSuchProcess):
            own = psutil.Process(self._process.pid)
            return [own, *own.children(recursive=True)]
        return []

    def process_named(self, name: str) -> psutil.Process:
        """The one process of this name."""
        (found,) = [one for one in self.processes() if one.name() == name]
        return found

    def has_ended(self) -> bool:
        """Whether it is no more."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """Kill all its processes, as a machine that loses its power does."""
        processes = self.processes()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for one in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait(timeout=10)
        psutil.wait_procs(processes, timeout=10)


class RayCluster:
    """A head, and nodes that are added to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port, self._client_port = free_ports(2)
        self.address = f"127.0.0.1:{self._port}"
        self.nodes: list[RayNode] = []

    def start_head(self, cpus: int) -> RayNode:
        """Start the head; after it was killed it comes back under the same address."""
        return self._start(
            cpus,
            "--head",
            f"--port={self._port}",
            f"--ray-client-server-port={self._client_port}",
            f"--temp-dir={self._folder / 'ray'}",
            "--include-dashboard=false",
            "--disable-usage-stats",
        )

    def add_node(self, cpus: int) -> RayNode:
        """Add a node."""
        return self._start(cpus, f"--address={self.address}")

    def _start(self, cpus: int, *arguments: str) -> RayNode:
        (agent_port,) = free_ports(1)
        common = [
            "--node-ip-address=127.0.0.1",
            f"--num-cpus={cpus}",
            f"--object-store-memory={_OBJECT_STORE_BYTES}",
            f"--dashboard-agent-listen-port={agent_port}",
        ]
        node = RayNode([*arguments, *common], self._folder / f"node-{len(self.nodes)}.log")
        self.nodes.append(node)
        node.wait_until_ready()
        return node

    def processes(self) -> list[psutil.Process]:
        """All processes of all nodes."""
        return [one for node in self.nodes for one in node.processes()]

    def units(self) -> list[psutil.Process]:
        """The processes that make units."""
        return [one for one in self.processes() if titled(one, UNIT_TITLE)]


@contextlib.contextmanager
def ray_cluster() -> Iterator[RayCluster]:
    """A cluster without nodes, whose processes are all gone in the end."""
    # Ray's sockets lie in it, and their paths may have a hundred characters only.
    folder = Path(tempfile.mkdtemp(prefix="ray-"))
    cluster = RayCluster(folder)
    try:
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
        left = [one for one in psutil.process_iter() if _mentions(one, str(folder))]
        for one in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(left, timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def titled(process: psutil.Process, title: str) -> bool:
    """Whether a process runs under a title."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return process.cmdline()[:1] == [title]
    return False


def is_alive(process: psutil.Process) -> bool:
    """Whether a process does anything yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() not in _ENDED
    return False


def _mentions(process: psutil.Process, folder: str) -> bool:
    """Whether a process was started for a folder of ours: nobody else's has its name."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return any(folder in argument for argument in process.cmdline())
    return False
