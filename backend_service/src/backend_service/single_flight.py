"""One task for all who ask the same at the same time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs at most one piece of work for a key at a time; later askers wait for its outcome.

    The work goes on when an asker goes away: others may wait for it, and its answer is cached.
    It has to bound its own duration.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def run(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The outcome of `work`, or of the work already under way for `key`."""
        task = self._running.get(key)
        if task is None:

            async def await_work() -> T:
                return await work()

            task = asyncio.create_task(await_work())
            self._running[key] = task
            task.add_done_callback(lambda done: self._finish(key, done))
        return await asyncio.shield(task)

    def _finish(self, key: Hashable, done: asyncio.Task[T]) -> None:
        self._running.pop(key, None)
        if not done.cancelled():
            done.exception()  # marks it as seen where every asker has gone
