"""Sparse features of texts: runs of words, runs of classes, and what the rules signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model_service.sentiment.lite.classifier import Features, Floats, Ints
from model_service.sentiment.lite.directions import DirectionReader
from model_service.sentiment.lite.signals import SIGNALS
from model_service.sentiment.lite.vocabulary import END, START, Vocabulary

_BITS: Final = 17
"""Of a word's number inside the key of a run."""

_MOST_WORDS: Final = 400
"""Words of one text that count; more say nothing new about it."""

WORD_RUN, CLASS_RUN, SIGNAL = 1, 2, 3
"""Kinds of feature."""


@dataclass(frozen=True)
class Keys:
    """Features of texts before they have columns.

    Attributes
    ----------
    rows, keys : ndarray of int64, shape (entries,)
        The kind of a key is ``key >> 61``.
    texts : int
    """

    rows: Ints
    keys: Ints
    texts: int


def kind_of(keys: Ints) -> Ints:
    """The kind of each key."""
    return keys >> 61


class FeatureSpace:
    """Turns texts into features.

    Parameters
    ----------
    vocabulary : Vocabulary
    known : ndarray of int64, shape (features,)
        The keys that have a column, ascending; the place is the column.
    """

    def __init__(self, vocabulary: Vocabulary, known: Ints) -> None:
        self.vocabulary = vocabulary
        self.known = known
        self._reader = DirectionReader(vocabulary)
        classes = vocabulary.classes
        own = np.arange(vocabulary.size) + len(vocabulary.lexicon.names) + 1
        self._abstract: NDArray[np.int64] = np.where(classes > 0, classes, own)

    def keys(self, texts: Sequence[str]) -> Keys:
        """Every feature of the texts, once a text; runs of one to three, and signals."""
        words: list[int] = []
        lengths: list[int] = []
        signals: list[int] = []
        signal_counts: list[int] = []
        for text in texts:
            tokens, numbers = self.vocabulary.read(text)
            found = self._reader.signals(tokens, numbers)
            signals += found
            signal_counts.append(len(found))
            words.append(START)
            words += numbers[:_MOST_WORDS]
            words.append(END)
            lengths.append(min(len(numbers), _MOST_WORDS) + 2)
        flat = np.array(words, dtype=np.int64)
        rows = np.repeat(np.arange(len(texts)), lengths)
        abstract = self._abstract[flat]
        parts = [
            _runs(rows, flat, WORD_RUN, 1),
            _runs(rows, flat, WORD_RUN, 2),
            _runs(rows, abstract, CLASS_RUN, 1),
            _runs(rows, abstract, CLASS_RUN, 2),
            _runs(rows, abstract, CLASS_RUN, 3),
            (
                np.repeat(np.arange(len(texts)), signal_counts),
                np.array(signals, dtype=np.int64) + (SIGNAL << 61),
            ),
        ]
        return Keys(
            np.concatenate([rows for rows, _ in parts]),
            np.concatenate([keys for _, keys in parts]),
            len(texts),
        )

    def features(self, texts: Sequence[str]) -> Features:
        """The features of the texts that have a column.

        A text's runs of a kind together weigh as much as one signal, however long it is.
        """
        found = self.keys(texts)
        if not self.known.size:
            none = np.zeros(0, dtype=np.int64)
            return Features(none, none, none.astype(np.float32), found.texts)
        places = np.searchsorted(self.known, found.keys)
        places[places == self.known.size] = 0
        there = self.known[places] == found.keys
        rows, columns = found.rows[there], places[there]
        kinds = kind_of(found.keys[there])
        values = np.ones(rows.size, dtype=np.float32)
        for kind in (WORD_RUN, CLASS_RUN):
            mine = kinds == kind
            counts = np.bincount(rows[mine], minlength=found.texts)
            scale: Floats = (1.0 / np.sqrt(np.maximum(counts, 1))).astype(np.float32)
            values[mine] = scale[rows[mine]]
        return Features(rows, columns, values, found.texts)


def signal_key(name: str) -> int:
    """The key of a signal."""
    return SIGNALS.index(name) + (SIGNAL << 61)


def _runs(rows: Ints, numbers: Ints, kind: int, length: int) -> tuple[Ints, Ints]:
    """Rows and keys of the runs of that length inside one text."""
    count = max(0, numbers.size - length + 1)
    inside = rows[:count] == rows[numbers.size - count :]
    keys = np.full(count, kind, dtype=np.int64)
    for place in range(3):
        part = numbers[place : place + count] + 1 if place < length else 0
        keys = (keys << (_BITS + 3)) + part
    return rows[:count][inside], (keys[inside] & ((1 << 60) - 1)) | (kind << 61)
