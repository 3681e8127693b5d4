"""Bodies of answers, unpacked no further than a limit."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

_ANY_HEADER: Final = zlib.MAX_WBITS | 32
"""gzip and zlib are told apart by their headers."""
_PACKED: Final = frozenset({"gzip", "x-gzip", "deflate"})


class BodyTooLarge(Exception):
    """More bytes than the limit, packed or unpacked."""


class BrokenBody(Exception):
    """Packed in a way that is not known, or cut off."""


async def read_body(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """The unpacked body of an answer.

    A few packed kilobytes may hold gigabytes: never more than `limit` bytes are unpacked.

    Parameters
    ----------
    chunks : async iterable of bytes
    encoding : str
        Of ``Content-Encoding``, in lower case.
    limit : int
        Of the packed and of the unpacked bytes.

    Raises
    ------
    BodyTooLarge
    BrokenBody
    """
    if encoding in ("", "identity"):
        return b"".join([chunk async for chunk in _count(chunks, limit)])
    if encoding not in _PACKED:
        raise BrokenBody(f"content coding {encoding!r}")
    body = bytearray()
    unpacker = zlib.decompressobj(_ANY_HEADER)
    async for chunk in _count(chunks, limit):
        packed = chunk
        while packed:
            if unpacker.eof:  # a gzip file may have several members
                unpacker = zlib.decompressobj(_ANY_HEADER)
            try:
                body += unpacker.decompress(packed, limit + 1 - len(body))
            except zlib.error as error:
                raise BrokenBody(str(error)) from error
            if len(body) > limit:
                raise BodyTooLarge
            packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        raise BrokenBody("the packed body is cut off")
    return bytes(body)


async def _count(chunks: AsyncIterable[bytes], limit: int) -> AsyncIterable[bytes]:
    seen = 0
    async for chunk in chunks:
        seen += len(chunk)
        if seen > limit:
            raise BodyTooLarge
        yield chunk
