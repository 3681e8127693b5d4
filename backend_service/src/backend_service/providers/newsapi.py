"""Headlines of NewsAPI (newsapi.org, version 2, ``/v2/everything``)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.headlines import (
    clean_headline,
    clean_source,
    is_credible,
    read_time,
)
from backend_service.providers.news import NewsAnswer, NewsItem, NewsProviderName
from backend_service.providers.public_addresses import normalise_host
from backend_service.providers.public_web import FetchLimits, explain_status, fetch, public_link
from backend_service.providers.simulated import PREFIX
from backend_service.telemetry.source_watch import SourceWatch

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.settings import Settings
    from backend_service.telemetry.metrics import Metrics

NAME: Final = "NewsAPI"
_BODY_LIMIT: Final = 5 * 1024 * 1024
_PAGE: Final = 100
"""The most that one question may bring."""
_WINDOW: Final = timedelta(days=29)
"""The free plan knows the last month and answers 426 beyond it."""
_REMOVED: Final = "[Removed]"
_SUFFIX: Final = re.compile(r"\.[A-Z]{1,3}$")
_MARKET_WORDS: Final = "stock OR shares OR earnings OR NYSE OR Nasdaq OR NSE OR BSE"
_CODE: Final = re.compile(r"[A-Za-z]{1,40}")
_HEADER: Final = re.compile(r"[\x21-\x7e]+")
_LIMITS_REACHED: Final = frozenset({"rateLimited", "apiKeyExhausted", "maximumResultsReached"})
_KEY_TROUBLES: Final = frozenset({"apiKeyDisabled", "apiKeyInvalid", "apiKeyMissing"})


class NewsApiProvider:
    """Headlines of newsapi.org; made only where there is a key.

    The key travels in a header to the configured host alone (no redirect is followed) and is in
    no URL, log line or error.

    Parameters
    ----------
    settings : Settings
        Key, address, budget, refresh time.
    clock : Clock
        The window of the question ends now.
    metrics : Metrics
        Where failures are counted.

    Raises
    ------
    ValueError
        The settings hold no key, or what cannot be one.
    """

    provider: NewsProviderName = "newsapi"
    name = NAME

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        if settings.newsapi_key is None:
            raise ValueError("NewsAPI needs a key (NEWSAPI_KEY)")
        if not _HEADER.fullmatch(settings.newsapi_key.get_secret_value()):
            raise ValueError("NEWSAPI_KEY holds blanks or letters that no key has")
        self.refresh_seconds = settings.newsapi_refresh_seconds
        self._key = settings.newsapi_key
        self._url = f"{str(settings.newsapi_url).rstrip('/')}/v2/everything"
        self._host = normalise_host(urlsplit(self._url).hostname or "")
        self._limits = FetchLimits(settings.news_budget_seconds, _BODY_LIMIT, redirects=0)
        self._clock = clock
        self._watch = SourceWatch(self.provider, metrics, clock)

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith(PREFIX) and bool(_words_of(symbol))

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del etag, last_modified  # NewsAPI gives neither
        with self._watch.question():
            return await self._fetch(symbol)

    async def _fetch(self, symbol: str) -> NewsAnswer:
        now = self._clock()
        question = {
            "q": f'"{_words_of(symbol)}" AND ({_MARKET_WORDS})',
            "searchIn": "title,description",
            "from": (now - _WINDOW).strftime("%Y-%m-%dT%H:%M:%S"),
            "sortBy": "publishedAt",
            "language": "en",
            "pageSize": str(_PAGE),
        }
        fetched = await fetch(
            f"{self._url}?{urlencode(question)}",
            self._limits,
            headers={
                "X-Api-Key": self._key.get_secret_value(),
                "Accept": "application/json",
            },
            allowed_hosts=(self._host,),  # chosen by who runs this, not by a stranger
        )
        answer = _read_object(fetched.body)
        if answer is not None and answer.get("status") == "error":
            raise _explain(answer, fetched.status)
        if fetched.status != HTTPStatus.OK:
            raise explain_status(NAME, fetched.status)
        if answer is None:
            raise ProviderBadAnswer("NewsAPI's answer is not in a form that is known.")
        return NewsAnswer(read_articles(answer.get("articles"), now))


def read_articles(articles: object, now: datetime) -> tuple[NewsItem, ...]:
    """Articles as headlines; withdrawn ones and those dated after `now` are left out.

    Raises
    ------
    ProviderBadAnswer
        It is no list, or there are articles and none of them can be read.
    """
    if not isinstance(articles, list):
        raise ProviderBadAnswer("NewsAPI's answer is not in a form that is known: no articles.")
    there = [
        article
        for article in articles[:_PAGE]
        if not (isinstance(article, Mapping) and article.get("title") == _REMOVED)
    ]
    readable = [item for item in map(_read_article, there) if item is not None]
    if there and not readable:
        raise ProviderBadAnswer(
            "NewsAPI's answer is not in a form that is known: no article has a title and a time."
        )
    return tuple(item for item in readable if is_credible(item.published_at, now))


def _read_article(article: object) -> NewsItem | None:
    if not isinstance(article, Mapping):
        return None
    headline = clean_headline(article.get("title"))
    published_at = read_time(article.get("publishedAt"))
    if headline is None or published_at is None:
        return None
    origin = article.get("source")
    source = clean_source(origin.get("name")) if isinstance(origin, Mapping) else None
    link = article.get("url")
    url = public_link(link) if isinstance(link, str) else None
    return NewsItem(headline, published_at, "time", source or NAME, url)


def _words_of(symbol: str) -> str:
    """What is searched for: the symbol without its exchange and without index and future marks."""
    return re.sub(r"[^A-Za-z0-9&-]", "", _SUFFIX.sub("", symbol).partition("=")[0])


def _read_object(body: bytes) -> Mapping[str, object] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _explain(answer: Mapping[str, object], status: int) -> ProviderError:
    code = str(answer.get("code"))
    if not _CODE.fullmatch(code):
        code = "no code"
    if code in _LIMITS_REACHED or status == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderUnavailable(f"NewsAPI limits the number of requests ({code}).")
    if code in _KEY_TROUBLES or status == HTTPStatus.UNAUTHORIZED:
        return ProviderUnavailable(f"NewsAPI does not accept the key ({code}).")
    if status == HTTPStatus.UPGRADE_REQUIRED:
        return ProviderUnavailable(f"NewsAPI's plan of this key does not allow it ({code}).")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderUnavailable(f"NewsAPI is not well (status {status}, {code}).")
    return ProviderBadAnswer(f"NewsAPI refused the question (status {status}, {code}).")
