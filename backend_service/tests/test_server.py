"""The server drops connections on which nothing moves, and no others."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn

from backend_service.server import GatewayServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

pytestmark = pytest.mark.anyio

SECONDS = 10
BODY = b"x" * 8_000_000


async def answer_at_length(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Hand over a long answer as a whole, after which the server may close the connection."""
    headers = [(b"content-length", str(len(BODY)).encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


@asynccontextmanager
async def serve(stall_seconds: float) -> AsyncIterator[GatewayServer]:
    config = uvicorn.Config(
        answer_at_length, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=SECONDS
    )
    server = GatewayServer(config, lambda: None, stall_seconds)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(SECONDS):
        while not server.started:
            await asyncio.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        async with asyncio.timeout(2 * SECONDS):
            await serving


def connect(server: GatewayServer) -> socket.socket:
    """A browser that has asked and has taken nothing yet."""
    browser = socket.socket()
    browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    browser.connect(server.servers[0].sockets[0].getsockname())
    browser.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    return browser


async def wait_for_connections(server: GatewayServer, count: int) -> None:
    async with asyncio.timeout(SECONDS):
        while len(server.server_state.connections) != count:
            await asyncio.sleep(0.01)


async def test_a_browser_that_takes_nothing_is_dropped() -> None:
    async with serve(stall_seconds=0.5) as server:
        with connect(server):
            await wait_for_connections(server, 1)
            await wait_for_connections(server, 0)


async def test_a_browser_that_is_slow_gets_everything() -> None:
    async with serve(stall_seconds=SECONDS) as server:
        with connect(server) as browser:
            browser.setblocking(False)
            loop = asyncio.get_running_loop()
            taken = 0
            async with asyncio.timeout(3 * SECONDS):
                while part := await loop.sock_recv(browser, 200_000):
                    taken += len(part)
                    await asyncio.sleep(0.001)
        assert taken > len(BODY)


async def test_stopping_does_not_wait_for_a_browser_that_takes_nothing() -> None:
    loop = asyncio.get_running_loop()
    async with serve(stall_seconds=60) as server:
        browser = connect(server)
        await wait_for_connections(server, 1)
        started = loop.time()
    assert loop.time() - started < SECONDS / 2
    browser.close()
