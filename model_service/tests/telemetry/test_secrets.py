"""The real service and a worker with secrets everywhere: none of them is ever logged."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.line_server import LineServer

DEADLINE = 60.0

TOKEN = "t0ken-planted-in-the-settings"  # noqa: S105 - it is planted to be looked for
OPENAI_KEY = "sk-planted-0123456789"
PLANTED = {
    "token": TOKEN,
    "openai": OPENAI_KEY,
    "database": "pl4nted%2Fdatabase",
    "database, as it is meant": "pl4nted/database",
    "collector": "pl4nted-collector",
    "collector, as it is sent": base64.b64encode(b"me:pl4nted-collector").decode(),
    "s3 key": "PL4NTEDS3KEY",
    "s3 secret": "pl4nted/s3/secret",
    "other token": "some-0ther-token",
    "query": "pl4nted-in-a-query",
    "body": "pl4nted-in-a-body",
}


def find_planted(text: str) -> list[str]:
    """Which secrets stand in a text."""
    return [where for where, secret in PLANTED.items() if secret in text]


class RudeEndpoint:
    """Refuses what OpenAI and a collector of spans are asked, and quotes all that it was sent."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                key = self.headers["Authorization"]
                body = self.rfile.read(int(self.headers["Content-Length"])).decode(errors="replace")
                endpoint.asked.append(f"{key} {body}")
                message = {"error": {"message": f"Wrong {key} for {body}", "code": key}}
                content = json.dumps(message).encode()
                self.send_response(401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def rude_endpoint() -> Iterator[RudeEndpoint]:
    made = RudeEndpoint()
    yield made
    made.server.shutdown()
    made.server.server_close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def start(
    tiny_agent_folder: Path, tmp_path: Path, rude_endpoint: RudeEndpoint, line_server: LineServer
) -> Iterator[Callable[..., Path]]:
    """``start("app", MODEL_PORT="1")``: the file that its standard output goes to.

    On standard error TensorFlow tells of the processor before anybody can stop it.
    """
    environment = {
        **os.environ,
        "MODEL_LOG_LEVEL": "DEBUG",
        "MODEL_AGENTS_DIR": str(tiny_agent_folder / "agents"),
        "MODEL_DATASET_DIR": str(tmp_path),
        "MODEL_ARTEFACTS_URL": str(tmp_path / "artefacts"),
        "MODEL_STATE_DIR": str(tmp_path / "state"),
        "MODEL_SENTIMENT_ENGINE": "openai",
        "MODEL_SERVICE_TOKEN": TOKEN,
        "OPENAI_API_KEY": OPENAI_KEY,
        "OPENAI_BASE_URL": f"http://127.0.0.1:{rude_endpoint.server.server_port}/v1",
        "AWS_ACCESS_KEY_ID": PLANTED["s3 key"],
        "AWS_SECRET_ACCESS_KEY": PLANTED["s3 secret"],
        "LOGSTASH_HOST": f"127.0.0.1:{line_server.port}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": (
            f"http://me:{PLANTED['collector']}@127.0.0.1:{rude_endpoint.server.server_port}"
        ),
    }
    processes = []

    def run(module: str, **others: str) -> Path:
        output = tmp_path / f"{module}.log"
        with output.open("wb") as file, output.with_suffix(".errors").open("wb") as errors:
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", f"model_service.{module}"],
                    env=environment | others,
                    stdout=file,
                    stderr=errors,
                )
            )
        return output

    yield run
    for process in processes:
        family = psutil.Process(process.pid).children(recursive=True)
        for member in (*family, process):
            member.kill()
        process.wait(30)


def wait_for(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)


def ask(port: int, method: str, path: str, token: str, body: Any = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    connection.request(method, path, body=content, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.timeout(180)
def test_no_secret_is_logged(
    start: Callable[..., Path], rude_endpoint: RudeEndpoint, line_server: LineServer
) -> None:
    port = free_port()
    service = start("app", MODEL_PORT=str(port))
    # Of a worker the most is said while its database is away.
    database = f"postgresql://bell:{PLANTED['database']}@127.0.0.1:{free_port()}/bell"
    worker = start("worker", MODEL_DATABASE_URL=database, MODEL_WORKER_PORT=str(free_port()))
    logs = (service, worker)
    wait_for(lambda: listens(port), service.read_text)

    query, body = PLANTED["query"], PLANTED["body"]
    text = {"texts": [f"{body} rose"], "engine": "openai"}
    assert ask(port, "POST", f"/sentiment?api_key={query}", TOKEN, text) == 503
    assert ask(port, "GET", f"/agents?token={query}&password={query}", TOKEN) == 200
    assert ask(port, "GET", "/agents", PLANTED["other token"]) == 401
    assert ask(port, "POST", "/experiments", TOKEN, {"kind": body}) == 422
    assert ask(port, "POST", "/predict", TOKEN, {"input_file": f"{body}.csv"}) == 404
    assert any(OPENAI_KEY in one and body in one for one in rude_endpoint.asked)

    def everything() -> str:
        return "".join(log.read_text() for log in logs)

    def hidden() -> str:
        return "".join(log.with_suffix(".errors").read_text() for log in logs)

    for message in ("database is away", "POST /predict 404", "spans are lost"):
        wait_for(lambda message=message: message in everything(), everything)
        line_server.wait_for(
            lambda lines, message=message: any(message.encode() in line for line in lines)
        )
    # What was planted is there to be found: it was taken out, or never put in.
    told = everything() + b"\n".join(line_server.lines).decode()
    assert "api_key=REDACTED" in told
    assert any(PLANTED["collector, as it is sent"] in one for one in rude_endpoint.asked)
    assert find_planted(told) == find_planted(hidden()) == []
    # And all that comes out is a line of the schema.
    for line in everything().splitlines():
        assert json.loads(line)["ecs.version"], line


@pytest.mark.parametrize("where", PLANTED)
def test_a_secret_that_is_logged_would_be_found(where: str) -> None:
    assert where in find_planted(f'{{"message": "it is {PLANTED[where]}."}}')
