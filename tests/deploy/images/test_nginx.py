"""nginx as the image configures it: what it logs, which ids it passes on, what it counts."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local_nginx import SOURCES, PageServer, page_server

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
WELL_FORMED = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
SLOW_SECONDS = {"/api/slow": 0.06, "/api/slower": 1.05}
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Gateway:
    """Stands where the gateway does and remembers the headers of each request."""

    url: str = ""
    seen: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    known = Gateway()
    pause = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.seen.append({name.lower(): value for name, value in self.headers.items()})
            path = self.path.partition("?")[0]
            pause.wait(SLOW_SECONDS.get(path, 0))
            self.send_response(500 if path == "/api/broken" else 200)
            self.send_header("X-Request-ID", self.headers.get("X-Request-ID", "none"))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_arguments: object) -> None:
            """Nothing: the tests look at nginx."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield known
    pause.set()
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@pytest.fixture(scope="module")
def nginx(gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    folder = tmp_path_factory.mktemp("nginx")
    variables = {"BELLWETHER_ENVIRONMENT": "staging", "BELLWETHER_VERSION": "1.2.3"}
    with page_server(folder, gateway.url, **variables) as server:
        yield server


class Asked:
    """One request through nginx, what the gateway saw of it and the line that was logged."""

    def __init__(self, nginx: PageServer, gateway: Gateway, path: str, **headers: str) -> None:
        before, seen = len(nginx.lines()), len(gateway.seen)
        self.answer = httpx.get(
            nginx.url + path,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            timeout=10,
        )
        self.line = nginx.wait_for_lines(before + 1)[before]
        self.headers: Mapping[str, str] = dict(*gateway.seen[seen:])


@pytest.fixture
def ask(nginx: PageServer, gateway: Gateway) -> Callable[..., Asked]:
    return lambda path, **headers: Asked(nginx, gateway, path, **headers)


def test_a_line_tells_a_request_in_the_fields_of_ecs(ask: Callable[..., Asked]) -> None:
    before = datetime.now(UTC)
    line = ask("/api/candles/ACME?interval=1d", traceparent=TRACEPARENT).line
    stamp = line.pop("@timestamp")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
    assert abs((datetime.fromisoformat(stamp) - before).total_seconds()) < 5
    assert line["event"].pop("duration") >= 0
    assert line == {
        "log.level": "info",
        "message": "GET /api/candles/ACME 200",
        "ecs.version": "1.6.0",
        "log": {"logger": "frontend.access"},
        "service": {"name": "frontend", "version": "1.2.3", "environment": "staging"},
        "host": {"name": socket.gethostname()},
        "event": {"dataset": "frontend.access"},
        "trace": {"id": TRACE},
        "http": {
            "request": {"id": TRACE, "method": "GET"},
            "response": {"status_code": 200, "body": {"bytes": 2}},
        },
        "url": {"path": "/api/candles/ACME", "query": "interval=1d"},
    }


def test_a_line_without_a_query_is_the_same_otherwise(ask: Callable[..., Asked]) -> None:
    plain, asking = ask("/api/x").line, ask("/api/x?a=b").line
    assert asking["url"].pop("query") == "a=b"
    for line in (plain, asking):
        for changing in ("@timestamp", "trace"):
            del line[changing]
        del line["event"]["duration"], line["http"]["request"]["id"]
    assert plain == asking


@pytest.mark.parametrize(
    ("path", "low", "high"),
    [("/api/x", 0, 50), ("/api/slow", 55, 500), ("/api/slower", 1000, 3000)],
)
def test_duration_is_in_nanoseconds(
    ask: Callable[..., Asked], path: str, low: int, high: int
) -> None:
    duration = ask(path).line["event"]["duration"]
    assert isinstance(duration, int)
    assert low * 10**6 <= duration <= high * 10**6


def test_ids_that_came_are_passed_on(ask: Callable[..., Asked]) -> None:
    asked = ask("/api/x", traceparent=TRACEPARENT, x_request_id="browser-1")
    assert asked.headers["traceparent"] == TRACEPARENT
    assert asked.headers["x-request-id"] == "browser-1"
    assert asked.answer.headers.get_list("x-request-id") == ["browser-1"]
    assert asked.line["trace"]["id"] == TRACE
    assert asked.line["http"]["request"]["id"] == "browser-1"


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "00",
        TRACEPARENT.upper(),
        f"{TRACEPARENT}-00",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-00f067aa0ba902b7-01; evil",
    ],
)
def test_ids_that_are_missing_or_not_well_formed_are_made(
    ask: Callable[..., Asked], traceparent: str
) -> None:
    headers = {"traceparent": traceparent} if traceparent else {}
    asked = ask("/api/x", x_request_id='so "not', **headers)
    made = asked.headers["traceparent"]
    assert WELL_FORMED.fullmatch(made)
    trace = made.split("-")[1]
    assert trace != TRACE
    assert asked.line["trace"]["id"] == trace
    assert asked.line["http"]["request"]["id"] == trace
    assert asked.headers["x-request-id"] == trace
    assert asked.answer.headers["x-request-id"] == trace


