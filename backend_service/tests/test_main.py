"""The process as it is started: it serves, logs JSON lines, and stops when told to."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx
from experiment_fakes import make_event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 10
SHUTDOWN_SECONDS = 5
NOWHERE = "http://127.0.0.1:1"


@contextmanager
def start(folder: Path, model_url: str = NOWHERE) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Address and process of a gateway that logs to `folder`/log; told to stop at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "BACKEND_PORT": str(port),
        "BACKEND_YAHOO_ENABLED": "false",
        "BACKEND_MODEL_URL": model_url,
        "BACKEND_SHUTDOWN_SECONDS": str(SHUTDOWN_SECONDS),
        "DATABASE_URL": f"sqlite:///{folder}/backend.db",
    }
    log = folder / "log"
    url = f"http://127.0.0.1:{port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "backend_service"],
            cwd=folder,
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
            yield url, process
        finally:
            process.terminate()
            process.wait(STOP_SECONDS + 5)


def stop(process: subprocess.Popen[bytes]) -> float:
    """Seconds that the process took to stop."""
    started = time.monotonic()
    process.terminate()
    process.wait(STOP_SECONDS + 5)
    return time.monotonic() - started


def test_it_serves_logs_json_lines_and_stops_in_time(tmp_path: Path) -> None:
    with start(tmp_path) as (url, process):
        headers = {"X-Request-ID": "from-the-test"}
        assert httpx.get(f"{url}/api/candles/X", headers=headers).status_code == 404
        assert httpx.get(f"{url}/api/agents").status_code == 503
        assert stop(process) < STOP_SECONDS
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    (request,) = [
        line
        for line in lines
        if line.get("http", {}).get("request", {}).get("id") == "from-the-test"
    ]
    assert request["message"] == "GET /api/candles/X 404"
    assert request["http"]["route"] == "/api/candles/{symbol}"
    assert "/healthz" not in {line.get("url", {}).get("path") for line in lines}


class EndlessExperiments(BaseHTTPRequestHandler):
    """A model service whose experiments have some large events and never end."""

    protocol_version = "HTTP/1.1"
    events = tuple(make_event(n, "log", text="x" * 20_000) for n in range(1, 500))

    def do_GET(self) -> None:
        after = int(self.path.partition("after=")[2] or 0)
        behind = [event for event in self.events if event["id"] > after]
        last = behind[-1]["id"] if behind else after
        body = json.dumps({"events": behind, "last_id": last, "ended": False}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class SlowHealth(BaseHTTPRequestHandler):
    """A model service that takes most of the time that it has for saying that it is well."""

    asked = threading.Event()

    def do_GET(self) -> None:
        self.asked.set()
        time.sleep(0.6)
        body = b'{"status": "ok", "version": "1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_model(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(STOP_SECONDS)


def test_it_stops_in_time_with_open_streams(tmp_path: Path) -> None:
    with serve_model(EndlessExperiments) as model_url, start(tmp_path, model_url) as (url, process):
        path = "/api/experiments/e1/events"
        with (
            httpx.stream("GET", url + path, timeout=STOP_SECONDS) as answer,
            socket.socket() as stuck,
        ):
            lines = answer.iter_lines()
            while next(lines) != "id: 499":
                pass
            stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            stuck.connect(("127.0.0.1", httpx.URL(url).port or 80))
            stuck.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
            assert stop(process) < SHUTDOWN_SECONDS
            # The end of the answer comes: the stream was ended, not torn.
            assert [line for line in lines if line.startswith("id: ")] == []
    assert "timeout graceful shutdown exceeded" not in (tmp_path / "log").read_text()


def knock(port: int, path: str, *, keep: bool, stop: threading.Event) -> Counter[str]:
    """Ask again and again, on one connection or on a new one each time; what became of it."""
    outcomes: Counter[str] = Counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while not stop.is_set():
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            outcomes[str(answer.status)] += 1
        except ConnectionRefusedError:
            outcomes["refused"] += 1
            connection.close()
            time.sleep(0.01)
        except (OSError, http.client.HTTPException) as error:
            outcomes[type(error).__name__] += 1
            connection.close()
        if not keep:
            connection.close()
    connection.close()
    return outcomes


def test_no_connection_is_lost_when_it_stops(tmp_path: Path) -> None:
    """Whoever has connected is answered, and who comes later is refused; nobody is cut off."""
    stop_knocking = threading.Event()
    with start(tmp_path) as (url, process), ThreadPoolExecutor(8) as pool:
        port = httpx.URL(url).port or 80
        knocking = [
            pool.submit(knock, port, "/api/symbols", keep=bool(place % 2), stop=stop_knocking)
            for place in range(8)
        ]
        time.sleep(1.0)
        assert stop(process) < STOP_SECONDS
        time.sleep(0.1)
        stop_knocking.set()
        outcomes = [one.result(STOP_SECONDS) for one in knocking]
    for one in outcomes:
        assert set(one) == {"200", "refused"}, outcomes


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    with (
        serve_model(SlowHealth) as model_url,
        start(tmp_path, model_url) as (url, process),
        ThreadPoolExecutor(1) as pool,
    ):
        SlowHealth.asked.clear()
        asked = pool.submit(httpx.get, f"{url}/readyz", timeout=STOP_SECONDS)
        assert SlowHealth.asked.wait(STOP_SECONDS)
        stop(process)
        answer = asked.result(STOP_SECONDS)
    assert answer.status_code == 200
    assert answer.headers["connection"] == "close"
