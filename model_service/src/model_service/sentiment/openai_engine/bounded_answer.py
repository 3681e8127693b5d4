"""Bounds on an answer that is being read: the HTTP client's own are for each piece of it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2


class BoundedStream(httpx2.SyncByteStream):
    """The body of a response, up to a size and a moment.

    Parameters
    ----------
    stream : httpx2.SyncByteStream
    max_bytes : int
    deadline : float
        On the clock of ``time.monotonic``.
    """

    def __init__(self, stream: httpx2.SyncByteStream, max_bytes: int, deadline: float) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._stream:
            size += len(piece)
            if size > self._max_bytes:
                raise httpx2.DecodingError("The answer is too long.")
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("The answer took too long.")
            yield piece

    def close(self) -> None:
        self._stream.close()


def bound_answer(response: httpx2.Response, *, max_bytes: int) -> None:
    """Limit what is read of a response; a hook of the HTTP client.

    From its headers on, the body has as long as the client gives each piece.

    Raises
    ------
    httpx2.DecodingError
        If the response is compressed though that was not asked for: its size says nothing then.
    """
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise httpx2.DecodingError("The answer is compressed.")
    seconds = response.request.extensions["timeout"]["read"]
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = BoundedStream(response.stream, max_bytes, time.monotonic() + seconds)
