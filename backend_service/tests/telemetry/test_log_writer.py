"""Lines on their way to standard output, which may be full, closed or stuck."""

from __future__ import annotations

import io
import os
import threading
import time

from backend_service.telemetry.log_writer import LogWriter


class Stream(io.RawIOBase):
    """Takes a few bytes at a time, and can be stuck or broken."""

    def __init__(self) -> None:
        self.taken = b""
        self.broken = False
        self.entered = threading.Event()
        self.free = threading.Event()
        self.free.set()

    def write(self, content: bytes | memoryview) -> int:  # type: ignore[override]
        self.entered.set()
        self.free.wait(20)
        if self.broken:
            raise BrokenPipeError
        self.taken += bytes(content[:7])
        return min(len(content), 7)


def test_lines_are_written_whole_and_in_the_order_they_came() -> None:
    stream = Stream()
    writer = LogWriter(stream)  # type: ignore[arg-type]
    writer.put_later((lambda _: b"the first line\n",))
    writer.put(b"the second line\n")
    writer.put_later(b"the third line\n")
    writer.flush()
    assert stream.taken == b"the first line\nthe second line\nthe third line\n"
    assert writer.close() == 0


def test_a_stuck_stream_holds_nobody_up_and_what_goes_beyond_the_bound_is_counted() -> None:
    stream = Stream()
    stream.free.clear()
    writer = LogWriter(stream)  # type: ignore[arg-type]
    writer.put(b"the line that it is stuck with\n")
    assert stream.entered.wait(20)
    started = time.perf_counter()
    for _ in range(12_500):
        writer.put(b"line\n")
    assert time.perf_counter() - started < 2.0
    assert writer.dropped == 2_500
    assert not writer.put_later(b"line\n")
    started = time.perf_counter()
    assert writer.close(0.2) == 10_000
    assert time.perf_counter() - started < 2.0
    stream.free.set()


def test_lines_that_a_broken_stream_does_not_take_are_counted() -> None:
    stream = Stream()
    stream.broken = True
    writer = LogWriter(stream)  # type: ignore[arg-type]
    writer.put(b"one\n")
    writer.put(b"two\n")
    writer.flush()
    assert writer.dropped == 2
    stream.broken = False
    writer.put(b"three\n")
    writer.flush()
    assert stream.taken == b"three\n"
    writer.close()


def test_a_line_that_cannot_be_written_keeps_no_other_from_it() -> None:
    def fail(_: object) -> bytes:
        raise ValueError

    stream = Stream()
    writer = LogWriter(stream)  # type: ignore[arg-type]
    writer.put_later((fail,))
    writer.put(b"after it\n")
    writer.flush()
    assert (stream.taken, writer.dropped) == (b"after it\n", 1)
    writer.close()


def test_a_pipe_that_says_it_is_full_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with os.fdopen(writing, "wb", 0) as stream, os.fdopen(reading, "rb", 0) as reader:
        writer = LogWriter(stream)
        for _ in range(3_000):
            writer.put_later(b"x" * 99 + b"\n")
        time.sleep(0.3)  # the pipe, which takes 64 KiB, is full by now
        taken = 0
        while taken < 300_000:
            taken += len(reader.read(65_536) or b"")
        writer.flush()
        assert (taken, writer.dropped) == (300_000, 0)
        writer.close()


def test_what_is_said_after_the_end_is_written_at_once() -> None:
    stream = Stream()
    writer = LogWriter(stream)  # type: ignore[arg-type]
    writer.close()
    writer.put(b"the last words\n")
    assert stream.taken == b"the last words\n"
