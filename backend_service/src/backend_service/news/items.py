"""Headlines as they are kept: clean text, and what makes two of them the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from backend_service.providers.headlines import DIRECTION_MARKS
from backend_service.providers.public_web import public_link

if TYPE_CHECKING:
    from backend_service.providers.news import NewsItem, NewsProviderName, Precision

HEADLINE_LENGTH: Final = 1_000
"""Longer ones are cut; a headline of this length is an article already."""
_SOURCE_LENGTH: Final = 255
_SUFFIX: Final = re.compile(r"\s+[-–—|•]\s+([^-–—|•]{2,60})$")
_SIGNED: Final = re.compile(r"(?<![^\s(])[-+\u2212](?=[$€£₹]?\d)")
_PUBLISHERS: Final = frozenset(
    {
        "associated press",
        "barrons",
        "benzinga",
        "bloomberg",
        "bloomberg com",
        "business insider",
        "business standard",
        "cnbc",
        "cnn",
        "financial times",
        "forbes",
        "fortune",
        "investing com",
        "investopedia",
        "livemint",
        "marketwatch",
        "mint",
        "moneycontrol",
        "moneycontrol com",
        "motley fool",
        "nasdaq",
        "reuters",
        "reuters com",
        "seeking alpha",
        "the economic times",
        "the guardian",
        "the motley fool",
        "the new york times",
        "the wall street journal",
        "thestreet",
        "wsj",
        "yahoo finance",
        "zacks",
        "zacks com",
    }
)
"""Names that aggregators hang behind headlines whose source they call by another name."""


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline on its way into the store.

    Attributes
    ----------
    symbol : str
        The company or instrument, in capitals.
    text : str
        As it is shown: clean, on one line.
    words : tuple of str
        As it is compared.
    text_key : str
        Identity of `words`, 32 hexadecimal digits.
    provider, source, url, published_at, precision
        As in :class:`backend_service.providers.news.NewsItem`.
    """

    symbol: str
    text: str
    words: tuple[str, ...]
    text_key: str
    provider: NewsProviderName
    source: str
    url: str | None
    published_at: datetime
    precision: Precision

    @property
    def fingerprint(self) -> str:
        """Identity of this publication: the same text by the same source at the same time."""
        told = f"{self.text_key}|{self.provider}|{self.source}|{self.published_at.isoformat()}"
        return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()

    @property
    def known_by(self) -> datetime:
        """The moment at which it was published for certain: a date's end where no time is known."""
        return known_by(self.published_at, self.precision)


def known_by(published_at: datetime, precision: Precision) -> datetime:
    """When something was published for certain."""
    return published_at if precision == "time" else published_at + timedelta(days=1)


def news_symbol(symbol: str) -> str:
    """The name under which news of `symbol` is kept, the same in every letter case."""
    return symbol.upper()


def to_headline(symbol: str, provider: NewsProviderName, item: NewsItem) -> Headline | None:
    """`item` in the form that is kept; None where it has no visible text."""
    text = clean_text(item.headline)[:HEADLINE_LENGTH].rstrip()
    if not has_visible_text(text):
        return None
    source = clean_text(item.source)[:_SOURCE_LENGTH] or provider
    words = split_words(text, source)
    return Headline(
        symbol=news_symbol(symbol),
        text=text,
        words=words,
        text_key=hash_words(words),
        provider=provider,
        source=source,
        url=public_link(item.url) if item.url is not None else None,
        published_at=item.published_at,
        precision=item.precision,
    )


def clean_text(text: str) -> str:
    """`text` on one line, without what cannot be stored or seen."""
    if text.isascii() and text.isprintable():  # as nearly all are; the rest takes ten times as long
        return " ".join(text.split())
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half of a surrogate pair is no text
    visible = "".join(
        " " if unicodedata.category(c) == "Cc" else c for c in whole if c not in DIRECTION_MARKS
    )
    return " ".join(visible.split())


def has_visible_text(text: str) -> bool:
    """Whether anything in `text` can be seen."""
    return any(c.isalnum() or unicodedata.category(c)[0] in "LNPS" for c in text)


def split_words(text: str, source: str) -> tuple[str, ...]:
    """The words of a headline by which it is compared.

    Case, punctuation, forms of the same letter and a publisher's name at the end make no
    difference; figures and their sign do.
    """
    found = _SUFFIX.search(text)
    if found is not None:
        suffix = _split(found[1])
        if suffix == _split(source) or " ".join(suffix) in _PUBLISHERS:
            text = text[: found.start()]
    return _split(text) or tuple(text)


def hash_words(words: tuple[str, ...]) -> str:
    """Identity of a headline's words."""
    return hashlib.blake2b(" ".join(words).encode(), digest_size=16).hexdigest()


def _split(text: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Behind a marker that survives: 'shares -5 %' is not 'shares +5 %'.
    signed = _SIGNED.sub(lambda sign: "\x01" if sign[0] == "+" else "\x02", folded)
    kept = "".join(
        c if c.isalnum() or c in "\x01\x02" or unicodedata.category(c)[0] == "M" else " "
        for c in signed
    )
    return tuple(kept.replace("\x01", "plus").replace("\x02", "minus").split())
