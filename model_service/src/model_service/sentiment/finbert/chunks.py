"""Texts of any length as chunks that a model can read at once."""

from __future__ import annotations

from collections.abc import Callable

from model_service.sentiment.finbert.sentences import split_sentences

Tokenise = Callable[[str], list[int]]
"""Text to token ids, without those that mark beginning and end."""


def split_text(text: str, tokenise: Tokenise, limit: int) -> list[list[int]]:
    """Token ids of the chunks of a text; one chunk where the text is short enough.

    Parameters
    ----------
    text : str
    tokenise : callable
    limit : int
        Most tokens of a chunk, at least 1.

    Returns
    -------
    list of list of int
        At least one chunk, which is empty where the text has no token. A chunk is as many whole
        sentences as fit; a sentence that does not fit by itself is cut every `limit` tokens.
    """
    tokens = tokenise(text)
    if len(tokens) <= limit:
        return [tokens]
    chunks: list[list[int]] = [[]]
    for sentence in split_sentences(text):
        tokens = tokenise(sentence)
        windows = [tokens[start : start + limit] for start in range(0, len(tokens), limit)]
        for window in windows:
            if len(chunks[-1]) + len(window) > limit:
                chunks.append([])
            chunks[-1].extend(window)
    return [chunk for chunk in chunks if chunk]
