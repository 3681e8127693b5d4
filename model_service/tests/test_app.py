"""The process as it is started: it becomes ready, answers, and stops in time."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import psutil
import pytest

READY_SECONDS = 90
STOP_SECONDS = 15
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Service:
    """A running service."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log

    def ask(self, path, body=None, timeout=30, **headers):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else orjson.dumps(body),
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            return answer.status, dict(answer.headers), answer.read()

    def wait_until_ready(self):
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            try:
                self.ask("/readyz")
                return
            except OSError:
                # Refused, or not ready yet; there is no event of another process to wait for.
                time.sleep(0.05)
        pytest.fail(f"not ready in {READY_SECONDS} s: {self.log.read_text()}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def service(tiny_agent_folder, tmp_path):
    port = free_port()
    (tmp_path / "dataset").mkdir()
    environment = {
        **os.environ,
        "MODEL_PORT": str(port),
        "MODEL_AGENTS_DIR": str(tiny_agent_folder / "agents"),
        "MODEL_DATASET_DIR": str(tmp_path / "dataset"),
        "MODEL_ARTEFACTS_URL": str(tmp_path / "artefacts"),
        "MODEL_STATE_DIR": str(tmp_path / "state"),
        "MODEL_BODY_TIMEOUT_SECONDS": "1",
        "MODEL_THREADS": "2",
        "MODEL_SENTIMENT_ENGINE": "lite",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "model_service.app"],
            env=environment,
            cwd=tmp_path,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
    family = []
    try:
        running = Service(process, port, log)
        running.wait_until_ready()
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(True)]
        yield running
    finally:
        process.kill()
        process.wait(STOP_SECONDS)
        for member in family:
            if member.is_running():
                member.kill()


@pytest.mark.timeout(180)
def test_service_answers_logs_and_stops_in_time(service, random_candles):
    candles = random_candles(500)
    columns = {
        name: getattr(candles, name).tolist()
        for name in ("time", "open", "high", "low", "close", "volume")
    }
    body = {"symbol": "TEST", "candles": columns}
    ids = {"X-Request-ID": "live-1", "traceparent": f"00-{TRACE}-{'1' * 16}-01"}
    status, headers, answer = service.ask("/predict", body, **ids)
    assert (status, headers["X-Request-ID"]) == (200, "live-1")
    assert len(orjson.loads(answer)["ledger"]["net_worth"]) == 500

    # A client that promises a body and stalls is let go, and keeps no thread.
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as slow:
            head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            slow.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            assert b" 408 " in slow.recv(200)
    assert service.ask("/healthz")[0] == 200

    family = psutil.Process(service.process.pid).children(recursive=True)
    assert len(family) == 1
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(STOP_SECONDS) == 0
    assert not psutil.wait_procs(family, timeout=1)[1]

    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    (told,) = [line for line in lines if line.get("trace") == {"id": TRACE}]
    assert (told["message"], told["log.level"]) == ("POST /predict 200", "info")
    assert told["http"]["request"]["id"] == "live-1"
    assert told["event"]["duration"] > 0
    # gunicorn's own lines have the same shape.
    assert {line["service"]["name"] for line in lines} == {"model_service"}
    assert any(line["log"]["logger"] == "gunicorn.error" for line in lines)


@pytest.mark.timeout(180)
def test_request_in_flight_is_answered_before_the_end(service):
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=STOP_SECONDS)
    with connection:
        head = "POST /preprocess?file_name=X.csv HTTP/1.1\r\nHost: x\r\n"
        kind = "Content-Type: application/octet-stream\r\nContent-Length: 10\r\n"
        connection.sendall(f"{head}{kind}Expect: 100-continue\r\n\r\n".encode())
        # The interim answer proves that a thread has the request.
        assert b"100 Continue" in connection.recv(100)
        service.process.send_signal(signal.SIGTERM)
        connection.sendall(b"0123456789")
        assert b" 422 " in connection.recv(100)
    assert service.process.wait(STOP_SECONDS) == 0


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


@pytest.mark.timeout(180)
def test_no_connection_is_lost_when_it_stops(service):
    """Whoever has connected is answered, and who comes later is refused; nobody is cut off."""
    stop = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        knocking = [
            pool.submit(knock, service.port, "/agents", keep=bool(place % 2), stop=stop)
            for place in range(8)
        ]
        time.sleep(1.0)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(STOP_SECONDS) == 0
        time.sleep(0.1)
        stop.set()
        outcomes = [one.result(STOP_SECONDS) for one in knocking]
    for one in outcomes:
        assert set(one) == {"200", "refused"}, outcomes
