"""A hub on this machine: a folder served as huggingface.co serves a model."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REVISION = "4556d13015211d73dccd3fdd39d39232506f3e43"


@dataclass
class LocalHub:
    """Where a local hub answers, and what it was asked."""

    endpoint: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def serve(folder: Path, model: str) -> Iterator[LocalHub]:
    """Serve the files of `folder` as `model` at one revision; anything else is not found."""
    hub = LocalHub("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def log_message(self, *_arguments: object) -> None:
            """Tests say what they need."""

        def _answer(self, *, with_body: bool) -> None:
            path = self.path.partition("?")[0]
            hub.asked.append(f"{self.command} {path}")
            names = sorted(file.name for file in folder.iterdir())
            files = [{"rfilename": name} for name in names]
            described = {"id": model, "modelId": model, "sha": REVISION, "siblings": files}
            api = f"/api/models/{model}"
            if path in (api, f"{api}/revision/{REVISION}", f"{api}/revision/main"):
                self._send(json.dumps(described).encode(), "application/json", with_body)
                return
            tree = [
                {
                    "type": "file",
                    "path": name,
                    "oid": "0" * 40,
                    "size": (folder / name).stat().st_size,
                }
                for name in names
            ]
            if path in (f"{api}/tree/{REVISION}", f"{api}/tree/main"):
                self._send(json.dumps(tree).encode(), "application/json", with_body)
                return
            for revision in ("main", REVISION):
                prefix = f"/{model}/resolve/{revision}/"
                if path.startswith(prefix) and path.removeprefix(prefix) in names:
                    content = (folder / path.removeprefix(prefix)).read_bytes()
                    self._send(content, "application/octet-stream", with_body)
                    return
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, content: bytes, kind: str, with_body: bool) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", REVISION)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        serving.join(10)
