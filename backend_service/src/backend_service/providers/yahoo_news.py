"""Headlines of Yahoo Finance through yfinance."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog
import yfinance
from yfinance.config import YfConfig
from yfinance.data import YfData
from yfinance.exceptions import YFRateLimitError

from backend_service.errors import ProviderBadAnswer, ProviderError, ProviderUnavailable
from backend_service.providers.news import NewsAnswer, NewsItem, NewsProviderName
from backend_service.providers.simulated import PREFIX
from backend_service.providers.yahoo_session import Exchange, YahooSession
from backend_service.providers.yahoo_stories import find_name, keep_related, read_stories
from backend_service.telemetry.source_watch import SourceWatch

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.settings import Settings
    from backend_service.telemetry.metrics import Metrics

_Question = Callable[[str, datetime], tuple[NewsItem, ...]]

_log = structlog.get_logger(__name__)

_THREADS: Final = 4
_GRACE_SECONDS: Final = 0.2
"""What a thread may need after its deadline to notice it."""
_SEARCH_COUNT: Final = 50
_STREAM_COUNT: Final = 100
_QUOTES: Final = 8
_METRIC: Final = "yahoo-news"
_REFUSALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class YahooNewsProvider:
    """Headlines of Yahoo Finance: what its search finds, and the symbol's own stream.

    Both are asked, one after the other within one budget, and what they say is put together.
    Headlines of one of them are enough; where there are none and one of them failed, it is the
    failure that is told, as nobody knows that there is no news. The stream is taken as it is
    where Yahoo names no symbols beside an item, as the symbol was asked for by name; of the
    search, only what is about the symbol
    (:func:`~backend_service.providers.yahoo_stories.keep_related`).

    Parameters
    ----------
    settings : Settings
        Address, budget and refresh time.
    clock : Clock
        Items dated after it are left out.
    metrics : Metrics
        Where failures are counted.
    """

    provider: NewsProviderName = "yahoo"
    name = "Yahoo Finance"

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        # Left to itself, yfinance logs an error and returns nothing.
        YfConfig.debug.hide_exceptions = False
        yfinance.set_tz_cache_location(str(settings.yahoo_cache_dir))
        self.refresh_seconds = settings.news_refresh_seconds
        self._session = YahooSession(str(settings.yahoo_url) if settings.yahoo_url else None)
        self._budget_seconds = settings.news_budget_seconds
        self._clock = clock
        self._watch = SourceWatch(_METRIC, metrics, clock)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="yahoo-news")

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith(PREFIX)

    async def fetch(
        self, symbol: str, *, etag: str | None, last_modified: str | None
    ) -> NewsAnswer:
        del etag, last_modified  # Yahoo gives neither
        seconds = self._budget_seconds
        with self._watch.question():
            # Threads of a pool know nothing of the ids that their lines should carry.
            ask = copy_context().run
            running = asyncio.get_running_loop().run_in_executor(
                self._threads, ask, self._fetch, symbol, self._clock()
            )
            try:
                async with asyncio.timeout(seconds + _GRACE_SECONDS):
                    return NewsAnswer(await running)
            except TimeoutError:
                raise ProviderUnavailable(
                    f"Yahoo Finance did not answer within {seconds:.1f} s."
                ) from None

    def _fetch(self, symbol: str, now: datetime) -> tuple[NewsItem, ...]:
        """Runs in a thread; each of the two questions has half of the budget."""
        items: list[NewsItem] = []
        failures: list[ProviderError] = []
        for question in (self._search, self._stream):
            try:
                items += self._ask(question, symbol, now)
            except ProviderError as error:
                failures.append(error)
        if failures and not items:
            raise failures[0]
        for failure in failures:
            self._watch.note_error(failure.slug)
            # Failures that are raised are logged where they are caught.
            _log.warning("half_of_yahoo_news_failed", symbol=symbol, reason=failure.detail)
        return _drop_repeated(items)

    def _ask(self, question: _Question, symbol: str, now: datetime) -> tuple[NewsItem, ...]:
        exchange = self._session.begin(self._budget_seconds / 2)
        # yfinance keeps answers, failed ones too, for the life of the process.
        YfData.cache_get.cache_clear()
        try:
            items = question(symbol, now)
        except ProviderError:
            _require_answer(exchange)
            raise
        except Exception as error:
            raise _explain(error, exchange) from error
        # A refusal in JSON looks like an answer without news.
        _require_answer(exchange)
        return items

    def _search(self, symbol: str, now: datetime) -> tuple[NewsItem, ...]:
        found = yfinance.Search(
            symbol,
            max_results=_QUOTES,
            news_count=_SEARCH_COUNT,
            lists_count=0,
            recommended=0,
            session=self._session,
            timeout=self._budget_seconds,
        )
        stories = read_stories(found.news, now)
        return keep_related(stories, symbol, find_name(found.quotes, symbol))

    def _stream(self, symbol: str, now: datetime) -> tuple[NewsItem, ...]:
        ticker: Any = yfinance.Ticker(symbol, session=self._session)
        stories = read_stories(ticker.get_news(count=_STREAM_COUNT), now)
        named = [story for story in stories if story.symbols]
        unnamed = tuple(story.item for story in stories if not story.symbols)
        return unnamed + keep_related(named, symbol, None)


def _require_answer(exchange: Exchange) -> None:
    if exchange.status is not None and exchange.status >= HTTPStatus.BAD_REQUEST:
        raise _explain(None, exchange)


def _explain(error: Exception | None, exchange: Exchange) -> ProviderError:
    """What went wrong, judged by what happened on the wire."""
    status = exchange.status
    if exchange.failure is not None:
        return ProviderUnavailable(f"Yahoo Finance cannot be reached: {exchange.failure}.")
    if status is None:
        return ProviderUnavailable("Yahoo Finance did not answer in time.")
    if status == HTTPStatus.TOO_MANY_REQUESTS or isinstance(error, YFRateLimitError):
        return ProviderUnavailable("Yahoo Finance limits the number of requests (status 429).")
    if status in _REFUSALS:
        return ProviderUnavailable(f"Yahoo Finance does not let us in (status {status}).")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ProviderUnavailable(f"Yahoo Finance is not well (status {status}).")
    return ProviderBadAnswer(
        f"Yahoo Finance's answer is not in a form that is known (status {status})."
    )


def _drop_repeated(items: list[NewsItem]) -> tuple[NewsItem, ...]:
    """Each headline once, newest first; the two questions find many of the same."""
    first = {item.headline: item for item in reversed(items)}
    return tuple(sorted(first.values(), key=lambda item: item.published_at, reverse=True))
