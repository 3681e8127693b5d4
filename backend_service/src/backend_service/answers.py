"""Finished answers: bytes with a strong ETag, kept in a cache that is bounded in bytes."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

CACHE_CONTROL: Final = "private, no-cache"
"""Keep it, but ask whether it still holds: an upload replaces a series at any time."""

_OVERHEAD_BYTES: Final = 512
"""What an entry costs beside its body."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a 200 answer and its strong entity tag, quotes included."""

    body: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> Answer:
        return cls(body, f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"')

    def respond(self, if_none_match: str | None) -> Response:
        """200 with the body, or 304 where the client has it (RFC 9110, 13.1.2)."""
        headers = {"etag": self.etag, "cache-control": CACHE_CONTROL}
        if if_none_match is not None and self._is_named_by(if_none_match):
            return Response(None, 304, headers)
        return Response(self.body, 200, headers, "application/json")

    def _is_named_by(self, if_none_match: str) -> bool:
        tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
        return self.etag in tags or tags == ["*"]


class AnswerCache:
    """Answers by what determines them, the least recently used dropped first.

    Parameters
    ----------
    limit_bytes : int
        Bound on the sum of all bodies. An answer larger than a quarter of it is not kept, so
        that one giant does not drive out all others.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self.held_bytes = 0

    def get(self, key: Hashable) -> Answer | None:
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: Hashable, answer: Answer) -> None:
        size = len(answer.body) + _OVERHEAD_BYTES
        if size > self._limit_bytes // 4:
            return
        self._drop(key)
        self._answers[key] = answer
        self.held_bytes += size
        while self.held_bytes > self._limit_bytes:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Hashable) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self.held_bytes -= len(dropped.body) + _OVERHEAD_BYTES
