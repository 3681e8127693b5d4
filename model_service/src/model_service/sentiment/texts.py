"""Headlines as they come, made into the text that is scored.

Feeds hand out markup, entities and invisible characters, and data sets words that were cut apart
from their punctuation ("U . S . trade war , Apple 's"). Texts that a person would read as the same
shall be the same text, so that they are scored once and alike. Compatibility characters are folded
only where that keeps the meaning: wide letters and ligatures are, ½ and m² are not.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

MAX_CHARACTERS: Final = 20_000
"""Longest text; what is longer is cut."""

_KEY_BYTES = 16
_FOLDED = frozenset({"wide", "narrow", "font", "initial", "medial", "final", "isolated"})
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})

_TAG = re.compile(r"<(?:!--.{0,1000}?--|[!?/]?([A-Za-z][A-Za-z0-9]*)\b[^<>]*)>", re.DOTALL)
_INLINE = frozenset(
    {"a", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"}
)
_CODE = frozenset({"script", "style"})

_ACRONYM = re.compile(r"(?<![^\s(\"'])(?:[A-Z] \. ?){2,}")
_THOUSANDS = re.compile(r"(?<![\d,.])\d{1,3}(?: , \d{3})+(?!\d)")
_DECIMAL = re.compile(r"(?<!\d)(\d{1,3}) \. (\d{1,2})(?!\d)")
_JOINED = (
    (re.compile(r" ((?:['’](?:s|re|ve|ll|d|m|t)|(?<=\w )n['’]t)\b)"), r"\1"),
    (re.compile(r" ([,;:!?.]+)(?=\s|$)"), r"\1"),
    (re.compile(r" ([)\]}])"), r"\1"),
    (re.compile(r"([(\[{]) "), r"\1"),
    (re.compile(r"(?<=\d) %"), "%"),
    (re.compile(r"([$£€¥₹]) (?=\d)"), r"\1"),
    (re.compile(r"`` ?| ?(?<!')''(?!')"), '"'),
)


def prepare_text(raw: str) -> str:
    """The text that is scored; empty where nothing that can be read is left.

    Parameters
    ----------
    raw : str
        Any text, lone surrogates included; of a longer one the first `MAX_CHARACTERS` count.

    Returns
    -------
    str
        At most `MAX_CHARACTERS`, without markup and invisible characters, single spaces between
        words.
    """
    text = _drop_invisible(raw[:MAX_CHARACTERS])[:MAX_CHARACTERS]
    if "<" in text:
        text = _drop_tags(text)
    if "&" in text:
        text = _drop_tags(_drop_invisible(_unescape(text)))
    return _join_tokens(" ".join(text.split()))[:MAX_CHARACTERS].strip()


def text_key(prepared: str) -> bytes:
    """What stands for a text in a cache: 16 bytes, equal for equal texts alone."""
    content = prepared.encode("utf-8", errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=_KEY_BYTES).digest()


def _drop_invisible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    visible = text.translate({ord(character): _fold(character) for character in set(text)})
    return unicodedata.normalize("NFC", visible)


@lru_cache(maxsize=4_096)
def _fold(character: str) -> str:
    """What stands for one character: itself, nothing, a space, or its plain letters."""
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return ""
    kind = unicodedata.decomposition(character).partition(">")[0].removeprefix("<")
    if kind in _FOLDED or (kind == "compat" and category.startswith("L")):
        return unicodedata.normalize("NFKC", character)
    return character


def _unescape(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:
        # A character number of thousands of digits.
        return text


def _drop_tags(text: str) -> str:
    """Text without tags; what stands between the tags of a script or a style sheet goes too."""
    kept: list[str] = []
    position, code = 0, ""
    for tag in _TAG.finditer(text):
        name = (tag.group(1) or "").lower()
        closes = tag.group().startswith("</")
        if not (code and closes and name == code):
            kept.append(text[position : tag.start()])
        kept.append("" if name in _INLINE else " ")
        position = tag.end()
        code = name if name in _CODE and not closes else ""
    kept.append(text[position:])
    return "".join(kept)


def _join_tokens(text: str) -> str:
    """Text whose punctuation was cut off, written as people write it."""
    text = _ACRONYM.sub(_close_up_acronym, text)
    text = _THOUSANDS.sub(lambda number: number.group().replace(" ", ""), text)
    text = _DECIMAL.sub(r"\1.\2", text)
    for pattern, replacement in _JOINED:
        text = pattern.sub(replacement, text)
    return text


def _close_up_acronym(found: re.Match[str]) -> str:
    tokens = found.group()
    return tokens.replace(" ", "") + (" " if tokens.endswith(" ") else "")
