"""Sources of headlines asked in the background, each on its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog

from backend_service.errors import GatewayError
from backend_service.news.items import news_symbol, to_headline
from backend_service.news.sources import SourceState
from backend_service.telemetry.spans import own_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from backend_service.clock import Clock
    from backend_service.news.store import NewsHead, NewsStore
    from backend_service.providers.news import NewsAnswer, NewsProvider

_ITEM_LIMIT: Final = 1_000
"""Of one answer; no source lists more, and no broken one fills the store."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RefreshLimits:
    """Bounds on what is fetched in the background.

    Attributes
    ----------
    at_once : int
        Symbols that are refreshed at the same time.
    waiting : int
        Symbols that may wait for their turn; more are not taken on.
    source_seconds : float
        Longest wait for one source.
    first_backoff_seconds, longest_backoff_seconds : float
        How long a source is left alone after one failure, and after many.
    """

    at_once: int
    waiting: int
    source_seconds: float
    first_backoff_seconds: float
    longest_backoff_seconds: float


class NewsRefresher:
    """Brings new headlines into the store.

    A symbol is refreshed by one task at a time. Its sources are asked side by side, and what
    one brings is stored when it comes: one that hangs holds up no other.

    Parameters
    ----------
    store : NewsStore
    providers : sequence of NewsProvider
    clock : Clock
    random : Random
        Spreads the attempts after failures.
    limits : RefreshLimits
    on_added : callable
        Told the symbol, as it is kept, whenever headlines were added.
    """

    def __init__(
        self,
        store: NewsStore,
        providers: Sequence[NewsProvider],
        clock: Clock,
        random: Random,
        limits: RefreshLimits,
        on_added: Callable[[str], None],
    ) -> None:
        self.providers = providers
        self._store = store
        self._clock = clock
        self._random = random
        self._limits = limits
        self._on_added = on_added
        self._turns = asyncio.Semaphore(limits.at_once)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._closed = False

    def consider(self, symbol: str, head: NewsHead) -> bool:
        """Start a refresh of `symbol` where one is due; whether one is under way.

        Parameters
        ----------
        symbol : str
            As its providers spell it.
        head : NewsHead
            What is stored of it.
        """
        if head.symbol in self._running:
            return True
        due = [each for each in self.providers if self._is_due(each, symbol, head)]
        full = len(self._running) >= self._limits.at_once + self._limits.waiting
        if not due or full or self._closed:
            return False
        task = asyncio.create_task(self._refresh(symbol, head, due))
        self._running[head.symbol] = task
        task.add_done_callback(lambda done: self._finish(head.symbol, done))
        return True

    async def wait(self, symbol: str) -> None:
        """Return when nothing is under way for `symbol`."""
        task = self._running.get(news_symbol(symbol))
        if task is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        """Give up everything that is under way."""
        self._closed = True
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_due(self, provider: NewsProvider, symbol: str, head: NewsHead) -> bool:
        if not provider.offers(symbol):
            return False
        state = head.sources.get(provider.name)
        if state is None:
            return True
        now = self._clock()
        if state.next_attempt_at is not None:
            return now >= state.next_attempt_at
        return state.refreshed_at is None or now >= state.refreshed_at + timedelta(
            seconds=provider.refresh_seconds
        )

    async def _refresh(self, symbol: str, head: NewsHead, due: list[NewsProvider]) -> None:
        with own_trace("refresh news"):
            await self._ask_all(symbol, head, due)

    async def _ask_all(self, symbol: str, head: NewsHead, due: list[NewsProvider]) -> None:
        async with self._turns, asyncio.TaskGroup() as group:
            for provider in due:
                state = head.sources.get(provider.name)
                group.create_task(
                    self._ask(
                        provider, symbol, state or SourceState(provider.provider, provider.name)
                    )
                )

    async def _ask(self, provider: NewsProvider, symbol: str, state: SourceState) -> None:
        try:
            async with asyncio.timeout(self._limits.source_seconds):
                answer = await provider.fetch(
                    symbol, etag=state.etag, last_modified=state.last_modified
                )
        except TimeoutError:
            reason = f"{provider.name} gave no answer in {self._limits.source_seconds:g} s."
            await self._note_failure(symbol, state, reason)
        except GatewayError as error:
            await self._note_failure(symbol, state, error.detail)
        except Exception as error:
            # A defect of one source is no reason to go without the others.
            _log.error("news_provider_failed", source=provider.name, exc_info=error)
            reason = f"{provider.name} could not be read; the log says why."
            await self._note_failure(symbol, state, reason)
        else:
            await self._take_in(provider, symbol, state, answer)

    async def _take_in(
        self, provider: NewsProvider, symbol: str, state: SourceState, answer: NewsAnswer
    ) -> None:
        name = news_symbol(symbol)
        now = self._clock()
        found = [to_headline(name, provider.provider, item) for item in answer.items[:_ITEM_LIMIT]]
        keep = answer.not_modified
        fresh = replace(
            state,
            etag=answer.etag or (state.etag if keep else None),
            last_modified=answer.last_modified or (state.last_modified if keep else None),
            refreshed_at=now,
            failures=0,
            next_attempt_at=None,
            reason=None,
        )
        headlines = [each for each in found if each is not None]
        added = await self._store.add(headlines, {name: fresh})
        if added.added:
            self._on_added(name)

    async def _note_failure(self, symbol: str, state: SourceState, reason: str) -> None:
        _log.warning("news_refresh_failed", source=state.name, symbol=symbol, reason=reason)
        failed = replace(
            state,
            failures=state.failures + 1,
            next_attempt_at=self._clock() + self._backoff(state.failures),
            reason=reason,
        )
        await self._store.add((), {news_symbol(symbol): failed})

    def _backoff(self, failures: int) -> timedelta:
        """Twice as long with each failure, between half and the whole of that by chance."""
        doubled = self._limits.first_backoff_seconds * 2.0 ** min(failures, 32)
        longest = min(doubled, self._limits.longest_backoff_seconds)
        return timedelta(seconds=longest * self._random.uniform(0.5, 1.0))

    def _finish(self, symbol: str, done: asyncio.Task[None]) -> None:
        self._running.pop(symbol, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.error("news_refresh_broke", symbol=symbol, exc_info=error)
