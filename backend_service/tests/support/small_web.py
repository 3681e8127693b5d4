"""A local web server whose answers a test writes down, and which remembers what it was asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Page:
    """An answer; with `hang` it is sent when the server stops, with `drip` for ever."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drip: bool = False


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


@dataclass
class SmallWeb:
    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serve_small_web() -> Iterator[SmallWeb]:
    """The server on a free port of 127.0.0.1, until the block ends.

    A page is found by its path without the query; a page whose ``ETag`` is sent back is 304.
    """
    web = SmallWeb()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            web.asked.append(Asked(self.path, headers))
            page = web.pages.get(self.path.partition("?")[0], Page(status=404))
            try:
                self._send(page, headers)
            except ConnectionError:
                self.close_connection = True

        def _send(self, page: Page, headers: dict[str, str]) -> None:
            if page.hang:
                web.stopped.wait(20)
            etag = page.headers.get("ETag")
            unchanged = etag is not None and headers.get("if-none-match") == etag
            self.send_response(304 if unchanged else page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            body = b"" if unchanged else page.body
            if not page.drip:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            while page.drip and not web.stopped.wait(0.05):
                self.wfile.write(b" ")

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    web.port = server.server_port
    try:
        yield web
    finally:
        web.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
