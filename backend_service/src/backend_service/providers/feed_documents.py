"""RSS and Atom documents of strangers as headlines."""

from __future__ import annotations

import calendar
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import feedparser

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.headlines import (
    clean_headline,
    clean_source,
    is_credible,
    read_epoch,
)
from backend_service.providers.news import NewsItem, Precision
from backend_service.providers.public_web import public_link
from backend_service.providers.xml_guard import read_charset, refuse_dangerous_xml

_ITEMS: Final = 500
_DATE_LENGTH: Final = 100
_TIME: Final = re.compile(r"\d{1,2}:\d{2}")
_MIDNIGHT: Final = re.compile(r"(?<![\d:+-])00:00(?::00(?:\.0+)?)?(?!:?\d)")
_ZONE: Final = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*"
    r"(?:(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})|(?P<name>[A-Z]{1,3})\b)"
)
_ZONE_HOURS: Final = {
    "Z": 0,
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
"""The names of RFC 822; others mean different things in different countries."""


@dataclass(frozen=True, slots=True)
class _Moment:
    published_at: datetime
    precision: Precision


def read_feed(document: bytes, content_type: str, url: str, now: datetime) -> tuple[NewsItem, ...]:
    """The headlines of an RSS 0.9 to 2.0 or Atom document, newest first, at most 500.

    Entries without a title or a date, and those dated after `now`, are left out. A date without
    a time, a time without a zone that is known, and midnight to the second (which is how dates
    alone are often written) count as dates: nobody knows when on that day it was published.

    Parameters
    ----------
    document : bytes
    content_type : str
        As HTTP gave it; it may name the encoding.
    url : str
        Where the document came from; relative links start there.
    now : datetime

    Raises
    ------
    ProviderBadAnswer
        It is no feed, or one that is dangerous to read.
    """
    host = urlsplit(url).hostname or url
    refuse_dangerous_xml(document, host)
    charset = read_charset(content_type, host)
    kind = "application/xml" if charset is None else f"application/xml; charset={charset}"
    try:
        # Bytes alone would be tried as the name of a file.
        parsed: Mapping[str, Any] = feedparser.parse(
            io.BytesIO(document),
            response_headers={"content-type": kind, "content-location": url},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # a parser of whatever strangers send
        raise ProviderBadAnswer(f"{host} gave a feed that cannot be read.") from error
    if not parsed.get("version"):
        raise ProviderBadAnswer(f"{host} gave something that is neither RSS nor Atom.")
    publisher = clean_source(parsed["feed"].get("title")) or host
    found = (_read_entry(entry, publisher, url, now) for entry in parsed["entries"])
    items = [item for item in found if item is not None]
    return tuple(sorted(items, key=lambda item: item.published_at, reverse=True)[:_ITEMS])


def _read_entry(entry: dict[str, Any], publisher: str, url: str, now: datetime) -> NewsItem | None:
    headline = clean_headline(entry.get("title"))
    moment = _read_moment(entry)
    if headline is None or moment is None or not is_credible(moment.published_at, now):
        return None
    origin = entry.get("source")
    source = clean_source(origin.get("title")) if isinstance(origin, Mapping) else None
    link = _read_link(entry.get("link"), url)
    return NewsItem(headline, moment.published_at, moment.precision, source or publisher, link)


def _read_link(link: object, url: str) -> str | None:
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        return public_link(urljoin(url, link.strip()))
    except ValueError:
        return None


def _read_moment(entry: dict[str, Any]) -> _Moment | None:
    """When it was published, else updated."""
    for name in ("published", "updated"):
        # `get` of feedparser's dictionary finds other members under these names.
        written = dict.get(entry, name)
        parsed = dict.get(entry, f"{name}_parsed")
        if isinstance(written, str) and len(written) <= _DATE_LENGTH:
            moment = read_epoch(calendar.timegm(parsed)) if parsed else _read_zoneless(written)
            if moment is not None:
                return _judge(written, moment)
    return None


def _read_zoneless(written: str) -> datetime | None:
    """An e-mail's date without its zone, which feedparser does not read, as if it were UTC."""
    try:
        time = parsedate_to_datetime(written)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _judge(written: str, moment: datetime) -> _Moment:
    """`moment` is `written` in UTC, or taken as UTC where its zone is not known."""
    offset = _find_offset(written)
    if offset is not None and _TIME.search(written) and not _MIDNIGHT.search(written):
        return _Moment(moment, "time")
    day = (moment + (offset or timedelta())).date()
    return _Moment(datetime.combine(day, time(), UTC), "date")


def _find_offset(written: str) -> timedelta | None:
    match = _ZONE.search(written)
    if match is None:
        return None
    if match["name"] is not None:
        hours = _ZONE_HOURS.get(match["name"])
        return None if hours is None else timedelta(hours=hours)
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return offset if match["sign"] == "+" else -offset
