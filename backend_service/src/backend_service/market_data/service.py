"""What is shown of symbols and candles."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import orjson

from backend_service.answers import Answer, AnswerCache
from backend_service.errors import InvalidRequest
from backend_service.market_data.ranges import write_moment
from backend_service.market_data.repository import SeriesRepository
from backend_service.market_data.schemas import SourceStatus, SymbolsResponse, SymbolSummary
from backend_service.market_data.series import LOCAL_OWNER

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from backend_service.db import Database
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.ranges import TimeRange
    from backend_service.market_data.series import Series, SeriesHead
    from backend_service.providers import CandleProvider, Listing
    from backend_service.telemetry.metrics import Metrics

_THREAD_CANDLES: Final = 20_000
"""From here on the event loop would notice the time that writing JSON takes."""
_SYMBOL_LIMIT: Final = 200
_SOURCE_ORDER: Final = {"upload": 0, "simulated": 1, "yahoo": 2}


class CandleService:
    """Answers with candles, from the cache where the series is still the same."""

    def __init__(self, library: SeriesLibrary, cache: AnswerCache, metrics: Metrics) -> None:
        self._library = library
        self._cache = cache
        self._hits = metrics.cache.labels("candles", "hit")
        self._misses = metrics.cache.labels("candles", "miss")

    async def answer(self, symbol: str, interval: str | None, limits: TimeRange) -> Answer:
        """The candles of `symbol` within `limits` as JSON (schema ``CandlesResponse``)."""
        head = await self._library.head(symbol, interval)
        answer = self._look_up(head, limits)
        if answer is not None:
            return answer
        self._misses.inc()
        series = await self._library.load(symbol, interval)
        if series.head.count > _THREAD_CANDLES:
            answer = await asyncio.to_thread(_write_candles, series, limits)
        else:
            answer = _write_candles(series, limits)
        self._cache.put(_key_of(series.head, limits), answer)
        return answer

    def recall(self, symbol: str, interval: str | None, limits: TimeRange) -> Answer | None:
        """What :meth:`answer` would return without asking anybody, where it is at hand."""
        head = self._library.known_head(symbol, interval)
        return self._look_up(head, limits) if head is not None else None

    def _look_up(self, head: SeriesHead, limits: TimeRange) -> Answer | None:
        answer = self._cache.get(_key_of(head, limits))
        if answer is not None:
            self._hits.inc()
        return answer


def _key_of(head: SeriesHead, limits: TimeRange) -> Hashable:
    version = (head.symbol, head.source, head.interval, head.data_hash, head.as_of)
    return ("candles", version, limits.start, limits.end)


def require_candles(series: Series, limits: TimeRange) -> None:
    """Refuse limits that leave no candle of `series`."""
    head = series.head
    if len(series.candles.within(limits)) == 0:
        first, last = (write_moment(time, head.interval) for time in (head.start, head.end))
        raise InvalidRequest(
            f"{head.symbol} has no candles in that range: they go from {first} to {last}.",
            field="end" if limits.end is not None and limits.end < head.start else "start",
        )


def _write_candles(series: Series, limits: TimeRange) -> Answer:
    require_candles(series, limits)
    head = series.head
    content = {
        "symbol": head.symbol,
        "interval": head.interval,
        "source": head.source,
        "currency": head.currency,
        "timezone": head.timezone,
        "price_basis": head.price_basis,
        "data_hash": head.data_hash,
        "as_of": head.as_of,
        "candles": series.candles.within(limits).to_columns(),
    }
    return Answer.of(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z))


class SymbolService:
    """Finds symbols in the store and at the providers."""

    def __init__(self, database: Database, providers: Sequence[CandleProvider]) -> None:
        self._database = database
        self._providers = providers

    async def find(self, query: str) -> SymbolsResponse:
        """Symbols that match `query`, and the state of every source.

        What is stored comes first; a symbol is listed once, under the source that candles of it
        would come from.
        """
        stored, searches, states = await asyncio.gather(
            self._find_stored(query),
            asyncio.gather(*(provider.search(query) for provider in self._providers)),
            asyncio.gather(*(provider.availability() for provider in self._providers)),
        )
        summaries: dict[str, SymbolSummary] = {}
        for head in sorted(stored, key=lambda head: _SOURCE_ORDER[head.source]):
            summaries.setdefault(head.symbol, _summarise_head(head))
        for provider, listings in zip(self._providers, searches, strict=True):
            for listing in listings:
                summaries.setdefault(listing.symbol, _summarise_listing(provider, listing))
        ordered = sorted(summaries.values(), key=lambda each: _SOURCE_ORDER[each.source])
        sources = [SourceStatus(source="upload", available=True, reason=None)]
        sources += [
            SourceStatus(source=provider.source, available=state.available, reason=state.reason)
            for provider, state in zip(self._providers, states, strict=True)
        ]
        return SymbolsResponse(symbols=ordered[:_SYMBOL_LIMIT], sources=sources)

    async def _find_stored(self, query: str) -> list[SeriesHead]:
        async with self._database.transaction() as session:
            return await SeriesRepository(session, LOCAL_OWNER).search(query, _SYMBOL_LIMIT)


def _summarise_head(head: SeriesHead) -> SymbolSummary:
    return SymbolSummary(
        symbol=head.symbol,
        name=head.name,
        source=head.source,
        interval=head.interval,
        candles=head.count,
        start=head.start,
        end=head.end,
        price_basis=head.price_basis,
        currency=head.currency,
    )


def _summarise_listing(provider: CandleProvider, listing: Listing) -> SymbolSummary:
    return SymbolSummary(
        symbol=listing.symbol,
        name=listing.name,
        source=provider.source,
        interval=listing.interval,
        candles=None,
        start=None,
        end=None,
        price_basis=None,
        currency=None,
    )
