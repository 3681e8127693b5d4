"""The HTTPS server: paths, selectors, dry runs, and who may what."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from . import derived
from .certificates import Certificates
from .controllers import Controllers, Faults
from .kinds import BUILT_IN, Kind, group_list, resource_list
from .refusals import Refused, forbidden, not_found
from .store import Store

Json = dict[str, Any]
WRITES = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
TOKEN = "token-of-the-fake-cluster"  # noqa: S105 (a test's)


@dataclass(frozen=True)
class Request:
    """What was asked: the method, the path with its query, and the body."""

    method: str
    path: str
    query: dict[str, str]
    body: Json

    @property
    def writes(self) -> bool:
        """Whether it may change anything: no dry run and no question about permissions."""
        asks = self.path.endswith("/selfsubjectaccessreviews")
        return self.method in WRITES and "dryRun" not in self.query and not asks


class FakeCluster:
    """The server in threads of its own; a context manager."""

    def __init__(
        self,
        certificates: Certificates,
        *,
        kinds: tuple[Kind, ...] = BUILT_IN,
        minor: str = "37",
        settle_seconds: float = 0.2,
        port: int = 0,
    ) -> None:
        self.kinds = kinds
        self.minor = minor
        self.store = Store()
        self.faults = Faults()
        self.controllers = Controllers(self.store, self.faults, settle_seconds)
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        self._certificates = certificates
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.server, certificates.key)
        # Each connection shakes hands in its own thread, so that a client that refuses the
        # certificate does not stop the others.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._add_what_a_cluster_has()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> FakeCluster:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def write_kubeconfig(self, path: Path, *, authority: Path | None = None) -> Path:
        """A client's configuration; `authority` is another one than the server's."""
        trusted = str(authority or self._certificates.authority)
        cluster = {"server": self.url, "certificate-authority": trusted}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "fake", "cluster": cluster}],
            "users": [{"name": "tester", "user": {"token": TOKEN}}],
            "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "tester"}}],
            "current-context": "fake",
        }
        path.touch(mode=0o600)
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        return path

    def answer(self, request: Request) -> Json | str:
        """The body of a successful answer.

        Raises
        ------
        Refused
            With the status and reason of the real server.
        """
        parts = [part for part in request.path.split("/") if part]
        match parts:
            case ["version"]:
                return {"major": "1", "minor": self.minor, "gitVersion": f"v1.{self.minor}.0"}
            case ["apis"]:
                return group_list(self.kinds)
            case ["api", version]:
                return self._resources(version)
            case ["apis", group, version]:
                return self._resources(f"{group}/{version}")
            case ["api", version, *rest]:
                return self._object(version, rest, request)
            case ["apis", group, version, *rest]:
                return self._object(f"{group}/{version}", rest, request)
        raise not_found("path", request.path)

    def _resources(self, api_version: str) -> Json:
        found = resource_list(self.kinds, api_version)
        if found is None:
            raise not_found("group", api_version)
        return found

    def _object(self, api_version: str, rest: list[str], request: Request) -> Json | str:
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            namespace, rest = rest[1], rest[2:]
        kind = self._kind(api_version, rest[0])
        name = rest[1] if len(rest) > 1 else ""
        if kind.kind == "SelfSubjectAccessReview":
            return self._review(request.body)
        self.controllers.advance()
        verb = WRITES.get(request.method, "get" if name else "list")
        if (verb, kind.plural) in self.faults.forbidden:
            raise forbidden(verb, kind.plural)
        if verb == "get":
            return self._read(kind, namespace, name, log=rest[2:] == ["log"])
        if verb == "list":
            return self._list(kind, namespace, request.query)
        return self._write(kind, namespace, name, request)

    def _write(self, kind: Kind, namespace: str, name: str, request: Request) -> Json:
        dry_run = request.query.get("dryRun") == "All"
        match request.method:
            case "POST":
                return self.store.create(kind, namespace, request.body, dry_run)
            case "PUT":
                return self.store.replace(kind, namespace, name, request.body, dry_run)
            case "DELETE":
                return self.store.delete(kind, namespace, name, dry_run)
        if "fieldManager" not in request.query:
            return self.store.merge(kind, namespace, name, request.body, dry_run)
        manager = request.query["fieldManager"]
        return self.store.apply(kind, namespace, name, request.body, manager, dry_run)

    def _read(self, kind: Kind, namespace: str, name: str, *, log: bool) -> Json | str:
        if log:
            return derived.log_of(name)
        if kind.kind == "Pod":
            for pod in derived.pods(self.store, namespace):
                if pod["metadata"]["name"] == name:
                    return pod
        return self.store.get(kind, namespace, name)

    def _list(self, kind: Kind, namespace: str, query: dict[str, str]) -> Json:
        match kind.kind:
            case "Pod":
                found = derived.pods(self.store, namespace)
            case "EndpointSlice":
                found = derived.endpoint_slices(self.store, namespace)
            case _:
                found = self.store.all(kind, namespace)
        selector = _equalities(query.get("labelSelector", ""))
        items = [
            body
            for body in found
            if selector.items() <= (body["metadata"].get("labels") or {}).items()
        ]
        return {
            "kind": f"{kind.kind}List",
            "apiVersion": kind.api_version,
            "metadata": {"resourceVersion": "1"},
            "items": items,
        }

    def _review(self, body: Json) -> Json:
        asked = body["spec"]["resourceAttributes"]
        allowed = (asked["verb"], asked["resource"]) not in self.faults.forbidden
        return body | {"metadata": {}, "status": {"allowed": allowed}}

    def _kind(self, api_version: str, plural: str) -> Kind:
        for kind in self.kinds:
            if kind.api_version == api_version and kind.plural == plural:
                return kind
        raise not_found("resource", f"{api_version}/{plural}")

    def _add_what_a_cluster_has(self) -> None:
        storage = self._kind("storage.k8s.io/v1", "storageclasses")
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        body = {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": "standard", "annotations": default},
            "provisioner": "fake",
        }
        self.store.create(storage, "", body, dry_run=False)
        self.store.changes.clear()


def _equalities(selector: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in selector.replace("==", "=").split(",") if part)


def _read_body(content_type: str, raw: bytes) -> Json:
    if "protobuf" in content_type:
        raise Refused(415, "UnsupportedMediaType", "only JSON and YAML are understood")
    if not raw:
        return {}
    # What is called YAML is JSON from most clients, which is read far faster.
    return json.loads(raw) if raw.startswith(b"{") else yaml.safe_load(raw)


def _handler(cluster: FakeCluster) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        # Headers and body leave together: a client waits 40 ms for what comes in two pieces.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do(self) -> None:
            address = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            query = {name: values[0] for name, values in parse_qs(address.query).items()}
            status = 200
            with cluster.lock:
                try:
                    if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                        raise Refused(401, "Unauthorized", "Unauthorized")
                    body = _read_body(self.headers.get("Content-Type", ""), raw)
                    request = Request(self.command, address.path, query, body)
                    cluster.requests.append(request)
                    answer = cluster.answer(request)
                    status = 201 if self.command == "POST" else 200
                except Refused as refusal:
                    status, answer = refusal.status, refusal.body()
                text = answer if isinstance(answer, str) else json.dumps(answer)
            self._send(
                status, text, "text/plain" if isinstance(answer, str) else "application/json"
            )

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815

        def _send(self, status: int, text: str, content_type: str) -> None:
            payload = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
            self.wfile.flush()

        def log_message(self, *args: object) -> None:
            """Nothing: `requests` holds what was asked."""

    return Handler
