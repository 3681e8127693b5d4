"""Connections to the model service that are kept, and may be gone when they are used again."""

from __future__ import annotations

import httpx


class KeptConnections(httpx.AsyncHTTPTransport):
    """httpx's own transport, which asks again where a connection ended before an answer began.

    The other side may close a connection at any time, such as one on which it refused a body
    without reading it; whoever uses it in that moment learns nothing of his question. A GET changes
    nothing, so it is asked once more (RFC 9112, section 9.3.1); anything else is not.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx; a GET may be sent twice."""
        try:
            return await super().handle_async_request(request)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            if request.method != "GET":
                raise
        return await super().handle_async_request(request)
