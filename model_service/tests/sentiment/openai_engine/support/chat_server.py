"""A local server that speaks the protocol of chat completions, over real sockets."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-6e1f0c2b7d9a4835"
MODEL = "test-model"
PRICE_INPUT, PRICE_OUTPUT = 1.0, 2.0
PROMPT_TOKENS, COMPLETION_TOKENS = 1_000, 500
COST_USD = (PROMPT_TOKENS * PRICE_INPUT + COMPLETION_TOKENS * PRICE_OUTPUT) / 1e6
"""What one request to the server costs, as its usage says."""


@dataclass
class Reply:
    """What the server does with one request; a hang lasts until the server is stopped."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hang: bool = False
    drop: bool = False


def rate(text: str) -> dict[str, float]:
    """The server's model: counts a few words."""
    if re.search("rises|gewinnt|सुधार|📈", text):
        return {"positive": 0.8, "negative": 0.05, "neutral": 0.15}
    if "falls" in text:
        return {"positive": 0.1, "negative": 0.7, "neutral": 0.2}
    return {"positive": 0.1, "negative": 0.1, "neutral": 0.8}


def completion(content: str | None, **changes: Any) -> Reply:
    """A completion with this content; `changes` replace or add members of it."""
    choice = {
        "index": 0,
        "finish_reason": changes.pop("finish_reason", "stop"),
        "message": {
            "role": "assistant",
            "content": content,
            "refusal": changes.pop("refusal", None),
        },
    }
    answer = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [choice],
        "usage": {
            "prompt_tokens": PROMPT_TOKENS,
            "completion_tokens": COMPLETION_TOKENS,
            "total_tokens": PROMPT_TOKENS + COMPLETION_TOKENS,
        },
        **changes,
    }
    return Reply(body=json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


def error(status: int, message: str = "no", **members: Any) -> Reply:
    """An error in the protocol's form."""
    headers = members.pop("headers", {})
    body = {"error": {"message": message, "type": "error", "param": None, "code": None, **members}}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})


def texts_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The texts of a request, as the server reads them."""
    texts: list[dict[str, Any]] = json.loads(request["messages"][1]["content"])
    return texts


def rated(request: dict[str, Any], **changes: Any) -> Reply:
    """A right answer to a request."""
    scores = [{"index": entry["index"], **rate(entry["text"])} for entry in texts_of(request)]
    return completion(json.dumps({"scores": scores}), **changes)


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of a client that has gone away, which is what clients with time limits do."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class FakeEndpoint:
    """Answers with what is in `replies`, one after the other, and then rightly."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Message] = []
        self.paths: list[str] = []
        self.replies: list[Reply | Callable[[dict[str, Any]], Reply]] = []
        self.always: Callable[[dict[str, Any]], Reply] = rated
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                reply = endpoint._next(request, self.headers, self.path)
                if reply.hang:
                    endpoint._stopped.wait(30)
                    return
                if reply.drop:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _next(self, request: dict[str, Any], headers: Message, path: str) -> Reply:
        with self._lock:
            self.requests.append(request)
            self.headers.append(headers)
            self.paths.append(path)
            reply = self.replies.pop(0) if self.replies else self.always
        return reply if isinstance(reply, Reply) else reply(request)
