"""Connections go to the address that was checked, whatever the name server says later."""

# ruff: noqa: ARG002  (the signatures are httpcore's)
from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore
import pytest

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.public_connection import PublicBackend, resolve_host

pytestmark = pytest.mark.anyio

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class RecordingStream(httpcore.AsyncMockStream):
    def __init__(self, backend: RecordingBackend) -> None:
        super().__init__([ANSWER])
        self._backend = backend

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self._backend.certificates_of.append(server_hostname)
        return self

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._backend.written += buffer


class RecordingBackend(httpcore.AsyncNetworkBackend):
    """Connects to nothing; the addresses in `dead` refuse."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        self.connected: list[tuple[str, int]] = []
        self.certificates_of: list[str | None] = []
        self.written = b""
        self._dead = dead

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connected.append((host, port))
        if host in self._dead:
            raise httpcore.ConnectError("refused")
        return RecordingStream(self)


class NameServer:
    """Gives its answers in turn, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def ask(backend: PublicBackend, url: str) -> bytes:
    async with httpcore.AsyncConnectionPool(network_backend=backend) as pool:
        response = await pool.request("GET", url)
        return response.content


async def test_the_checked_address_is_connected_and_the_name_certified() -> None:
    inner = RecordingBackend()
    names = NameServer(["93.184.216.34"], ["127.0.0.1"])  # the second answer is the attack
    assert await ask(PublicBackend((), names, inner), "https://example.com/a") == b"ok"
    assert inner.connected == [("93.184.216.34", 443)]
    assert inner.certificates_of == ["example.com"]
    assert b"Host: example.com" in inner.written
    assert names.asked == 1


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:10.0.0.1"], ["fe80::1%2"], ["junk"]],
)
async def test_one_private_address_is_enough_to_refuse(addresses: list[str]) -> None:
    inner = RecordingBackend()
    with pytest.raises(ProviderBadAnswer, match=r"example\.com is not a public host"):
        await ask(PublicBackend((), NameServer(addresses), inner), "http://example.com/")
    assert inner.connected == []


async def test_names_that_cannot_be_public_are_not_resolved() -> None:
    names = NameServer(["93.184.216.34"])
    with pytest.raises(ProviderBadAnswer, match="not a public host"):
        await ask(PublicBackend((), names, RecordingBackend()), "http://metadata.internal/")
    assert names.asked == 0


async def test_allowed_hosts_may_be_anywhere() -> None:
    inner = RecordingBackend()
    backend = PublicBackend(("Mirror.Internal",), NameServer(["10.0.0.1"]), inner)
    assert await ask(backend, "http://mirror.internal/") == b"ok"
    assert inner.connected == [("10.0.0.1", 80)]


async def test_the_next_address_is_tried_where_one_refuses() -> None:
    inner = RecordingBackend(dead=["2606:4700::1111"])
    names = NameServer(["2606:4700::1111", "93.184.216.34"])
    assert await ask(PublicBackend((), names, inner), "http://example.com/") == b"ok"
    assert [host for host, _ in inner.connected] == ["2606:4700::1111", "93.184.216.34"]


async def test_no_address_and_no_name_server_are_connection_errors() -> None:
    async def fail(host: str, port: int) -> Sequence[str]:
        raise OSError("no network")

    for resolve in (fail, NameServer([])):
        with pytest.raises(httpcore.ConnectError):
            await ask(PublicBackend((), resolve, RecordingBackend()), "http://example.com/")


async def test_the_system_resolves_names() -> None:
    assert "127.0.0.1" in await resolve_host("localhost", 80)
