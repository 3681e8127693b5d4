"""Which chunks run together.

The padded length of a chunk follows from its own length alone, never from its mates: its score is
then the same bits in every company (docs/decisions/0010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_CHUNKS = 32
MOST_TOKENS = 2048
MOST_PAIRS = 2 * 512 * 512
"""Bounds of one run: of its speed, and of the memory that it takes. What attention takes grows with
the pairs of a chunk's tokens."""

PAD_TO = 2
"""Padded lengths are multiples of this: fewer, fuller batches for a few wasted tokens."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Chunks of one padded length.

    Attributes
    ----------
    length : int
        Tokens of each, padding included.
    members : tuple of int
        Positions of the chunks.
    """

    length: int
    members: tuple[int, ...]


def make_batches(lengths: Sequence[int], longest: int) -> list[Batch]:
    """Batches that hold each chunk once, by growing length.

    Parameters
    ----------
    lengths : sequence of int
        Tokens of each chunk, from 1 to `longest`.
    longest : int
        The most that the model reads; no chunk is padded above it.
    """
    padded = [min(longest, -(-length // PAD_TO) * PAD_TO) for length in lengths]
    by_length: dict[int, list[int]] = {}
    for position, length in enumerate(padded):
        by_length.setdefault(length, []).append(position)
    batches = []
    for length, members in sorted(by_length.items()):
        size = max(1, min(MOST_CHUNKS, MOST_TOKENS // length, MOST_PAIRS // length**2))
        batches += [
            Batch(length, tuple(members[start : start + size]))
            for start in range(0, len(members), size)
        ]
    return batches
