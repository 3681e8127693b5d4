"""Lines on their way to a Logstash that is there, away, slow, rude, and back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from backend_service.telemetry.logstash import LogstashSink
from tests.line_server import LineServer, serve_lines, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT_SECONDS = 0.5


@pytest.fixture
def server() -> Iterator[LineServer]:
    with serve_lines() as server:
        yield server


def open_sink(server: LineServer, limit: int = 10_000, stall_seconds: float = 5.0) -> LogstashSink:
    return LogstashSink(
        "127.0.0.1",
        server.port,
        limit=limit,
        stall_seconds=stall_seconds,
        longest_pause_seconds=0.2,
    )


def put(sink: LogstashSink, *numbers: int, size: int = 0) -> float:
    """Seconds that the slowest of them took."""
    slowest = 0.0
    for number in numbers:
        started = time.perf_counter()
        sink.put([f"{number} {'x' * size}\n".encode()])
        slowest = max(slowest, time.perf_counter() - started)
    return slowest


def numbers_in(server: LineServer) -> list[int]:
    return [int(line.split()[0]) for line in server.lines]


def test_all_lines_arrive_in_order_over_one_connection(server: LineServer) -> None:
    sink = open_sink(server)
    put(sink, *range(3_000))
    server.wait_for(lambda lines: len(lines) == 3_000)
    assert numbers_in(server) == list(range(3_000))
    wait_until(lambda: sink.waiting == 0)
    assert (server.connections, sink.dropped) == (1, 0)
    assert sink.close() == 0


def test_what_waits_is_delivered_once_it_is_back(server: LineServer) -> None:
    server.go()
    sink = open_sink(server)
    assert put(sink, *range(100)) < PROMPT_SECONDS
    time.sleep(0.5)
    assert (sink.waiting, sink.dropped) == (100, 0)
    server.come()
    server.wait_for(lambda lines: len(lines) == 100)
    # Whoever writes to a connection that the other side has closed is told so too late.
    server.go()
    server.come()
    put(sink, 100)
    server.wait_for(lambda lines: len(lines) == 101)
    assert numbers_in(server) == list(range(101))
    sink.close()


def test_beyond_the_bound_new_lines_are_dropped_and_counted(server: LineServer) -> None:
    server.go()
    sink = open_sink(server, limit=10)
    put(sink, *range(15))
    sink.put([b"15\n", b"16\n"])
    assert (sink.waiting, sink.dropped) == (10, 7)
    server.come()
    server.wait_for(lambda lines: len(lines) == 10)
    assert numbers_in(server) == list(range(10))
    sink.close()


def test_one_that_does_not_read_holds_nobody_up_and_is_given_up(server: LineServer) -> None:
    server.reading.clear()
    sink = open_sink(server, stall_seconds=0.3)
    assert put(sink, *range(5_000), size=1_000) < PROMPT_SECONDS
    wait_until(lambda: server.connections > 1)
    assert sink.waiting > 0
    server.reading.set()
    server.wait_for(lambda _: len(set(numbers_in(server))) == 5_000)
    assert sink.dropped == 0
    sink.close()


def test_what_a_broken_connection_did_not_take_is_sent_again(server: LineServer) -> None:
    sink = open_sink(server)
    put(sink, *range(10))
    server.wait_for(lambda lines: len(lines) == 10)
    server.reading.clear()
    put(sink, *range(10, 3_000), size=1_000)
    wait_until(lambda: sink.waiting < 2_990)  # some have been taken and not read
    server.go(reset=True)
    server.reading.set()
    server.come()
    server.wait_for(lambda _: numbers_in(server)[-1:] == [2_999])
    lost = sorted(set(range(3_000)) - set(numbers_in(server)))
    # What the other side's system had and its program did not: no sender can know of it.
    assert lost == list(range(3_000))[lost[0] : lost[-1] + 1] if lost else True
    assert len(lost) < 1_500
    wait_until(lambda: sink.waiting == 0)
    assert sink.dropped == 0
    sink.close()


def test_the_end_is_bounded_and_counts_what_is_lost(server: LineServer) -> None:
    server.reading.clear()
    sink = open_sink(server)
    put(sink, *range(5_000), size=1_000)
    started = time.monotonic()
    lost = sink.close(0.5)
    assert time.monotonic() - started < 2.0
    assert lost == sink.dropped > 1_000


def test_the_end_sends_what_waits(server: LineServer) -> None:
    sink = open_sink(server)
    put(sink, *range(500))
    assert sink.close() == 0
    server.wait_for(lambda lines: len(lines) == 500)
