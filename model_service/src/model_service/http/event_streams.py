"""Server-sent events of experiments (HTML Living Standard, 9.2), a bounded number of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator

import orjson

from model_service.errors import ExperimentNotFound, ExperimentsUnavailable, NotReady
from model_service.experiments.service import EventPage
from model_service.http.experiment_answers import describe_event

POLL_SECONDS = 0.5
COMMENT_SECONDS = 10.0
LONGEST_SECONDS = 600.0
"""Then a stream ends, and who still listens comes back with the last id."""

_PAGE = 500


class EventStreams:
    """Streams that are open: each keeps a thread of the server.

    Parameters
    ----------
    at_once : int
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._open = threading.Semaphore(at_once)

    def follow(self, read: Callable[[int, int], EventPage], after: int) -> Iterator[bytes]:
        """Everything behind an event's number as it happens.

        Parameters
        ----------
        read : callable
            A page of events: behind which number, at most how many.
        after : int

        Raises
        ------
        NotReady
            If as many streams are open as may be; before anything is streamed.
        """
        if not self._open.acquire(blocking=False):
            raise NotReady(
                f"{self._at_once} streams of events are open, and no more may be; ask for a page "
                "of JSON, or later."
            )
        return _OpenStream(_stream(read, after), self._open.release)


class _OpenStream(Iterator[bytes]):
    """A stream that gives its place back once, also where it is closed before it was read."""

    def __init__(self, chunks: Generator[bytes, None, None], on_end: Callable[[], None]) -> None:
        self._chunks = chunks
        self._on_end = on_end
        self._ended = False

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Called by the server, whatever became of the client."""
        self._chunks.close()
        if not self._ended:
            self._ended = True
            self._on_end()


def _stream(read: Callable[[int, int], EventPage], after: int) -> Generator[bytes, None, None]:
    began = said = time.monotonic()
    try:
        yield b"retry: 2000\n\n"
        while time.monotonic() - began < LONGEST_SECONDS:
            page = _read_or_none(read, after)
            if page is not None:
                for event in page.events:
                    plain = describe_event(event)
                    yield (
                        f"id: {event.number}\nevent: {event.kind}\ndata: ".encode()
                        + orjson.dumps(plain)
                        + b"\n\n"
                    )
                    said = time.monotonic()
                after = page.last_number
                if page.ended:
                    return
                if page.events:
                    continue
            if time.monotonic() - said > COMMENT_SECONDS:
                said = time.monotonic()
                yield b":\n\n"
            time.sleep(POLL_SECONDS)
    except ExperimentNotFound:
        return  # it was removed meanwhile


def _read_or_none(read: Callable[[int, int], EventPage], after: int) -> EventPage | None:
    """A page; None while the database is away."""
    try:
        return read(after, _PAGE)
    except ExperimentsUnavailable:
        return None
