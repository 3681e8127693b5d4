"""Words as numbers: what the classifier and the rules see of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from model_service.sentiment.lite.lexicon import Lexicon
from model_service.sentiment.lite.words import split_words

UNKNOWN: Final = 0
NUMBER: Final = 1
START: Final = 2
END: Final = 3
FIRST_WORD: Final = 4

_SIGN_OR_DIGIT: Final = frozenset("-−–0123456789")

_LONG: Final = 24
"""Digits without end are no amount."""


class Vocabulary:
    """Every word and phrase that is known, with its number and class.

    Parameters
    ----------
    lexicon : Lexicon
        All its words and phrases are known.
    further : sequence of str
        Words of no class that are known besides, in the order of their numbers.

    Attributes
    ----------
    size : int
        Numbers are below it.
    classes : ndarray of int64, shape (size,)
        Class of each number in the lexicon, 0 for none.
    """

    def __init__(self, lexicon: Lexicon, further: Sequence[str]) -> None:
        self.lexicon = lexicon
        self.further = tuple(further)
        self._numbers: dict[str, int] = {}
        classes = [0] * FIRST_WORD
        for word, kind in lexicon.words.items():
            self._numbers[word] = len(classes)
            classes.append(kind)
        self._phrases: dict[str, list[tuple[list[str], int]]] = {}
        for first, phrases in lexicon.phrases.items():
            for rest, kind in phrases:
                self._phrases.setdefault(first, []).append((list(rest), len(classes)))
                classes.append(kind)
        for word in further:
            if word not in self._numbers:
                self._numbers[word] = len(classes)
                classes.append(0)
        self.classes: NDArray[np.int64] = np.array(classes, dtype=np.int64)
        self.size = len(classes)
        self._starters = frozenset(self._phrases)
        self.class_list: list[int] = classes

    def read(self, text: str) -> tuple[list[str], list[int]]:
        """The tokens of a text and their numbers; a phrase is one token."""
        tokens = split_words(text)
        numbers = [
            found or (NUMBER if token[0] in _SIGN_OR_DIGIT and len(token) < _LONG else UNKNOWN)
            for token, found in zip(tokens, map(self._numbers.get, tokens), strict=True)
        ]
        if not self._starters.isdisjoint(tokens):
            return self._join_phrases(tokens, numbers)
        return tokens, numbers

    def _join_phrases(self, tokens: list[str], numbers: list[int]) -> tuple[list[str], list[int]]:
        joined_tokens: list[str] = []
        joined: list[int] = []
        place, end = 0, len(tokens)
        while place < end:
            token = tokens[place]
            width, number = 1, numbers[place]
            for rest, phrase in self._phrases.get(token, ()):
                after = place + 1 + len(rest)
                if tokens[place + 1 : after] == rest:
                    width, number = 1 + len(rest), phrase
                    token = " ".join((token, *rest))
                    break
            joined_tokens.append(token)
            joined.append(number)
            place += width
        return joined_tokens, joined
