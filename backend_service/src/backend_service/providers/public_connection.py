"""Connections to public addresses alone, made to the very address that was checked.

A name that is resolved once for the check and again for the connection may lead elsewhere the
second time (DNS rebinding). Here one answer of the name server serves both; the name stays what
the certificate is checked against.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import httpcore

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.public_addresses import (
    is_public_address,
    is_public_host,
    normalise_host,
    read_address,
)

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a host, for connections to a port.

Raises :class:`OSError` where there are none.
"""

_ADDRESSES: Final = 4
"""So many of a host's addresses are tried."""
_CONNECT_SECONDS: Final = 4.0
_resolvers: Final = ThreadPoolExecutor(4, thread_name_prefix="resolve")
"""Of their own: a name server that hangs keeps them, not those of everybody."""


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver; it bounds its own waits, the caller bounds all of them."""
    found = await asyncio.get_running_loop().run_in_executor(
        _resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class PublicBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore; refuses every host that is not public.

    Parameters
    ----------
    allowed_hosts : collection of str
        Hosts that may be anywhere.
    resolve : Resolve
    inner : httpcore.AsyncNetworkBackend
        Connects to the address that was found.
    """

    def __init__(
        self, allowed_hosts: Collection[str], resolve: Resolve, inner: httpcore.AsyncNetworkBackend
    ) -> None:
        self._allowed = frozenset(normalise_host(host) for host in allowed_hosts)
        self._resolve = resolve
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of `host`'s addresses, after all of them were found to be public.

        Raises
        ------
        ProviderBadAnswer
            `host` or one of its addresses is not public.
        httpcore.ConnectError
            There is no address, or none accepts the connection.
        """
        seconds = _CONNECT_SECONDS if timeout is None else min(timeout, _CONNECT_SECONDS)
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in (await self._find_addresses(host, port))[:_ADDRESSES]:
            try:
                return await self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _find_addresses(self, host: str, port: int) -> Sequence[str]:
        allowed = host in self._allowed
        if not allowed and not is_public_host(host):
            raise _refuse(host)
        if read_address(host) is not None:
            return [host]
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        if not allowed:
            for address in addresses:
                found = read_address(address)
                if found is None or not is_public_address(found):
                    raise _refuse(host)
        return addresses


def _refuse(host: str) -> ProviderBadAnswer:
    return ProviderBadAnswer(f"{host} is not a public host, so nothing is fetched from it.")
