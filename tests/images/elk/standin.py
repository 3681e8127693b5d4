"""Runs in a container in the place of Elasticsearch, Kibana or Logstash.

Each reads what its image would read, at the place where it would, and ends where that is missing.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import ssl
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.deploy.elk.fake import elasticsearch, kibana
from tests.deploy.elk.fake.http import Answer, Request, Server
from tests.deploy.elk.fake.state import State

STACK = "https://elasticsearch:9200"


def run_elasticsearch() -> None:
    """On 9200, with the certificate that its settings name."""
    settings = read("config/elasticsearch.yml")
    state = State(os.environ["ELASTIC_PASSWORD"])
    pair = [
        Path("config", settings[f"xpack.security.http.ssl.{name}"])
        for name in ("certificate", "key")
    ]
    Path("data/nodes").mkdir(exist_ok=True)

    def answer(state: State, request: Request) -> Answer:
        if request.path == "/_test/state":
            return 200, {"stored": sorted(state.stored), "changes": state.changes}
        return elasticsearch.answer(state, request)

    wait_in(Server(state, answer, (pair[0], pair[1]), ("0.0.0.0", 9200)))  # noqa: S104


def run_kibana() -> None:
    """On 5601; whoever asks is let in if Elasticsearch knows the user."""
    settings = read("config/kibana.yml")
    assert settings["elasticsearch.hosts"] == f'["{STACK}"]'
    authority = re.sub(r"[\[\]]", "", settings["elasticsearch.ssl.certificateAuthorities"])
    context = ssl.create_default_context(cafile=authority)

    class Users(dict[str, tuple[str, str]]):
        """Asks Elasticsearch each time."""

        def __contains__(self, name: object) -> bool:
            return name != "kibana_system" or knows(context, "kibana_system", PASSWORD)

    class Asked(State):
        def role_of(self, name: str, password: str) -> str | None:
            return "superuser" if knows(context, name, password) else None

    state = Asked("")
    state.users = Users()
    wait_in(Server(state, kibana.answer, None, ("0.0.0.0", 5601)))  # noqa: S104


def run_logstash() -> None:
    """On 9600; its pipeline's parts, settings and authority are there."""
    read("config/logstash.yml")
    parts = sorted(one.name for one in Path("pipeline").glob("*.conf"))
    assert parts
    assert Path("pipeline/ecs.rb").exists()
    context = ssl.create_default_context(cafile="/usr/share/logstash/config/authority/ca.crt")
    assert knows(context, "logstash_writer", os.environ["LOGSTASH_WRITER_PASSWORD"])
    list(Path("/var/log/app").iterdir())
    Path("data/queue").mkdir(exist_ok=True)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/_node/pipelines/main" else 404)
            self.end_headers()
            self.wfile.write(json.dumps(parts).encode())

    ThreadingHTTPServer(("127.0.0.1", 9600), Handler).serve_forever()


PASSWORD = os.environ.get("KIBANA_SYSTEM_PASSWORD", "")


def read(path: str) -> dict[str, str]:
    """Settings of a flat file of YAML."""
    found = re.findall(r"^([\w.]+): (.+)$", Path(path).read_text(), re.MULTILINE)
    return dict(found)


def knows(context: ssl.SSLContext, user: str, password: str) -> bool:
    """Whether Elasticsearch lets a user in."""
    request = urllib.request.Request(f"{STACK}/_security/_authenticate")  # noqa: S310
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    request.add_header("Authorization", f"Basic {encoded}")
    try:
        with urllib.request.urlopen(request, timeout=5, context=context):  # noqa: S310
            return True
    except OSError:
        return False


def wait_in(server: Server) -> None:
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with server:
        ended.wait()


if __name__ == "__main__":
    {"elasticsearch": run_elasticsearch, "kibana": run_kibana, "logstash": run_logstash}[
        sys.argv[1]
    ]()
