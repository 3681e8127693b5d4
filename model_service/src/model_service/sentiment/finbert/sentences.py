"""Where the sentences of a text end."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s)|[。！？…]+|\n+")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, in order; joined they are the text.

    An abbreviation with a full stop counts as an end: what is split here is put together again as
    far as it fits, so that one end more costs nothing.
    """
    ends = [match.end() for match in _END.finditer(text)]
    if not ends or ends[-1] != len(text):
        ends.append(len(text))
    starts = [0, *ends[:-1]]
    return [text[start:end] for start, end in zip(starts, ends, strict=True) if start < end]
