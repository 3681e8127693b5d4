"""What is shown of news and sentiment: from the store at once, fetched and scored afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from backend_service.answers import Answer, AnswerCache
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.news.items import news_symbol
from backend_service.news.listing import describe_item, tally_candles
from backend_service.news.repository import NewsRepository
from backend_service.news.scores import ScoreRepository
from backend_service.news.sources import SourceState
from backend_service.news.windows import Window, end_at, read_as_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Hashable

    from backend_service.clock import Clock
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import SeriesHead
    from backend_service.news.refresh import NewsRefresher
    from backend_service.news.scoring import HeadlineScorer
    from backend_service.news.sessions import CandleTiming
    from backend_service.news.store import NewsHead, NewsStore
    from backend_service.news.timing import SeriesTiming
    from backend_service.telemetry.metrics import Metrics

Content = Callable[[], dict[str, Any]]
"""Makes the members of an answer of what was read."""

ITEM_LIMIT: Final = 5_000
_RECORDED: Final = frozenset({"upload", "simulated"})
_LOOK_BACK_DAYS: Final = 21
"""No exchange is closed for longer: earlier headlines count from earlier candles."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """A symbol that was asked about, as far as it is known.

    Attributes
    ----------
    symbol : str
        As its source spells it.
    series : SeriesHead or None
    news : NewsHead
    timing : CandleTiming
    """

    symbol: str
    series: SeriesHead | None
    news: NewsHead
    timing: CandleTiming


@dataclass(frozen=True, slots=True)
class _Question:
    """A subject and the window that was asked for; a live one ends now."""

    subject: _Subject
    window: Window
    live: bool


class NewsService:
    """Answers with headlines and their sentiment.

    What takes time, the headlines themselves, is cached by the version of the symbol's news;
    what changes all the time, such as its age, is written around it anew for each answer.
    """

    def __init__(
        self,
        library: SeriesLibrary,
        store: NewsStore,
        refresher: NewsRefresher,
        scorer: HeadlineScorer,
        timings: SeriesTiming,
        cache: AnswerCache,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._library = library
        self._store = store
        self._refresher = refresher
        self._scorer = scorer
        self._timings = timings
        self._cache = cache
        self._clock = clock
        self._hits = metrics.cache.labels("news", "hit")
        self._misses = metrics.cache.labels("news", "miss")

    async def headlines(self, symbol: str, days: int, as_of: str | None) -> Answer:
        """The headlines of a window as JSON (schema ``NewsResponse``).

        Raises
        ------
        InvalidRequest
            `as_of` is no moment.
        SymbolNotFound, ProviderError, ModelServiceError
            As for the candles of a symbol that no news is stored of.
        """
        question = await self._read(symbol, days, as_of)
        news = question.subject.news
        answered = [each.refreshed_at for each in news.sources.values() if each.refreshed_at]
        refreshed_at = max(answered, default=None)
        age = self._clock() - refreshed_at if refreshed_at is not None else None
        frame = {
            **self._frame(question),
            "refreshed_at": refreshed_at,
            "age_seconds": max(int(age.total_seconds()), 0) if age is not None else None,
            "sources": self._describe_sources(question.subject),
        }
        return _fill(frame, await self._remembered("items", question, self._list_items))

    async def sentiment(self, symbol: str, days: int, as_of: str | None) -> Answer:
        """The sentiment of a window as JSON (schema ``SentimentHistory``); raises the same."""
        question = await self._read(symbol, days, as_of)
        frame = self._frame(question)
        return _fill(frame, await self._remembered("daily", question, self._tally))

    async def _read(self, symbol: str, days: int, as_of: str | None) -> _Question:
        moment = read_as_of(as_of)
        series = await self._library.stored_head(symbol)
        news = await self._store.head(news_symbol(series.symbol if series else symbol))
        if series is None and not news.version:
            series = await self._library.head(symbol, None)
            news = await self._store.head(news_symbol(series.symbol))
        timing = await self._timings.of(series)
        subject = _Subject(series.symbol if series else symbol, series, news, timing)
        if moment is None and series is not None and series.source in _RECORDED:
            moment = timing.close_of(series.end)
        return _Question(subject, end_at(moment or self._clock(), days), moment is None)

    def _frame(self, question: _Question) -> dict[str, Any]:
        """The members of both answers; starts what is to be done for them in the background."""
        subject, window = question.subject, question.window
        refreshing = self._refresher.consider(subject.symbol, subject.news)
        scoring = self._scorer.consider(subject.news, window.end)
        state = self._scorer.state
        engine = state.engine
        described = engine and {
            "name": engine.name,
            "version": engine.version,
            "reason": state.reason,
        }
        return {
            "symbol": subject.symbol,
            "as_of": window.end,
            "days": window.days,
            "start": window.start,
            "end": window.end,
            "refreshing": refreshing or scoring,
            "engine": described,
            "engine_reason": None if engine is not None else state.reason,
        }

    def _describe_sources(self, subject: _Subject) -> list[dict[str, Any]]:
        known = subject.news.sources
        asked = [
            known.get(each.name) or SourceState(each.provider, each.name)
            for each in self._refresher.providers
            if each.offers(subject.symbol)
        ]
        uploads = [state for state in known.values() if state.provider == "upload"]
        return [
            {
                "provider": state.provider,
                "name": state.name,
                "available": state.reason is None,
                "reason": state.reason,
                "refreshed_at": state.refreshed_at,
            }
            for state in (*uploads, *asked)
        ]

    async def _remembered(
        self,
        kind: str,
        question: _Question,
        read: Callable[[_Question], Awaitable[Content]],
    ) -> Answer:
        key = self._key_of(kind, question)
        answer = self._cache.get(key)
        if answer is not None:
            self._hits.inc()
            return answer
        self._misses.inc()
        describe = await read(question)
        # Five thousand headlines or a million candles would be noticed by others.
        answer = await asyncio.to_thread(_write, describe)
        self._cache.put(key, answer)
        return answer

    def _key_of(self, kind: str, question: _Question) -> Hashable:
        subject, window = question.subject, question.window
        series = subject.series
        # Of a window that ends now, what was published since is a new version anyway.
        end = window.end.replace(second=0, microsecond=0) if question.live else window.end
        return (
            "news",
            kind,
            subject.symbol,
            subject.news.version,
            self._scorer.state.engine,
            (series.data_hash, series.timezone) if series is not None else None,
            window.start,
            end,
            question.live,
        )

    async def _list_items(self, question: _Question) -> Content:
        subject, window = question.subject, question.window
        engine = self._scorer.state.engine
        name = subject.news.symbol
        async with self._store.database.transaction() as session:
            news = NewsRepository(session, LOCAL_OWNER)
            items = await news.published(name, window.start, window.end, ITEM_LIMIT)
            total = len(items)
            if total == ITEM_LIMIT:
                total = await news.count_published(name, window.start, window.end)
            scores = await ScoreRepository(session, LOCAL_OWNER).of_symbol(
                name, items[-1].published_at if items else window.end, window.end
            )
        return lambda: {
            "total": total,
            "truncated": total > len(items),
            "items": [describe_item(each, scores, engine, subject.timing) for each in items],
        }

    async def _tally(self, question: _Question) -> Content:
        subject, window = question.subject, question.window
        name = subject.news.symbol
        times = np.empty(0, dtype=np.int64)
        if subject.series is not None:
            series = await self._library.load(subject.series.symbol, subject.series.interval)
            times = series.candles.time
        shown = times[: int(np.searchsorted(times, window.end.timestamp(), side="right"))]
        first = int(np.searchsorted(shown, window.start.timestamp()))
        earliest = end_at(window.start, _LOOK_BACK_DAYS).start
        async with self._store.database.transaction() as session:
            items = await NewsRepository(session, LOCAL_OWNER).published(name, earliest, window.end)
            scores = await ScoreRepository(session, LOCAL_OWNER).of_symbol(
                name, earliest, window.end
            )
        engine = self._scorer.state.engine
        return lambda: {"daily": tally_candles(shown, first, items, scores, engine, subject.timing)}


def _write(describe: Content) -> Answer:
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z
    return Answer.of(orjson.dumps(describe(), option=options))


def _fill(frame: dict[str, Any], content: Answer) -> Answer:
    """One JSON object of the members of both."""
    head = orjson.dumps(frame, option=orjson.OPT_UTC_Z)
    return Answer.of(head[:-1] + b"," + content.body[1:])
