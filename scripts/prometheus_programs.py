"""Prometheus and Alertmanager, as Debian has them, each on a free port of 127.0.0.1."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx

from scripts.stack.ports import free_ports

_READY_SECONDS = 20.0
_END_SECONDS = 20.0


@contextlib.contextmanager
def serving(program: str, arguments: Sequence[str], log: Path) -> Iterator[str]:
    """Run one of them, and give its address once it is ready; it is ended afterwards.

    Parameters
    ----------
    program : str
        Its path.
    arguments : sequence of str
        All but the address that it listens on.
    log : Path
        The file that its output goes to.

    Raises
    ------
    RuntimeError
        Where it does not become ready; with its output.
    """
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *arguments, f"--web.listen-address={address}"],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(program, process, f"http://{address}", log)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(timeout=_END_SECONDS)


def _wait_until_ready(
    program: str, process: subprocess.Popen[bytes], address: str, log: Path
) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/-/ready", timeout=3.0).is_success:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{program} did not become ready:\n{log.read_text()}")
