"""One browser's way through the events of an experiment."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator, Sequence

    from backend_service.experiments.pages import EventPage, EventPages, WrittenEvent


_PART_BYTES: Final = 64 * 1024


class Watched(Protocol):
    """What a watch needs of the feed that it belongs to."""

    heartbeat_seconds: float
    stall_seconds: float

    def join(self, watch: Watch) -> bool:
        """Have `watch` fed from its position on; False where others are past it already."""
        ...

    def leave(self, watch: Watch, *, cut_off: bool = False) -> None:
        """Feed `watch` no longer and give its place to another."""
        ...


class Watch:
    """Events behind a position: first by pages of its own, then as they happen.

    Pages are read as fast as the browser takes them. Once it has caught up, the feed hands it what
    happens; what it does not take in time waits in a backlog, and a browser that lets more wait
    than that is cut off. It resumes by ``Last-Event-ID``, by pages.

    Parameters
    ----------
    experiment_id : str
    position : int
        Id behind which it begins.
    pages : EventPages
    feed : Watched
    backlog : int
        Events that may wait.

    Attributes
    ----------
    stopped : asyncio.Event
        Set when the stream has to end whatever is left to send.
    """

    def __init__(
        self, experiment_id: str, position: int, pages: EventPages, feed: Watched, backlog: int
    ) -> None:
        self.experiment_id = experiment_id
        self.position = position
        self.first: EventPage | None = None
        self.stopped = asyncio.Event()
        self.heartbeat_seconds = feed.heartbeat_seconds
        self.stall_seconds = feed.stall_seconds
        self._pages = pages
        self._feed = feed
        self._limit = backlog
        self._backlog: deque[WrittenEvent] = deque()
        self._changed = asyncio.Event()
        self._finished = False

    async def parts(self) -> AsyncGenerator[bytes]:
        """Server-sent events, some at once where many are there."""
        page = self.first
        self.first = None
        while True:
            if page is not None:
                for part in _join(page.events):
                    yield part
                self.position = page.last_id
                if page.ended:
                    return
                # Nothing may happen between these two: else events would fall in between.
                if not page.more and self._feed.join(self):
                    break
            page = await self._pages.wait_for(self.experiment_id, self.position)
            if page is None:
                return
        while events := await self._take():
            for part in _join(events):
                yield part
            self.position = events[-1].id

    def offer(self, events: Sequence[WrittenEvent]) -> bool:
        """Put what happened into the backlog; False where that is full and the stream ends."""
        news = [event for event in events if event.id > self.position]
        if len(self._backlog) + len(news) > self._limit:
            self.cut_off()
            return False
        self._backlog.extend(news)
        self._changed.set()
        return True

    def finish(self) -> None:
        """Nothing follows what is in the backlog."""
        self._finished = True
        self._changed.set()

    def stop(self) -> None:
        """End the stream now."""
        self.stopped.set()

    def cut_off(self) -> None:
        """End the stream now: the browser is too slow."""
        self._feed.leave(self, cut_off=True)
        self.stop()

    def release(self) -> None:
        """The stream has ended; may be said more than once."""
        self._feed.leave(self)

    async def _take(self) -> list[WrittenEvent]:
        """All that waits; empty where nothing will follow."""
        while not self._backlog and not self._finished:
            self._changed.clear()
            await self._changed.wait()
        events = list(self._backlog)
        self._backlog.clear()
        return events


def _join(events: Sequence[WrittenEvent]) -> Iterator[bytes]:
    """Parts of some events each: what a server holds for a browser is about one part."""
    part = bytearray()
    for event in events:
        part += event.content
        if len(part) >= _PART_BYTES:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)
