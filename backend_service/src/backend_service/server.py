"""The server of the gateway: uvicorn, told that some answers do not end by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class GatewayServer(uvicorn.Server):
    """Ends streams of events before it waits for connections to end.

    uvicorn tells an application that it stops only after all answers have ended, and a stream
    would keep it waiting until its time is over.

    Parameters
    ----------
    config : uvicorn.Config
    end_streams : callable
    """

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, let answers finish, end the application."""
        self._end_streams()
        await super().shutdown(sockets)
