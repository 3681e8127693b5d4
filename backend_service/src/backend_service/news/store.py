"""The store of news: what is known of a symbol, and how headlines come in."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from backend_service.errors import TooBusy
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.news.duplicates import WINDOW, DuplicateFinder
from backend_service.news.repository import NewsRepository
from backend_service.news.scores import ScoreRepository
from backend_service.news.sources import SourceRepository, SourceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from backend_service.clock import Clock
    from backend_service.db import Database
    from backend_service.model_client.generated import SentimentScore
    from backend_service.news.duplicates import Kept
    from backend_service.news.items import Headline
    from backend_service.news.scores import EngineKey

_KNOWN_LIMIT: Final = 10_000
_ATTEMPTS: Final = 3
_THREAD_HEADLINES: Final = 500
"""From here on the event loop would notice the time that comparing takes."""


@dataclass(frozen=True, slots=True)
class NewsHead:
    """All that is known about a symbol's news but the headlines themselves.

    Attributes
    ----------
    version : int or None
        Changes with everything that is shown; None where nothing was ever stored.
    sources : mapping of str to SourceState
        By name, those that were ever asked.
    """

    symbol: str
    version: int | None
    sources: Mapping[str, SourceState]


@dataclass(frozen=True, slots=True)
class Added:
    """What became of headlines that came in."""

    added: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be stored of a symbol, if its news still has that version."""

    symbol: str
    version: int
    finder: DuplicateFinder


class NewsStore:
    """Stored news of all symbols.

    Parameters
    ----------
    database : Database
    clock : Clock
    known_seconds : float
        How long a head is believed without asking the database; what this process stores is
        seen at once.
    """

    def __init__(self, database: Database, clock: Clock, known_seconds: float) -> None:
        self.database = database
        self._clock = clock
        self._known_seconds = known_seconds
        self._known: dict[str, tuple[NewsHead, float]] = {}
        # SQLite's writers wait for each other for some seconds only; ours wait here instead.
        self._writing = asyncio.Lock()

    async def head(self, symbol: str) -> NewsHead:
        """What is known about the news of `symbol` (in capitals) now."""
        known = self.known_head(symbol)
        if known is not None:
            return known
        async with self.database.transaction() as session:
            # In this order: a source is never told as refreshed without what it brought.
            states = await SourceRepository(session, LOCAL_OWNER).of_symbol(symbol)
            version = await NewsRepository(session, LOCAL_OWNER).version_of(symbol)
        head = NewsHead(symbol, version, {state.name: state for state in states})
        if len(self._known) >= _KNOWN_LIMIT:
            self._known.clear()
        self._known[symbol] = (head, time.monotonic() + self._known_seconds)
        return head

    def known_head(self, symbol: str) -> NewsHead | None:
        """What :meth:`head` would return without asking anybody, where it is known."""
        known = self._known.get(symbol)
        return known[0] if known is not None and time.monotonic() < known[1] else None

    async def add(
        self, headlines: Sequence[Headline], states: Mapping[str, SourceState] | None = None
    ) -> Added:
        """Store headlines, those that are copies counted only, and the states of their sources.

        Parameters
        ----------
        headlines : sequence of Headline
        states : mapping of str to SourceState, optional
            By symbol: how their source answered.

        Raises
        ------
        TooBusy
            Other processes store news of the same symbols all the time.
        """
        by_symbol: dict[str, list[Headline]] = defaultdict(list)
        for headline in headlines:
            by_symbol[headline.symbol].append(headline)
        async with self._writing:
            for _ in range(_ATTEMPTS):
                plans = [await self._compare(*each) for each in sorted(by_symbol.items())]
                if await self._write(plans, states or {}):
                    added = sum(len(plan.finder.new) for plan in plans)
                    return Added(added, len(headlines) - added)
        raise TooBusy("The news is being changed faster than it can be compared; try again.")

    async def save_scores(self, engine: EngineKey, scores: Mapping[str, SentimentScore]) -> None:
        """Keep scores of texts by their keys."""
        async with self._writing:
            async with self.database.transaction() as session:
                await ScoreRepository(session, LOCAL_OWNER).save(engine, scores, self._clock())
            self._known.clear()  # any symbol may have such a text

    async def _compare(self, symbol: str, group: list[Headline]) -> _Plan:
        """Find the copies; outside any transaction that writes, which it would hold up."""
        times = [headline.published_at for headline in group]
        async with self.database.transaction() as session:
            repository = NewsRepository(session, LOCAL_OWNER)
            version = await repository.version_of(symbol)
            stored = await repository.around(symbol, min(times) - WINDOW, max(times) + WINDOW)
        if len(group) + len(stored) > _THREAD_HEADLINES:
            finder = await asyncio.to_thread(_take_in, stored, group)
        else:
            finder = _take_in(stored, group)
        return _Plan(symbol, version or 0, finder)

    async def _write(self, plans: list[_Plan], states: Mapping[str, SourceState]) -> bool:
        """Store what was found; False where another process was quicker."""
        symbols = {*(plan.symbol for plan in plans), *states}
        async with self.database.transaction() as session:
            repository = NewsRepository(session, LOCAL_OWNER)
            await repository.lock(symbols)
            for plan in plans:
                if await repository.version_of(plan.symbol) != plan.version:
                    return False
            for plan in plans:
                await repository.insert(plan.finder.new, self._clock())
                await repository.update(plan.finder.changed)
                if plan.finder.new or plan.finder.changed:
                    await repository.bump([plan.symbol])
            for symbol, state in states.items():
                await SourceRepository(session, LOCAL_OWNER).save(symbol, state)
        self._forget(symbols)
        return True

    def _forget(self, symbols: Iterable[str]) -> None:
        for symbol in symbols:
            self._known.pop(symbol, None)


def _take_in(stored: Iterable[Kept], headlines: Iterable[Headline]) -> DuplicateFinder:
    finder = DuplicateFinder(stored)
    for headline in headlines:
        finder.add(headline)
    return finder
