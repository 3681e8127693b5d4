"""Lines on their way to Logstash, which is there, away, slow or rude."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from model_service.telemetry.logstash_sink import LogstashSink
from tests.line_server import LineServer

SCRIPT = """
import os, sys, structlog
from model_service.settings import Settings
from model_service.telemetry.log_lines import configure_logging
configure_logging(Settings(), "worker", stream=open(os.devnull, "w"))
log = structlog.get_logger("model_service")
for number in range(200):
    log.info("parent", number=number)
child = os.fork()
for number in range(200):
    log.info("child" if child == 0 else "later", number=number)
if child:
    assert os.waitpid(child, 0)[1] == 0
"""

Sinks = Callable[..., LogstashSink]


@pytest.fixture
def make_sink(line_server: LineServer) -> Iterator[Sinks]:
    made: list[LogstashSink] = []

    def make(**how: Any) -> LogstashSink:
        quick = {"longest_pause_seconds": 0.1, "stall_seconds": 0.2, "end_seconds": 0.5}
        made.append(LogstashSink("127.0.0.1", line_server.port, **quick | how))
        return made[-1]

    yield make
    for sink in made:
        sink.close()


def log(sink: LogstashSink, *numbers: int, filler: str = "") -> float:
    """Log these numbers; the longest time that one of them took."""
    longest = 0.0
    for number in numbers:
        record = logging.LogRecord("n", logging.INFO, "", 0, f"{number}{filler}", (), None)
        began = time.perf_counter()
        sink.handle(record)
        longest = max(longest, time.perf_counter() - began)
    return longest


def numbers_of(lines: list[bytes]) -> list[int]:
    return [int(line.split()[0]) for line in lines]


def test_lines_arrive_in_order(make_sink: Sinks, line_server: LineServer) -> None:
    sink = make_sink()
    log(sink, *range(1_000))
    line_server.wait_for(lambda lines: len(lines) == 1_000)
    assert numbers_of(line_server.lines) == list(range(1_000))
    assert line_server.connections == 1
    assert (sink.dropped, sink.waiting) == (0, 0)


def test_what_waits_while_it_is_away_arrives_once_it_is_back(
    make_sink: Sinks, line_server: LineServer
) -> None:
    line_server.go()
    sink = make_sink()
    assert log(sink, *range(500)) < 0.2
    assert (sink.waiting, sink.dropped) == (500, 0)
    line_server.come()
    line_server.wait_for(lambda lines: len(lines) == 500)
    # And again, without a line being sent meanwhile: the first one after that is not lost.
    line_server.go()
    line_server.come()
    log(sink, 500)
    line_server.wait_for(lambda lines: len(lines) == 501)
    assert numbers_of(line_server.lines) == list(range(501))
    assert sink.dropped == 0


def test_what_goes_beyond_the_bound_is_dropped_and_counted(
    make_sink: Sinks, line_server: LineServer
) -> None:
    line_server.go()
    sink = make_sink(capacity=10)
    log(sink, *range(25))
    assert (sink.waiting, sink.dropped) == (10, 15)
    line_server.come()
    line_server.wait_for(lambda lines: len(lines) == 10)
    assert numbers_of(line_server.lines) == list(range(10))


def test_one_that_does_not_read_holds_nobody_up(make_sink: Sinks, line_server: LineServer) -> None:
    line_server.reading.clear()
    sink = make_sink()
    assert log(sink, *range(3_000), filler=" " + "x" * 1_000) < 0.2
    # Its connection is given up, and another one tried.
    deadline = time.monotonic() + 10.0
    while line_server.connections < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert sink.waiting > 0
    line_server.reading.set()
    line_server.wait_for(lambda lines: len(set(numbers_of(lines))) == 3_000)
    assert sink.dropped == 0


def test_lines_that_a_broken_connection_did_not_take_are_sent_again(
    make_sink: Sinks, line_server: LineServer
) -> None:
    sink = make_sink(stall_seconds=5.0)
    log(sink, *range(100))
    line_server.wait_for(lambda lines: len(lines) == 100)
    line_server.reading.clear()
    log(sink, *range(100, 2_000), filler=" " + "x" * 1_000)
    time.sleep(0.05)
    line_server.go(reset=True)
    line_server.reading.set()
    line_server.come()
    line_server.wait_for(lambda lines: bool(lines) and numbers_of(lines)[-1] == 1_999)
    arrived = set(numbers_of(line_server.lines))
    # What the other machine had taken and its program not read is lost: no sender can know.
    lost = set(range(2_000)) - arrived
    assert len(lost) < 100
    assert not lost or lost == set(range(min(lost), max(lost) + 1))


def test_an_end_is_bounded_and_counts_what_is_left(
    make_sink: Sinks, line_server: LineServer
) -> None:
    line_server.reading.clear()
    sink = make_sink(stall_seconds=60.0)
    log(sink, *range(3_000), filler=" " + "x" * 1_000)
    began = time.monotonic()
    sink.close()
    assert 0.4 < time.monotonic() - began < 2.0
    assert sink.dropped > 2_000
    log(sink, 1)
    sink.close()
    line_server.go()
    away = make_sink()
    log(away, 1, 2)
    began = time.monotonic()
    away.close()
    assert time.monotonic() - began < 0.5
    assert away.dropped == 2


def test_a_forked_process_and_one_that_ends_leave_nothing_behind(line_server: LineServer) -> None:
    subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=True,
        timeout=60,
        env={**os.environ, "LOGSTASH_HOST": f"127.0.0.1:{line_server.port}"},
    )
    line_server.wait_for(lambda lines: len(lines) >= 600)
    for word in (b"parent", b"child", b"later"):
        assert sum(b'"message":"' + word in line for line in line_server.lines) == 200
