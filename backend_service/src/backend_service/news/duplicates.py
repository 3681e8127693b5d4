"""Which headlines are copies of one another.

Two headlines about a symbol are the same if their words are, or nearly so, within a few days:
agencies' headlines are reprinted with a prefix, an ending, a word more or less. Nearly the same
means a Jaccard similarity of at least 0.8 of their pairs of neighbouring words, with the same
figures; a headline in which one word of ten is another ('rises', 'falls') stays well below that.

Candidates are found by prefix filtering (Bayardo, Ma & Srikant, 2007: two sets of that
similarity share an element among the first few of each in any fixed order), so that nothing is
compared with everything; a bound on the candidates that one element names keeps an adversary's
file linear as well.

What is kept of a set of copies is always one whole publication, the one that was known first.
Its text and its time never come from different copies: the words of a later one would be used
before they were written.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend_service.news.items import Headline

WINDOW: Final = timedelta(days=4)
"""Copies lie at most this far apart; later, the same words are news again."""
_SIMILARITY: Final = 0.8
_COPIES: Final = 64
_POSTINGS: Final = 16
_NUMBER: Final = re.compile(r"\d")


@dataclass(eq=False)
class Kept:
    """A headline that stands for all its copies.

    Attributes
    ----------
    headline : Headline
        The publication that was known first.
    row : int or None
        Where it is stored already.
    copies : set of str
        Fingerprints of the other publications of it, at most 64 of them: a source that lists
        the same headline whenever it is asked is counted once.
    replaced : bool
        Whether a stored publication gave way to one that was known before it.
    """

    headline: Headline
    row: int | None = None
    copies: set[str] = field(default_factory=set)
    replaced: bool = False
    pairs: frozenset[int] = field(default_factory=frozenset)


class DuplicateFinder:
    """Sorts headlines of one symbol into new ones and copies.

    Parameters
    ----------
    stored : iterable of Kept
        What is stored already around the time of what will come.
    """

    def __init__(self, stored: Iterable[Kept]) -> None:
        self._by_key: dict[str, list[Kept]] = defaultdict(list)
        self._by_pair: dict[tuple[int, str], deque[Kept]] = defaultdict(
            lambda: deque(maxlen=_POSTINGS)
        )
        self._new: list[Kept] = []
        self._changed: dict[int, Kept] = {}
        for kept in stored:
            self._index(kept)

    def add(self, headline: Headline) -> bool:
        """Take `headline` in; whether it is new."""
        pairs = _pairs_of(headline.words)
        kept = self._find(headline, pairs)
        if kept is None:
            new = Kept(headline, pairs=pairs)
            self._new.append(new)
            self._index(new)
            return True
        if self._count(kept, headline) and kept.row is not None:
            self._changed[kept.row] = kept
        return False

    @property
    def new(self) -> list[Kept]:
        """Headlines that were not known."""
        return self._new

    @property
    def changed(self) -> list[Kept]:
        """Stored headlines of which copies came."""
        return list(self._changed.values())

    def _count(self, kept: Kept, headline: Headline) -> bool:
        """Note one more copy; whether it was a new one."""
        fingerprint, first = headline.fingerprint, kept.headline.fingerprint
        if fingerprint == first or fingerprint in kept.copies:
            return False
        is_earlier = headline.known_by < kept.headline.known_by
        if not is_earlier and len(kept.copies) >= _COPIES:
            return False
        kept.copies.add(first if is_earlier else fingerprint)
        if is_earlier:
            kept.headline = headline
            kept.replaced = True
            self._index(kept)
        return True

    def _find(self, headline: Headline, pairs: frozenset[int]) -> Kept | None:
        for kept in self._by_key.get(headline.text_key, ()):
            if _are_near(kept.headline, headline):
                return kept
        figures = _figures_of(headline.words)
        for pair in _prefix_of(pairs):
            for kept in self._by_pair.get((pair, figures), ()):
                if _are_near(kept.headline, headline) and _are_similar(kept.pairs, pairs):
                    return kept
        return None

    def _index(self, kept: Kept) -> None:
        kept.pairs = _pairs_of(kept.headline.words)
        self._by_key[kept.headline.text_key].append(kept)
        figures = _figures_of(kept.headline.words)
        for pair in _prefix_of(kept.pairs):
            self._by_pair[pair, figures].append(kept)


def _are_near(one: Headline, other: Headline) -> bool:
    return abs(one.published_at - other.published_at) <= WINDOW


def _pairs_of(words: tuple[str, ...]) -> frozenset[int]:
    """Hashes of neighbouring words, the same in every process."""
    padded = ("", *words)
    return frozenset(
        zlib.crc32(f"{first}\x00{second}".encode())
        for first, second in zip(padded, words, strict=False)
    )


def _prefix_of(pairs: frozenset[int]) -> list[int]:
    size = len(pairs)
    return sorted(pairs)[: size - math.ceil(_SIMILARITY * size) + 1]


def _are_similar(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether their Jaccard similarity, shared elements to all, reaches the bound."""
    shared = len(one & other)
    return shared >= _SIMILARITY * (len(one) + len(other) - shared)


def _figures_of(words: tuple[str, ...]) -> str:
    return " ".join(sorted(word for word in words if _NUMBER.search(word)))
