"""The events of experiments for all browsers that watch them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from backend_service.errors import ModelServiceError, TooBusy
from backend_service.experiments.follower import Follower
from backend_service.experiments.pages import EventPages, is_final
from backend_service.experiments.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend_service.experiments.pages import EventPage
    from backend_service.model_client.service import ModelExperiments
    from backend_service.telemetry.metrics import Metrics

_OPEN_SECONDS: Final = 3.0
"""A stream is open after this time whether the model service has answered or not."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """Bounds of the feeds.

    Attributes
    ----------
    streams : int
        Browsers that watch at the same time.
    backlog : int
        Events that may wait for one browser.
    poll_seconds : float
        Time between two questions for the events of an experiment.
    longest_backoff_seconds : float
        The same, while the model service is away.
    heartbeat_seconds : float
        Time until a stream on which nothing happens is sent a comment.
    stall_seconds : float
        Time until a browser that takes nothing is cut off.
    """

    streams: int
    backlog: int
    poll_seconds: float
    longest_backoff_seconds: float
    heartbeat_seconds: float
    stall_seconds: float


class EventFeeds:
    """Streams of events, fed by one follower for each experiment that is watched.

    No connection to the model service stays open: followers ask for pages. So its threads are not
    held by browsers, and its restart is a pause.

    Parameters
    ----------
    model : ModelExperiments
    limits : FeedLimits
    on_end : callable
        Called when an experiment's last event is read.
    metrics : Metrics
    """

    def __init__(
        self,
        model: ModelExperiments,
        limits: FeedLimits,
        on_end: Callable[[], None],
        metrics: Metrics,
    ) -> None:
        self.heartbeat_seconds = limits.heartbeat_seconds
        self.stall_seconds = limits.stall_seconds
        self._limits = limits
        self._pages = EventPages(model, on_end, limits.poll_seconds, limits.longest_backoff_seconds)
        self._metrics = metrics
        self._watches: set[Watch] = set()
        self._followers: dict[str, Follower] = {}
        self._stopping = False

    async def open(self, experiment_id: str, after: int) -> Watch | None:
        """A watch of the events behind `after`, to be released; None where there are none left.

        Raises
        ------
        TooBusy
            Too many watch already.
        ModelServiceRefusal
            There is no such experiment. Where the model service is away, that is found out later:
            a browser would take a refusal for final.
        """
        if len(self._watches) >= self._limits.streams:
            raise TooBusy(
                f"{self._limits.streams} browsers watch experiments already.",
                limit=self._limits.streams,
            )
        watch = Watch(experiment_id, after, self._pages, self, self._limits.backlog)
        self._watches.add(watch)
        self._metrics.event_streams.inc()
        try:
            watch.first = await self._read_first(experiment_id, after)
        except BaseException:
            watch.release()
            raise
        if watch.first is not None and watch.first.ended and not watch.first.events:
            watch.release()
            return None
        if self._stopping:
            watch.stop()
        return watch

    def join(self, watch: Watch) -> bool:
        """Have `watch` fed from its position on; False where others are past it already."""
        follower = self._followers.get(watch.experiment_id)
        if follower is None:
            follower = Follower(
                watch.experiment_id,
                watch.position,
                self._pages,
                self._limits.poll_seconds,
                self._forget,
            )
            self._followers[watch.experiment_id] = follower
        if follower.position > watch.position:
            return False
        follower.add(watch)
        return True

    def leave(self, watch: Watch, *, cut_off: bool = False) -> None:
        """Feed `watch` no longer and give its place to another."""
        if watch not in self._watches:
            return
        self._watches.discard(watch)
        self._metrics.event_streams.dec()
        if cut_off:
            self._metrics.event_streams_cut_off.inc()
            _log.warning("slow_browser_cut_off", experiment_id=watch.experiment_id)
        follower = self._followers.get(watch.experiment_id)
        if follower is not None and follower.remove(watch):
            self._forget(follower)

    def stop(self) -> None:
        """End all streams, and those that are opened from now on at once; browsers come again."""
        self._stopping = True
        for watch in self._watches:
            watch.stop()

    async def close(self) -> None:
        """Stop, and ask for nothing any more."""
        self.stop()
        for follower in tuple(self._followers.values()):
            await follower.close()

    def _forget(self, follower: Follower) -> None:
        if self._followers.get(follower.experiment_id) is follower:
            del self._followers[follower.experiment_id]

    async def _read_first(self, experiment_id: str, after: int) -> EventPage | None:
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                return await self._pages.read(experiment_id, after)
        except TimeoutError:
            return None
        except ModelServiceError as error:
            if is_final(error):
                raise
            return None
