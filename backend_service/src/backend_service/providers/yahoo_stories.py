"""Yahoo's two shapes of a news item, and whether one is about a symbol."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.headlines import (
    clean_headline,
    clean_source,
    is_credible,
    read_epoch,
    read_time,
)
from backend_service.providers.news import NewsItem
from backend_service.providers.public_web import public_link

_YAHOO: Final = "Yahoo Finance"
_US_EXCHANGES: Final = (
    r"(?:NYSE(?:\s?American|\s?Arca)?|Nasdaq(?:GS|GM|CM)?|AMEX|OTC(?:QX|QB|MKTS)?)"
)
_FORMS: Final = re.compile(
    r"(?:,?\s+(?:Inc|Incorporated|Corp|Corporation|Co|Company|Companies|Ltd|Limited|LLC|LP|plc|PLC|"
    r"AG|SE|SA|S\.A|NV|N\.V|ASA|AS|A/S|AB|Oyj|SpA|S\.p\.A|KGaA|Holding|Holdings|Group|Trust|"
    r"USD|EUR|GBP|\(The\))\.?)+$"
)
"""Endings of company names that headlines leave out."""
_NAME_LENGTH: Final = 4
"""Shorter names are words of other sentences too often."""


@dataclass(frozen=True, slots=True)
class Story:
    """A news item, and the symbols that Yahoo relates it to."""

    item: NewsItem
    symbols: tuple[str, ...]


def read_stories(raw: object, now: datetime) -> tuple[Story, ...]:
    """The items of a list of Yahoo's news, flat or nested; those dated after `now` are left out.

    Single items that cannot be read are left out as well.

    Raises
    ------
    ProviderBadAnswer
        It is no list, or there are items and none of them can be read.
    """
    if not isinstance(raw, list):
        raise ProviderBadAnswer("Yahoo Finance's news are not in a form that is known: no list.")
    stories = [_read_story(each) for each in raw]
    readable = [story for story in stories if story is not None]
    if stories and not readable:
        raise ProviderBadAnswer(
            "Yahoo Finance's news are not in a form that is known: no item has a title and a time."
        )
    return tuple(story for story in readable if is_credible(story.item.published_at, now))


def find_name(quotes: object, symbol: str) -> str | None:
    """The name of `symbol`'s company among the quotes of a search, as headlines write it."""
    if not isinstance(quotes, list):
        return None
    for quote in quotes:
        if isinstance(quote, Mapping) and str(quote.get("symbol")).upper() == symbol.upper():
            name = quote.get("longname") or quote.get("shortname")
            return _FORMS.sub("", name.strip()) if isinstance(name, str) else None
    return None


def keep_related(stories: Sequence[Story], symbol: str, name: str | None) -> tuple[NewsItem, ...]:
    """The items that are about `symbol`.

    Where Yahoo knows nothing about a symbol it answers with whatever is new, so an item has to
    name it: among its related symbols, in the headline as a symbol (``(AAPL)``, ``NYSE:AAPL``,
    ``$AAPL``), or there by the company's name.
    """
    patterns = [_symbol_pattern(symbol)]
    if name is not None and len(name) >= _NAME_LENGTH:
        patterns.append(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"))
    return tuple(
        story.item
        for story in stories
        if symbol.upper() in story.symbols
        or any(pattern.search(story.item.headline) for pattern in patterns)
    )


def _symbol_pattern(symbol: str) -> re.Pattern[str]:
    word = re.escape(symbol)
    # Without a suffix a symbol of Yahoo's is one of the United States: JSE:ADH is another company.
    exchange = rf"(?i:{_US_EXCHANGES}):\s?"
    return re.compile(rf"\((?:{exchange})?{word}\)|(?<!\w){exchange}{word}(?!\w)|\${word}(?!\w)")


def _read_story(raw: object) -> Story | None:
    if not isinstance(raw, Mapping):
        return None
    content = raw.get("content")
    if isinstance(content, Mapping):
        return _read_nested(content)
    headline = clean_headline(raw.get("title"))
    published_at = read_epoch(raw.get("providerPublishTime"))
    if headline is None or published_at is None:
        return None
    source = clean_source(raw.get("publisher")) or _YAHOO
    item = NewsItem(headline, published_at, "time", source, _read_link(raw.get("link")))
    return Story(item, _read_symbols(raw.get("relatedTickers")))


def _read_nested(content: Mapping[str, Any]) -> Story | None:
    headline = clean_headline(content.get("title"))
    published_at = read_time(content.get("pubDate")) or read_time(content.get("displayTime"))
    if headline is None or published_at is None:
        return None
    source = clean_source(_member(content, "provider", "displayName")) or _YAHOO
    link = _member(content, "canonicalUrl", "url") or _member(content, "clickThroughUrl", "url")
    symbols = _member(content, "finance", "stockTickers")
    if isinstance(symbols, list):
        symbols = [each.get("symbol") for each in symbols if isinstance(each, Mapping)]
    item = NewsItem(headline, published_at, "time", source, _read_link(link))
    return Story(item, _read_symbols(symbols))


def _read_symbols(symbols: object) -> tuple[str, ...]:
    if not isinstance(symbols, list):
        return ()
    return tuple(symbol.upper() for symbol in symbols if isinstance(symbol, str))


def _read_link(link: object) -> str | None:
    return public_link(link) if isinstance(link, str) else None


def _member(content: Mapping[str, Any], outer: str, inner: str) -> object:
    members = content.get(outer)
    return members.get(inner) if isinstance(members, Mapping) else None
