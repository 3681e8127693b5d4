"""The server of the gateway: uvicorn, told that some answers do not end by themselves."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

_LOOK_SECONDS: Final = 0.25
_STALL_SECONDS: Final = 120.0
_LINGER_SECONDS: Final = 0.5
"""How long connections without a request stay open when the server stops."""
_ACCEPTING_ROUNDS: Final = 3
"""Of the event loop, in which it accepts whoever waits to be accepted."""
_STOPPING_SECONDS: Final = 2.0
"""How long a browser that takes nothing is waited for when the server stops."""


class GatewayServer(uvicorn.Server):
    """Ends streams when it stops, and drops connections to browsers that take nothing.

    uvicorn tells an application that it stops only after all answers have ended, and a stream
    would keep it waiting until its time is over. And it closes a connection only when all that
    was sent has been taken, which may be never.

    Parameters
    ----------
    config : uvicorn.Config
    end_streams : callable
        Called when the server begins to stop.
    stall_seconds : float
        How long a connection that is to be closed may take nothing of what is left. The system
        buffers megabytes on the way, so that a slow browser seems to take nothing for a while.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        end_streams: Callable[[], None],
        stall_seconds: float = _STALL_SECONDS,
    ) -> None:
        super().__init__(config)
        self._end_streams = end_streams
        self._stall_seconds = stall_seconds

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        dropping = asyncio.create_task(self._drop_stalled())
        try:
            await super().serve(sockets)
        finally:
            dropping.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let answers finish, end the application."""
        self._end_streams()
        await self._answer_the_last()
        await super().shutdown(sockets)

    async def _answer_the_last(self) -> None:
        """Answer who has connected by now, or sends on a connection that was kept.

        uvicorn closes at once what has no request under way, and resets who was about to send one.
        """
        for _ in range(_ACCEPTING_ROUNDS):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [
            *self.server_state.default_headers,
            (b"connection", b"close"),
        ]
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            if cycle is not None and not cycle.response_complete:
                # Of these it only makes the answer under way the last one.
                connection.shutdown()
        end = time.monotonic() + _LINGER_SECONDS
        while self.server_state.connections and time.monotonic() < end:
            await asyncio.sleep(_LINGER_SECONDS / 20)

    async def _drop_stalled(self) -> None:
        seen: dict[asyncio.BaseTransport, tuple[int, float]] = {}
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            patience = _STOPPING_SECONDS if self.should_exit else self._stall_seconds
            closing = [
                connection.transport
                for connection in self.server_state.connections
                if connection.transport.is_closing()
            ]
            seen = {transport: seen[transport] for transport in closing if transport in seen}
            for transport in closing:
                left = transport.get_write_buffer_size()
                if transport not in seen or seen[transport][0] != left:
                    seen[transport] = (left, now)
                elif now - seen[transport][1] >= patience:
                    transport.abort()
