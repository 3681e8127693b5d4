"""A real gateway with secrets wherever one may come in, and the log in which none is found."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.line_server import LineServer, serve_lines, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_SECONDS = 60
PLANTED = {
    "token": "pl4nted-token-of-the-model-service",
    "newsapi": "pl4nted-newsapi-key",
    "feed": "pl4nted-in-a-feed",
    "database": "pl4nted%2Fdatabase",
    "database, as it is meant": "pl4nted/database",
    "collector": "pl4nted-collector",
    "collector, as it is sent": base64.b64encode(b"me:pl4nted-collector").decode(),
    "authorization": "pl4nted-authorization",
    "cookie": "pl4nted-cookie",
    "query": "pl4nted-in-a-query",
    "body": "pl4nted-in-a-body",
    "file": "pl4nted-in-a-file",
}


def find_planted(text: str) -> list[str]:
    return [where for where, secret in PLANTED.items() if secret in text]


class Rude(BaseHTTPRequestHandler):
    """Plays the model service, NewsAPI, a feed and a collector; quotes all that it was sent."""

    asked: list[str]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = f"{self.path} {self.headers} {self.rfile.read(length)!r}"
        self.asked.append(sent)
        body = json.dumps(
            {
                "type": "urn:bellwether:problem:internal-error",
                "title": "It failed",
                "detail": f"It failed at http://me:{PLANTED['database']}@host: {sent}",
                "status": "error",
                "code": "apiKeyInvalid",
                "message": f"Wrong: {sent}",
            }
        ).encode()
        self.send_response(500)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def being_rude() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (Rude,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def run(
    log: Path, rude: int, logstash: int, **others: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A gateway that writes standard output and standard error to `log`; its port."""
    port = free_port()
    environment = {
        **os.environ,
        "BACKEND_PORT": str(port),
        "BACKEND_LOG_LEVEL": "DEBUG",
        "BACKEND_YAHOO_ENABLED": "false",
        "BACKEND_MODEL_URL": f"http://127.0.0.1:{rude}",
        "MODEL_SERVICE_TOKEN": PLANTED["token"],
        "NEWSAPI_KEY": PLANTED["newsapi"],
        "BACKEND_NEWSAPI_URL": f"http://127.0.0.1:{rude}",
        "BACKEND_NEWS_FEEDS": f"http://127.0.0.1:{rude}/{{symbol}}?apikey={PLANTED['feed']}",
        "BACKEND_NEWS_ALLOWED_HOSTS": "127.0.0.1",
        "LOGSTASH_HOST": f"127.0.0.1:{logstash}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://me:{PLANTED['collector']}@127.0.0.1:{rude}",
        **others,
    }
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [sys.executable, "-m", "backend_service"],
            cwd=log.parent,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield port, process
        finally:
            process.terminate()
            process.wait(20)


def await_start(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)


def ask_for_everything(url: str) -> None:
    query, body, file = PLANTED["query"], PLANTED["body"], PLANTED["file"]
    headers = {
        "Authorization": f"Bearer {PLANTED['authorization']}",
        "Cookie": f"session={PLANTED['cookie']}",
    }
    with httpx.Client(base_url=url, headers=headers, timeout=20) as client:
        news = f"date,headline\n2024-01-02,{file} is good\n"
        form = {"symbol": "ACME"}
        client.post("/api/news", files={"file": ("n.csv", news)}, data=form).raise_for_status()
        client.get("/api/news/ACME").raise_for_status()
        broken = {"file": ("n.csv", f"{file}\n{file}".encode())}
        assert client.post("/api/news", files=broken).status_code == 422
        refused = client.post("/api/datasets", files={"file": ("X.csv", file.encode())})
        assert refused.status_code == 502
        for path in (
            f"/api/candles/SIM-CALM?apikey={query}",
            f"/api/agents?access_token={query}&password={query}",
            f"/nowhere?client%5Fsecret={query}",
            f"/api/candles/X?start={body}&Key={query}",
        ):
            assert client.get(path.replace(f"start={body}&", "")).status_code >= 400
        assert client.post("/api/experiments", json={"kind": body}).status_code == 422
        assert client.post("/read-csv", json={"fileName": f"{body}.csv"}).status_code >= 400
        assert client.post("/read-csv", content=body).status_code >= 400


def text_of(log: Path, server: LineServer) -> str:
    return log.read_text() + b"\n".join(server.lines).decode()


def test_no_secret_is_logged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with being_rude() as (rude, asked), serve_lines() as server:
        database = f"sqlite:///{tmp_path}/backend.db"
        with run(log, rude, server.port, DATABASE_URL=database) as (port, process):
            await_start(port, process, log)
            ask_for_everything(f"http://127.0.0.1:{port}")
            for message in ("POST /read-csv", "news_refresh_failed", "scoring_failed", "spans_are"):
                wait_until(lambda message=message: message in log.read_text())
                server.wait_for(
                    lambda lines, message=message: any(message.encode() in one for one in lines)
                )
    # They were there to be told.
    sent = "\n".join(asked)
    for where in ("token", "newsapi", "feed", "file", "collector, as it is sent"):
        assert PLANTED[where] in sent, where
    told = text_of(log, server)
    assert "apikey=REDACTED" in told
    assert find_planted(told) == []
    read = [json.loads(line) for line in log.read_text().splitlines()]
    needed = {"@timestamp", "log.level", "message", "ecs.version"}
    assert all(needed <= line.keys() for line in read)
    assert {json.dumps(line, sort_keys=True) for line in read} <= {
        json.dumps(json.loads(line), sort_keys=True) for line in server.lines
    }


def test_a_database_that_is_away_is_told_of_without_its_password(tmp_path: Path) -> None:
    log = tmp_path / "log"
    url = f"postgresql://bell:{PLANTED['database']}@127.0.0.1:{free_port()}/bell"
    with (
        being_rude() as (rude, _),
        serve_lines() as server,
        run(log, rude, server.port, DATABASE_URL=url) as (_, process),
    ):
        assert process.wait(START_SECONDS) != 0
        wait_until(lambda: bool(server.lines))
    told = text_of(log, server)
    assert "refused" in told.lower()
    assert find_planted(told) == []


@pytest.mark.parametrize("where", PLANTED)
def test_a_secret_in_a_line_would_be_found(where: str) -> None:
    line: dict[str, Any] = {"message": f"it is {PLANTED[where]}"}
    assert where in find_planted(json.dumps(line))
