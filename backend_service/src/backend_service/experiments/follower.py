"""One task that asks for an experiment's events on behalf of all browsers that watch it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from backend_service.telemetry.spans import own_trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend_service.experiments.pages import EventPages
    from backend_service.experiments.watch import Watch

_log = structlog.get_logger(__name__)


class Follower:
    """Hands what happens in an experiment to its watches, for as long as there are any.

    Parameters
    ----------
    experiment_id : str
    position : int
        Id behind which it begins.
    pages : EventPages
    poll_seconds : float
        Time between two questions.
    on_done : callable
        Called with this follower when it has stopped.
    """

    def __init__(
        self,
        experiment_id: str,
        position: int,
        pages: EventPages,
        poll_seconds: float,
        on_done: Callable[[Follower], None],
    ) -> None:
        self.experiment_id = experiment_id
        self.position = position
        self._pages = pages
        self._poll_seconds = poll_seconds
        self._on_done = on_done
        self._watches: set[Watch] = set()
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._finish)

    def add(self, watch: Watch) -> None:
        """Feed `watch` from this follower's position on."""
        self._watches.add(watch)

    def remove(self, watch: Watch) -> bool:
        """Feed `watch` no longer; True where nobody is left and the follower stops."""
        self._watches.discard(watch)
        if self._watches:
            return False
        self._task.cancel()
        return True

    async def close(self) -> None:
        """Stop asking."""
        self._task.cancel()
        await asyncio.wait({self._task})

    async def _run(self) -> None:
        # Spans of questions that are asked twice a second would tell nothing.
        with own_trace("follow experiment", recorded=False):
            await self._follow()

    async def _follow(self) -> None:
        more = False
        while True:
            if not more:
                await asyncio.sleep(self._poll_seconds)
            page = await self._pages.wait_for(self.experiment_id, self.position)
            if page is None:
                return
            self.position = page.last_id
            for watch in tuple(self._watches) if page.events else ():
                watch.offer(page.events)
            if page.ended:
                return
            more = page.more

    def _finish(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("follower_failed", experiment_id=self.experiment_id, exc_info=error)
        self._on_done(self)
        for watch in tuple(self._watches):
            watch.finish()
