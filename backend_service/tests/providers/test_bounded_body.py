"""Unpacking stops at the limit, however the bytes come in pieces."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.providers.bounded_body import BodyTooLarge, BrokenBody, read_body


async def pieces(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def run(coroutine: object) -> bytes:
    """A coroutine that waits for nothing, run without a loop."""
    try:
        coroutine.send(None)  # type: ignore[attr-defined]
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    raise AssertionError("it waits")


@given(st.binary(max_size=300), st.integers(1, 50), st.sampled_from(["gzip", "deflate", ""]))
def test_what_was_packed_comes_out(body: bytes, size: int, coding: str) -> None:
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}[coding](body)
    assert run(read_body(pieces(packed, size), coding, 2_000)) == body


@given(st.binary(max_size=300), st.integers(1, 50))
def test_garbage_is_broken_and_nothing_else(body: bytes, size: int) -> None:
    try:
        run(read_body(pieces(body, size), "gzip", 2_000))
    except (BrokenBody, BodyTooLarge):
        return
    assert gzip.decompress(body) is not None


def test_members_of_a_packed_file_follow_each_other() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    assert run(read_body(pieces(packed, 7), "gzip", 100)) == b"one two"


@pytest.mark.parametrize("coding", ["gzip", ""])
def test_the_limit_is_exact(coding: str) -> None:
    for length, fits in ((100, True), (101, False)):
        body = bytes(length)
        packed = gzip.compress(body) if coding else body
        if fits:
            assert run(read_body(pieces(packed, 10), coding, 100)) == body
        else:
            with pytest.raises(BodyTooLarge):
                run(read_body(pieces(packed, 10), coding, 100))
