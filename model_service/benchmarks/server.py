"""The model service as a process of its own, on loopback, with folders of its own."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.settings import MODEL_SERVICE, with_environment

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
ANSWER_SECONDS = 30.0


class ServiceFailed(Exception):
    """The service did not start, or did not answer as it should."""


class Service:
    """One keep-alive connection to a service."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Content of the answer.

        Raises
        ------
        ServiceFailed
            If its status is not 200.
        """
        headers = {"Content-Type": "application/json"} if body is not None else {}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise ServiceFailed(f"{path} answered {answer.status}: {content[:200]!r}")
        return content

    def ready(self) -> bool:
        """Whether a prediction has succeeded."""
        try:
            self.ask("GET", "/readyz")
        except (OSError, http.client.HTTPException, ServiceFailed):
            self._connection.close()
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def encode(body: dict[str, Any]) -> bytes:
    """A request's body, made before the clock starts."""
    return json.dumps(body).encode()


@contextmanager
def running_service(folder: Path, agents: Path, **environment: str) -> Iterator[Service]:
    """Start ``python -m model_service.app``, wait until it is ready, and stop it at the end.

    `environment` is added to what it is given.

    Looks at candles that an agent never saw are counted as ever, but in `folder`: nobody sees what
    these answers say, and they end with it.
    """
    port = free_port()
    log = (folder / "service.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "model_service.app"],
        cwd=MODEL_SERVICE,
        env=with_environment(
            MODEL_PORT=str(port),
            MODEL_DATASET_DIR=str(folder / "dataset"),
            MODEL_STATE_DIR=str(folder / "state"),
            MODEL_AGENTS_DIR=str(agents),
            MODEL_ARTEFACTS_URL=str(folder / "artefacts"),
            MODEL_SENTIMENT_ENGINE="lite",
            **environment,
        ),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    service = Service(port)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not service.ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise ServiceFailed(f"not ready: {(folder / 'service.log').read_text()[-2000:]}")
            time.sleep(0.1)
        yield service
    finally:
        service.close()
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
        log.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
