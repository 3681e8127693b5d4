"""A server of the tests: asks for a password, hands on to a function, answers JSON."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .state import Json, State

Answer = tuple[int, Json]

OPEN = ("/api/status",)
"""Paths that are answered to everybody, as ``kibana.yml`` has it."""


@dataclass(frozen=True)
class Request:
    """What was asked, and by whom."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    user: str
    role: str

    def json(self) -> Any:
        return json.loads(self.body)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that does not trust the certificate hangs up in the middle of a request."""


class Server(AbstractContextManager["Server"]):
    """Listens from entry to exit, on a free port of this machine unless told where."""

    def __init__(
        self,
        state: State,
        answer: Callable[[State, Request], Answer],
        certificate: tuple[Path, Path] | None = None,
        listen: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            def answer_all(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                status, content = respond(state, answer, self, self.rfile.read(length))
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        for method in ("GET", "PUT", "POST"):
            setattr(Handler, f"do_{method}", Handler.answer_all)
        self._server = _Quiet(listen, Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.address = self.address.replace("http:", "https:")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()


def respond(
    state: State,
    answer: Callable[[State, Request], Answer],
    handler: BaseHTTPRequestHandler,
    body: bytes,
) -> Answer:
    """The answer, after the password was looked at and what a test refuses was refused."""
    address = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    headers = {name.lower(): value for name, value in handler.headers.items()}
    if address.path in OPEN:
        asked = Request(handler.command, address.path, query, headers, body, "", "")
        return answer(state, asked)
    state.requests.append(f"{handler.command} {address.path}")
    method, _, encoded = handler.headers.get("Authorization", "").partition(" ")
    if method != "Basic":
        return 401, error("missing authentication credentials for REST request")
    user, _, password = base64.b64decode(encoded).decode().partition(":")
    role = state.role_of(user, password)
    if role is None:
        return 401, error(f"unable to authenticate user [{user}]")
    refused = state.refusal(f"{handler.command} {address.path}")
    if refused is not None:
        return refused
    return answer(state, Request(handler.command, address.path, query, headers, body, user, role))


def error(reason: str, kind: str = "security_exception") -> Json:
    return {"error": {"root_cause": [{"type": kind, "reason": reason}], "reason": reason}}
