"""The lexicon: which class of meaning a word or a phrase has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LEXICON_FILE: Final = Path(__file__).with_name("lexicon.txt")

_VOWELS: Final = "aeiou"


@dataclass(frozen=True)
class Lexicon:
    """Words and phrases by class.

    Attributes
    ----------
    names : tuple of str
        Names of the classes; a class is its place here plus one, 0 is a word of no class.
    words : dict
        Word to class.
    phrases : dict
        First word of a phrase to its further words and class, longest phrase first.
    """

    names: tuple[str, ...]
    words: dict[str, int]
    phrases: dict[str, tuple[tuple[tuple[str, ...], int], ...]]

    def number(self, name: str) -> int:
        """The class of that name."""
        return self.names.index(name) + 1


def parse_lexicon(text: str) -> Lexicon:
    """The lexicon of its file's text; of a word in two classes the first counts."""
    names: list[str] = []
    kind = 0
    words: dict[str, int] = {}
    phrases: dict[str, dict[tuple[str, ...], int]] = {}
    for line in text.splitlines():
        line = re.split(r"\s#|^#", line, maxsplit=1)[0].strip()
        if line.startswith("["):
            name = line.strip("[]")
            if name not in names:
                names.append(name)
            kind = names.index(name) + 1
            continue
        for entry in line.split():
            for form in _forms(entry):
                first, *rest = re.split(r"[_-]", form)
                if rest:
                    phrases.setdefault(first, {}).setdefault(tuple(rest), kind)
                else:
                    words.setdefault(form, kind)
    ordered = {
        first: tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))
        for first, found in phrases.items()
    }
    return Lexicon(tuple(names), words, ordered)


def _forms(entry: str) -> Iterator[str]:
    """Every form of an entry, by its mark."""
    stem, mark, tail = entry.partition("/")
    kind, _, rest = tail.partition("_")
    rest = f"_{rest}" if rest else ""
    if not mark:
        yield entry
    elif kind == "n":
        yield stem + rest
        yield _with_s(stem) + rest
    else:
        base = stem + stem[-1] if kind == "vv" else stem.removesuffix("e")
        past = stem[:-1] + "ied" if _ends_in_consonant_y(stem) else base + "ed"
        for form in (stem, _with_s(stem), past, base + "ing"):
            yield form + rest


def _with_s(stem: str) -> str:
    if _ends_in_consonant_y(stem):
        return stem[:-1] + "ies"
    return stem + ("es" if stem.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _ends_in_consonant_y(stem: str) -> bool:
    return stem.endswith("y") and stem[-2] not in _VOWELS
