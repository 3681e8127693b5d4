"""What logs and metrics cost: requests a second of `/api/candles` from cache, with and without.

Three gateways, each in a process of its own under uvicorn on loopback, answer the same bytes. The
watched one is as it is started in production: ids, metrics, and log lines on standard output (a
pipe that is read) and over TCP to a Logstash (a process that reads). The unwatched one was made
without all that: no telemetry middleware, no log, counters that count nothing. The one with ids
alone is between them: requests and answers carry their ids, and none is noted. They take turns, the
order turned round in every other round, and the quotient of two turns of a round is one
measurement. The processor time that the gateway's process took for a request, all its threads
together, is measured in the same turns: it depends less on what else the machine does.

    python backend_service/benchmarks/telemetry_cost.py [--candles 5000 --rounds 30 --seconds 1]
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import prometheus_client
import structlog
from candles_cache import SYMBOL, choose_settings, create_gateway
from serving import serve, start_child

from backend_service.telemetry.journal import RequestJournal
from backend_service.telemetry.log_output import configure_logging
from backend_service.telemetry.middleware import TelemetryMiddleware

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

PATH = f"/api/candles/{SYMBOL}"
CONNECTIONS = 8
WARM_UP_SECONDS = 1.0
TARGET_RATIO = 0.95
_CRITICAL = 50


class Turn(NamedTuple):
    """What a gateway did in one turn."""

    requests_a_second: float
    processor_seconds_a_request: float


def serve_watched(ready: Connection, folder: str, count: int, logstash: int) -> None:
    settings = choose_settings(folder).model_copy(update={"logstash_host": f"127.0.0.1:{logstash}"})
    with subprocess.Popen(
        ["/bin/cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, bufsize=0
    ) as reader:
        configure_logging(settings, reader.stdin)
        serve(create_gateway(settings, count), ready)


def serve_unwatched(ready: Connection, folder: str, count: int, _logstash: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_CRITICAL))
    prometheus_client.Counter.inc = lambda *_: None  # type: ignore[method-assign,assignment]
    app = create_gateway(choose_settings(folder), count)
    app.user_middleware = [one for one in app.user_middleware if one.cls is not TelemetryMiddleware]
    serve(app, ready)


def serve_with_ids(ready: Connection, folder: str, count: int, logstash: int) -> None:
    # What is left of the telemetry when nothing is noted: accepting ids and sending them back.
    RequestJournal.note = lambda *_: None  # type: ignore[method-assign,assignment]
    serve_watched(ready, folder, count, logstash)


def read_lines(ready: Connection) -> None:
    """Logstash's part: take whatever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ready.send(server.getsockname()[1])
        connection, _ = server.accept()
        with connection:
            while connection.recv(1 << 20):
                pass


def load(port: int, length: int, seconds: float) -> int:
    """Ask on some connections, on each anew when its answer of `length` bytes has come."""
    request = f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
    buffer = bytearray(1 << 20)
    left: dict[socket.socket, int] = {}
    answered = 0
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            selector.register(connection, selectors.EVENT_READ)
            connection.sendall(request)
            left[connection] = length
        until = time.perf_counter() + seconds
        while left:
            for key, _ in selector.select(10):
                connection = key.fileobj  # type: ignore[assignment]
                left[connection] -= connection.recv_into(buffer)
                if left[connection] > 0:
                    continue
                answered += 1
                if time.perf_counter() < until:
                    connection.sendall(request)
                    left[connection] = length
                else:
                    selector.unregister(connection)
                    del left[connection]
    return answered


def take_turn(port: int, pid: int, length: int, seconds: float) -> Turn:
    before, started = read_processor_seconds(pid), time.perf_counter()
    answered = load(port, length, seconds)
    took = time.perf_counter() - started
    return Turn(answered / took, (read_processor_seconds(pid) - before) / answered)


def read_processor_seconds(pid: int) -> float:
    """What all threads of a process have had of a processor, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e9


def measure_length(port: int) -> int:
    """Bytes of an answer, its head included, once it comes from the cache."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {PATH} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        connection.settimeout(1.0)
        length = 0
        while True:
            try:
                length += len(connection.recv(1 << 20))
            except TimeoutError:
                return length


SIDES = {"watched": serve_watched, "with_ids": serve_with_ids, "unwatched": serve_unwatched}


def measure(count: int, rounds: int, seconds: float) -> dict[str, Any]:
    with ExitStack() as stack:
        sides = {}
        for name, target in SIDES.items():
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            logstash, _ = start_child(stack, read_lines)
            port, pid = start_child(stack, target, folder, count, logstash)
            file = {"file": (f"{SYMBOL}.csv", b"unread")}
            url = f"http://127.0.0.1:{port}"
            httpx.post(f"{url}/api/datasets", files=file, timeout=30).raise_for_status()
            httpx.get(url + PATH, timeout=30).raise_for_status()
            sides[name] = (port, pid, measure_length(port))
        for side in sides.values():
            take_turn(*side, WARM_UP_SECONDS)
        turns: dict[str, list[Turn]] = {name: [] for name in sides}
        for number in range(rounds):
            for name in sides if number % 2 == 0 else reversed(sides):
                turns[name].append(take_turn(*sides[name], seconds))
    return describe(turns, count)


def divide_rates(above: list[Turn], below: list[Turn]) -> list[float]:
    """Requests a second of one side as a share of the other's, round by round."""
    return [a.requests_a_second / b.requests_a_second for a, b in zip(above, below, strict=True)]


def describe(turns: dict[str, list[Turn]], count: int) -> dict[str, Any]:
    ratios = divide_rates(turns["watched"], turns["unwatched"])
    # The least is what a request takes where nothing else disturbs the machine.
    least = {name: min(turn.processor_seconds_a_request for turn in turns[name]) for name in SIDES}
    ratio = statistics.median(ratios)
    low, _, high = statistics.quantiles(ratios, n=4)
    return {
        "benchmark": "telemetry_cost",
        "value": round(statistics.median(t.requests_a_second for t in turns["watched"]), 1),
        "unit": "requests/s",
        "baseline": round(statistics.median(t.requests_a_second for t in turns["unwatched"]), 1),
        "baseline_name": "the same gateway without logs and metrics",
        "ratio": round(ratio, 3),
        "ratio_quartiles": [round(low, 3), round(high, 3)],
        "ratio_to_ids_alone": round(
            statistics.median(divide_rates(turns["watched"], turns["with_ids"])), 3
        ),
        "least_processor_microseconds": {n: round(1e6 * least[n], 1) for n in SIDES},
        "ratio_of_least_processor_time": round(least["unwatched"] / least["watched"], 3),
        "target_ratio": TARGET_RATIO,
        "met": ratio >= TARGET_RATIO,
        "candles": count,
        "connections": CONNECTIONS,
        "rounds": len(ratios),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candles", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=1.0)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.candles, arguments.rounds, arguments.seconds)))


if __name__ == "__main__":
    main()
