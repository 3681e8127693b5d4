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
        await super().shutdown(sockets)

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
