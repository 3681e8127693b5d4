"""What a worker tells of itself over HTTP: whether it lives, whether it works, and its numbers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry
from prometheus_client.exposition import generate_latest

_REQUEST_SECONDS = 5.0


class WorkerHealth:
    """Answers ``/healthz``, ``/readyz`` and ``/metrics``.

    Parameters
    ----------
    host, port
    is_alive : callable
        Whether the worker has given a sign of life within its lease.
    is_ready : callable
        Whether it takes units from the queue.
    registry : CollectorRegistry
        Its metrics.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        is_alive: Callable[[], bool],
        is_ready: Callable[[], bool],
        registry: CollectorRegistry,
    ) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = _REQUEST_SECONDS

            def do_GET(self) -> None:
                match self.path:
                    case "/healthz":
                        self._say(is_alive(), "alive", "no sign of life could be given")
                    case "/readyz":
                        self._say(is_ready(), "ready", "the queue is not open yet")
                    case "/metrics":
                        content = generate_latest(registry)
                        self._answer(HTTPStatus.OK, CONTENT_TYPE_LATEST, content)
                    case _:
                        self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"")

            def _say(self, good: bool, status: str, detail: str) -> None:
                if good:
                    body = orjson.dumps({"status": status})
                    self._answer(HTTPStatus.OK, "application/json", body)
                else:
                    body = orjson.dumps({"detail": f"The worker is not {status}: {detail}."})
                    problem = "application/problem+json"
                    self._answer(HTTPStatus.SERVICE_UNAVAILABLE, problem, body)

            def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Probes come every few seconds; they are not worth a line."""

        self._server = ThreadingHTTPServer((host, port), Handler)

    def start(self) -> None:
        """Answer in threads of its own, until the process ends."""
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()