def test_each_request_is_given_ids_of_its_own(ask: Callable[..., Asked]) -> None:
    first, second = (ask("/api/x").headers["traceparent"].split("-") for _ in range(2))
    assert first[1] != second[1]
    assert first[2] != second[2]


def test_what_nginx_answers_itself_has_an_id_too(ask: Callable[..., Asked]) -> None:
    asked = ask("/symbols/ACME", traceparent=TRACEPARENT)
    assert asked.answer.text == "<title>Page</title>"
    assert asked.headers == {}
    assert asked.answer.headers["x-request-id"] == TRACE
    assert asked.line["url"] == {"path": "/symbols/ACME"}


def test_a_gateway_that_fails_is_an_error(ask: Callable[..., Asked]) -> None:
    line = ask("/api/broken").line
    assert line["log.level"] == "error"
    assert line["http"]["response"]["status_code"] == 500


@pytest.mark.parametrize(
    ("query", "logged"),
    [
        ("token=t0p", "token=REDACTED"),
        ("a=1&api_key=t0p&b=2", "a=1&api_key=REDACTED&b=2"),
        (
            "NewPassword=t0p&a=1&client-secret=t0p",
            "NewPassword=REDACTED&a=1&client-secret=REDACTED",
        ),
        ("token=REDACTED0t0p", "token=REDACTED"),
        ("a=token&b=key", "a=token&b=key"),
        ("token&token=", "token&token="),
        ("key=t0p&key=t0p&key=t0p", "REDACTED"),
        ("to%6ben=t0p", "REDACTED"),
        ("a=%22%5C", "a=%22%5C"),
        ('a="b\\', 'a="b\\'),
        ("token=\xff-t0p", "not ASCII"),
    ],
)
def test_no_secret_of_a_query_is_logged(nginx: PageServer, query: str, logged: str) -> None:
    before = len(nginx.lines())
    speak(nginx, f"GET /api/x?{query} HTTP/1.0\r\n\r\n".encode("latin-1"))
    line = nginx.wait_for_lines(before + 1)[before]
    assert line["url"]["query"] == logged
    assert "t0p" not in str(line)


@pytest.mark.parametrize(
    "request_line", [b"\x16\x03\x01\x02", b"GET\r\n", b"G@T / HTTP/1.1\r\n", b"GET /api/x\r\n"]
)
def test_what_is_no_request_makes_a_line_that_can_be_read(
    nginx: PageServer, request_line: bytes
) -> None:
    before = len(nginx.lines())
    speak(nginx, request_line + b"\r\n\r\n")
    status = nginx.wait_for_lines(before + 1)[before]["http"]["response"]["status_code"]
    assert status is None or status >= 200


def test_probes_and_readings_are_not_logged(nginx: PageServer) -> None:
    before = len(nginx.lines())
    for url in (f"{nginx.url}/healthz", f"{nginx.url}/readyz", nginx.metrics_url):
        assert httpx.get(url, timeout=10).is_success
    assert httpx.get(f"{nginx.url}/?last=1", timeout=10).is_success
    assert nginx.wait_for_lines(before + 1)[before]["url"]["query"] == "last=1"


