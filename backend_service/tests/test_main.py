"""The process as it is started: it serves, logs JSON lines, and stops when told to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 10


def test_it_serves_logs_json_lines_and_stops_in_time(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "BACKEND_PORT": str(port),
        "BACKEND_YAHOO_ENABLED": "false",
        "BACKEND_MODEL_URL": "http://127.0.0.1:1",
        "DATABASE_URL": f"sqlite:///{tmp_path}/backend.db",
    }
    log = tmp_path / "log"
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "backend_service"],
            cwd=tmp_path,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    httpx.get(f"{url}/healthz", timeout=5).raise_for_status()
                    break
                except httpx.TransportError:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            headers = {"X-Request-ID": "from-the-test"}
            assert httpx.get(f"{url}/api/candles/X", headers=headers).status_code == 404
            assert httpx.get(f"{url}/api/agents").status_code == 503
        finally:
            process.terminate()
            started = time.monotonic()
            process.wait(STOP_SECONDS + 5)
    assert time.monotonic() - started < STOP_SECONDS
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (request,) = [line for line in lines if line.get("request_id") == "from-the-test"]
    assert request["route"] == "/api/candles/{symbol}"
    assert request["status"] == 404
    assert request["level"] == "info"
    assert "/healthz" not in {line.get("path") for line in lines}
