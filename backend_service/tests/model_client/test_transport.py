"""A connection that ends just as it is used again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from backend_service.model_client.transport import KeptConnections

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

END = b"<end>"
"""Of an answer after which the connection is closed."""


@asynccontextmanager
async def serve(answers: list[bytes]) -> AsyncIterator[tuple[httpx.AsyncClient, list[bytes]]]:
    """A server that gives these answers, one a request; `END` ends the connection."""
    asked: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[0])
                answer = answers.pop(0)
                writer.write(answer.removesuffix(END))
                if answer.endswith(END):
                    return
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", transport=KeptConnections(), timeout=10
        ) as client,
    ):
        yield client, asked


async def test_a_question_whose_connection_ended_is_asked_again() -> None:
    async with serve([ANSWER, END, ANSWER]) as (client, asked):
        assert (await client.get("/healthz")).text == "ok"
        assert (await client.get("/healthz")).text == "ok"
    assert asked == [b"GET"] * 3


async def test_it_is_asked_again_once() -> None:
    async with serve([ANSWER, END, END, ANSWER]) as (client, asked):
        await client.get("/healthz")
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/healthz")
    assert asked == [b"GET"] * 3


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_what_may_change_something_is_not_sent_twice(method: str) -> None:
    async with serve([END, ANSWER]) as (client, asked):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.request(method, "/experiments")
    assert asked == [method.encode()]


async def test_an_answer_that_broke_off_is_not_asked_for_again() -> None:
    async with serve([ANSWER[:-1] + END, ANSWER]) as (client, asked):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/healthz")
    assert asked == [b"GET"]