def test_a_probe_that_is_answered_badly_is_logged(gateway: Gateway, tmp_path: Path) -> None:
    with page_server(tmp_path, gateway.url) as server:
        (tmp_path / "page" / "index.html").unlink()
        assert httpx.get(f"{server.url}/readyz", timeout=10).status_code == 503
        line = server.wait_for_lines(1)[-1]
        assert (line["message"], line["log.level"]) == ("GET /readyz 503", "error")
        assert line["service"] == {
            "name": "frontend",
            "version": "unknown",
            "environment": "development",
        }


def test_numbers_are_read_on_a_port_of_their_own(nginx: PageServer) -> None:
    answer = httpx.get(nginx.metrics_url, timeout=10)
    assert answer.headers["content-type"] == PROMETHEUS
    numbers = dict(line.split(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    assert set(numbers) == {
        *(f"nginx_connections_{state}" for state in ("active", "reading", "writing", "waiting")),
        "nginx_connections_opened_total",
    }
    assert int(numbers["nginx_connections_active"]) >= 1
    typed = re.findall(r"^# TYPE (\w+) (?:gauge|counter)$", answer.text, re.MULTILINE)
    assert typed == list(numbers)
    # Nothing else is there, and the page's port shows the page in its place.
    assert httpx.get(nginx.metrics_url.replace("/metrics", "/"), timeout=10).status_code == 404
    assert httpx.get(f"{nginx.url}/metrics", timeout=10).text == "<title>Page</title>"


def test_connections_are_counted_also_over_one_that_is_kept(nginx: PageServer) -> None:
    with httpx.Client(timeout=10) as client:
        read = [_opened(client.get(nginx.metrics_url).text) for _ in range(2)]
        client.get(nginx.url)
        read.append(_opened(client.get(nginx.metrics_url).text))
    assert read[1] == read[0] + 1
    assert read[2] >= read[1] + 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BACKEND_URL", "http://x/path"),
        ("BACKEND_URL", "http://x\nhttp://y"),
        ("BELLWETHER_ENVIRONMENT", 'x"; return 200'),
        ("BELLWETHER_VERSION", "a\nb#c"),
    ],
)
def test_a_variable_that_would_be_configuration_is_refused(
    tmp_path: Path, variable: str, value: str
) -> None:
    given = {"BACKEND_URL": "http://127.0.0.1:9", variable: value}
    address = given.pop("BACKEND_URL")
    with (
        pytest.raises(RuntimeError, match=f"{variable}.* ha(s|ve) to be"),
        page_server(tmp_path, address, **given),
    ):
        pass


MISTAKES: dict[str, tuple[str, str, Callable[[Asked], object]]] = {
    "a trace of its own is passed on": (
        "proxy_set_header traceparent $traceparent;",
        'proxy_set_header traceparent "00-$request_id-$made_span_id-01";',
        lambda asked: asked.headers["traceparent"],
    ),
    "an id of its own in the line": (
        '"trace":{"id":"$trace_id"}',
        '"trace":{"id":"$request_id"}',
        lambda asked: asked.line["trace"]["id"],
    ),
    "seconds for nanoseconds": (
        '"duration":$duration_nanoseconds',
        '"duration":$request_time',
        lambda asked: asked.line["event"]["duration"],
    ),
    "the query as it came": (
        '"query":"$url_query"',
        '"query":"$args"',
        lambda asked: asked.line["url"]["query"],
    ),
}
"""What is replaced by what in the template, and where it shows."""


@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistakes_show(
    mistake: str, ask: Callable[..., Asked], gateway: Gateway, tmp_path: Path
) -> None:
    good, bad, shown = MISTAKES[mistake]
    template = (SOURCES / "nginx.conf.template").read_text()
    assert good in template
    path, headers = "/api/slow?token=t0p", {"traceparent": TRACEPARENT}
    with page_server(tmp_path, gateway.url, template.replace(good, bad)) as server:
        wrong = Asked(server, gateway, path, **headers)
    right = ask(path, **headers)
    values: list[Any] = []
    for asked in (wrong, right):
        try:
            values.append(shown(asked))
        except KeyError:
            values.append(None)
    assert values[0] != values[1]


def speak(nginx: PageServer, request: bytes) -> bytes:
    """Send bytes as they are and read until nginx closes."""
    port = int(nginx.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        said = b""
        while more := connection.recv(65536):
            said += more
    return said


def _opened(text: str) -> int:
    return int(text.rpartition("nginx_connections_opened_total ")[2])
