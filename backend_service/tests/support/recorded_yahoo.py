"""A local server that answers as Yahoo did when it was recorded, or misbehaves on demand."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOT_FOUND = {
    "chart": {
        "result": None,
        "error": {"code": "Not Found", "description": "No data found, symbol may be delisted"},
    }
}

NO_STREAM = b'{"data": {"tickerStream": {"stream": []}}}'


@dataclass
class RecordedYahoo:
    """Answers by path; `charts`, `searches` and `streams` of news map a symbol or query to
    (status, body).

    Attributes
    ----------
    everything : (status, body) or None
        Answers every data request while it is set.
    troubles : int
        So many data requests are answered with 503 first.
    hang : bool
        Data requests wait until the server stops.
    asked : list of str
        Paths with queries, in order.
    """

    url: str = ""
    charts: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    searches: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    streams: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    everything: tuple[int, bytes] | None = None
    troubles: int = 0
    hang: bool = False
    asked: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def record(self, file: Path) -> dict[str, Any]:
        """Answer from now on as `file` has it; returns the recorded body."""
        recorded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        parts = urlsplit(recorded["request_path"])
        answer = (int(recorded["status"]), json.dumps(recorded["body"]).encode())
        if parts.path.startswith("/v1/finance/search"):
            self.searches[parse_qs(parts.query)["q"][0]] = answer
        else:
            self.charts[unquote(parts.path.rpartition("/")[2])] = answer
        body: dict[str, Any] = recorded["body"]
        return body

    def asked_for_data(self) -> list[str]:
        return [path for path in self.asked if path.startswith(("/v8/", "/v1/finance/"))]

    def answer(self, target: str, sent: bytes = b"") -> tuple[int, bytes]:
        parts = urlsplit(target)
        self.asked.append(target)
        if parts.path == "/v1/test/getcrumb":
            return 200, b"crumb"
        if not parts.path.startswith(("/v8/finance/chart/", "/v1/finance/search", "/xhr/ncp")):
            return 200, b"<html></html>"
        if self.hang:
            self.stopped.wait(20)
        if self.troubles > 0:
            self.troubles -= 1
            return 503, b""
        if self.everything is not None:
            return self.everything
        if parts.path == "/v1/finance/search":
            query = parse_qs(parts.query).get("q", [""])[0]
            return self.searches.get(query, (200, b'{"quotes": []}'))
        if parts.path == "/xhr/ncp":
            symbol = json.loads(sent)["serviceConfig"]["s"][0]
            return self.streams.get(symbol, (200, NO_STREAM))
        symbol = unquote(parts.path.rpartition("/")[2])
        return self.charts.get(symbol, (404, json.dumps(NOT_FOUND).encode()))


@contextmanager
def serve_recorded_yahoo() -> Iterator[RecordedYahoo]:
    """The server on a free port of 127.0.0.1, until the block ends."""
    yahoo = RecordedYahoo()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(*yahoo.answer(self.path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._send(*yahoo.answer(self.path, sent))

        def _send(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yahoo.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield yahoo
    finally:
        yahoo.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
