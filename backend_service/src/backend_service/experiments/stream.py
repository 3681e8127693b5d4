"""A watch as an answer: server-sent events until it ends, the browser leaves or is too slow."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

    from backend_service.experiments.watch import Watch
    from backend_service.problems import Responses

_MEDIA_TYPE: Final = "text/event-stream"
_RETRY: Final = b"retry: 2000\n\n"
"""A browser whose stream breaks off comes again after so many milliseconds."""
_HEARTBEAT: Final = b":\n\n"
_FINISH_SECONDS: Final = 1.0
_HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}

EVENT_STREAM_RESPONSES: Final[Responses] = {
    200: {
        "description": "Events in order, each an `ExperimentEvent`",
        "content": {_MEDIA_TYPE: {"schema": {"type": "string"}}},
    }
}
"""The `responses` entry of a route that answers with such a stream."""


class EventStream(StreamingResponse):
    """What a watch has to tell, with comments where that is nothing for a while.

    Starlette's own answer waits for as long as a browser takes to read; here that is bounded, and
    the stream ends when the watch is stopped.

    Parameters
    ----------
    watch : Watch
        Released at the end.
    """

    media_type = _MEDIA_TYPE

    def __init__(self, watch: Watch) -> None:
        super().__init__((), headers=_HEADERS)
        self._watch = watch

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            await send(start)
            writing = asyncio.create_task(self._write(send))
            leaving = asyncio.create_task(_wait_for_leaving(receive))
            stopping = asyncio.create_task(self._watch.stopped.wait())
            tasks = {writing, leaving, stopping}
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                outcomes = await asyncio.gather(writing, leaving, stopping, return_exceptions=True)
        finally:
            self._watch.release()
        if isinstance(outcomes[0], Exception):
            raise outcomes[0]
        # A browser that takes nothing does not take the end either; the server drops it then.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_SECONDS):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _write(self, send: Send) -> None:
        parts = self._watch.parts()
        part: bytes | None = _RETRY
        try:
            while part is not None and await self._put(send, part):
                part = await self._await_part(send, parts)
        finally:
            await parts.aclose()

    async def _await_part(self, send: Send, parts: AsyncGenerator[bytes]) -> bytes | None:
        """The next part, with comments until it comes; None where none will."""
        coming = asyncio.ensure_future(anext(parts, None))
        try:
            while not (await asyncio.wait({coming}, timeout=self._watch.heartbeat_seconds))[0]:
                if not await self._put(send, _HEARTBEAT):
                    return None
            return coming.result()
        finally:
            coming.cancel()
            await asyncio.wait({coming})

    async def _put(self, send: Send, part: bytes) -> bool:
        """Whether the browser took `part` in time; if not, the watch is stopped."""
        try:
            async with asyncio.timeout(self._watch.stall_seconds):
                await send({"type": "http.response.body", "body": part, "more_body": True})
        except TimeoutError:
            self._watch.cut_off()
            return False
        return True


async def _wait_for_leaving(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
