"""The gateway on a real port in the test's own event loop, and a browser's way to watch events."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import uvicorn

from backend_service.server import GatewayServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

SECONDS = 10


@asynccontextmanager
async def serve(app: FastAPI, port: int = 0) -> AsyncIterator[str]:
    """`app` as ``python -m backend_service`` serves it; stopped at the end as by SIGTERM."""
    config = uvicorn.Config(
        app, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=SECONDS
    )
    server = GatewayServer(config, app.state.end_streams)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(SECONDS):
        while not server.started:
            await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        async with asyncio.timeout(2 * SECONDS):
            await serving


@dataclass
class EventSource:
    """Watches as a browser does: it comes again where the stream ends, behind what it has.

    Attributes
    ----------
    url : str
    retry_seconds : float
        Stands for what the stream says, which tests do not want to wait for.
    ids : list of int
        Of the events that came, in order.
    events : list
        Their data.
    connections : int
        How often it came.
    """

    url: str
    retry_seconds: float = 0.05
    ids: list[int] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0

    async def watch(self) -> None:
        """Watch until an answer other than 200."""
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            while True:
                headers = {"Last-Event-ID": str(self.ids[-1])} if self.ids else {}
                try:
                    async with client.stream("GET", self.url, headers=headers) as answer:
                        if answer.status_code != 200:
                            return
                        self.connections += 1
                        async for line in answer.aiter_lines():
                            self._read(line)
                except httpx.TransportError:
                    pass
                await asyncio.sleep(self.retry_seconds)

    def _read(self, line: str) -> None:
        if line.startswith("id: "):
            self.ids.append(int(line.removeprefix("id: ")))
        elif line.startswith("data: "):
            self.events.append(orjson.loads(line.removeprefix("data: ")))


async def wait_for_ids(source: EventSource, last: int) -> None:
    """Wait until the event `last` has come."""
    async with asyncio.timeout(SECONDS):
        while last not in source.ids:
            await asyncio.sleep(0.01)
