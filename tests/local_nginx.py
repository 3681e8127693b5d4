"""Debian's nginx on this machine, run by the image's own start script on free ports."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.stack.ports import free_ports

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "frontend" / "nginx"
SCRATCH = "/tmp/"  # noqa: S108 - of the image, where nobody else is
WAIT_SECONDS = 15.0


@dataclass(frozen=True)
class PageServer:
    """A running nginx.

    Attributes
    ----------
    url : str
        What browsers speak to.
    metrics_url : str
        What Prometheus reads.
    """

    url: str
    metrics_url: str
    metrics_port: int
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """The access log; a line that is no JSON fails."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def wait_for_lines(self, number: int) -> list[dict[str, Any]]:
        """The access log, once it has so many lines: they are written behind the answer."""
        deadline = time.monotonic() + WAIT_SECONDS
        while self.log.read_text().count("\n") < number:
            assert time.monotonic() < deadline, f"fewer than {number} lines: {self.lines()}"
            time.sleep(0.01)
        return self.lines()


@contextlib.contextmanager
def page_server(
    folder: Path, backend_url: str, template: str | None = None, **variables: str
) -> Iterator[PageServer]:
    """Serve a page of one file out of `folder`, with the way to a gateway.

    `template` stands in for the one of the image. Skipped where nginx is missing, but not where
    everything is meant to be there.
    """
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing (Debian: nginx-light)")
        pytest.skip("nginx is missing (Debian: nginx-light)")
    port, metrics_port = free_ports(2)
    log = folder / "access.log"
    places = {
        # What the image has, and what stands in for it here. First of all, since what is put in
        # may lie below it too:
        SCRATCH: f"{folder}/",
        "listen 5173": f"listen 127.0.0.1:{port}",
        "listen 5174": f"listen 127.0.0.1:{metrics_port}",
        '"~^5174 ': f'"~^{metrics_port} ',
        "/usr/share/bellwether": str(folder / "page"),
        "/dev/stdout": str(log),
    }
    text = (SOURCES / "nginx.conf.template").read_text() if template is None else template
    start = (SOURCES / "start.sh").read_text()
    for old, new in places.items():
        assert old in text, f"the template does not say {old}"
        text = text.replace(old, new)
    (folder / "page").mkdir()
    (folder / "page" / "index.html").write_text("<title>Page</title>")
    (folder / "nginx.conf.template").write_text(text)
    start = start.replace(SCRATCH, f"{folder}/").replace("/etc/bellwether/", f"{folder}/")
    if os.geteuid() == 0:
        # Else its workers would be somebody who may not read the folder of a test.
        start = start.replace("'daemon off;'", "'daemon off; user root;'")
    (folder / "start.sh").write_text(start)
    environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin", "BACKEND_URL": backend_url}
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            ["sh", str(folder / "start.sh")],
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            stderr=errors,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, f"{url}/readyz", folder / "errors")
        yield PageServer(url, f"http://127.0.0.1:{metrics_port}/metrics", metrics_port, log)
    finally:
        process.terminate()
        process.wait(timeout=WAIT_SECONDS)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, errors: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, timeout=3).is_success:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"nginx did not become ready:\n{errors.read_text()}")
        time.sleep(0.02)
