"""Texts and times of strangers as headlines."""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Final

HEADLINE_LENGTH: Final = 1_000
SOURCE_LENGTH: Final = 120
_RAW_LENGTH: Final = 4_000
"""What is looked at of a text; the rest of a longer one is cut off first."""
_FIRST_YEAR: Final = 1970
_AHEAD: Final = timedelta(minutes=10)
"""How far the clocks of publishers may be ahead."""
DIRECTION_MARKS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""They could turn round what stands beside the headline on the page."""
_TAG: Final = re.compile(r"</?[A-Za-z!][^<>]*>")
_MARKUP: Final = re.compile(_TAG.pattern + r"|&(?:#?\w{1,32});")


def clean_text(text: object, length: int) -> str | None:
    """`text` on one line, without control and direction characters; None where nothing is left.

    Longer texts are cut at `length` characters. Lone surrogates, which no database takes, become
    question marks.
    """
    if not isinstance(text, str):
        return None
    kept = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text[:_RAW_LENGTH]
        if letter not in DIRECTION_MARKS
    )
    line = " ".join(kept.encode("utf-8", "replace").decode("utf-8").split())
    return line[:length].rstrip() or None


def clean_headline(text: object) -> str | None:
    """A headline as plain text; HTML entities are read once, tags are left out."""
    if not isinstance(text, str):
        return None
    return clean_text(_strip_markup(text[:_RAW_LENGTH]), HEADLINE_LENGTH)


def clean_source(text: object) -> str | None:
    """A publisher's name as plain text."""
    if not isinstance(text, str):
        return None
    return clean_text(_strip_markup(text[:_RAW_LENGTH]), SOURCE_LENGTH)


def is_credible(published_at: datetime, now: datetime) -> bool:
    """Whether something can have been published then: not before 1970, not after now."""
    return published_at.year >= _FIRST_YEAR and published_at <= now + _AHEAD


def read_epoch(seconds: object) -> datetime | None:
    """UTC time of epoch seconds; None where it is no such number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_time(text: object) -> datetime | None:
    """UTC time of an ISO 8601 text; None where it is none or has no zone."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag in ("br", "p", "div", "li"):
            self.pieces.append(" ")


def _strip_markup(text: str) -> str:
    if not _MARKUP.search(text):
        return text
    if "<" not in text:
        return html.unescape(text)
    parser = _Text()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # of "<![word[", which the parser takes for a defect of its own
        return html.unescape(_TAG.sub(" ", text))
    return "".join(parser.pieces)
