"""Yahoo Finance through yfinance."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import stamina
import structlog
import yfinance
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from yfinance.config import YfConfig
from yfinance.data import YfData

from backend_service.errors import (
    ProviderError,
    ProviderUnavailable,
    SymbolNotFound,
)
from backend_service.market_data.schemas import SYMBOL_LENGTH, SYMBOL_PATTERN
from backend_service.providers import Availability, Listing, ProvidedSeries
from backend_service.providers.yahoo_candles import (
    drop_running_session,
    find_next_close,
    find_session_end,
    read_candles,
    read_currency,
)
from backend_service.providers.yahoo_failures import TryAgain, explain_failure
from backend_service.providers.yahoo_session import YahooSession
from backend_service.single_flight import SingleFlight
from backend_service.telemetry.source_watch import SourceWatch
from backend_service.telemetry.spans import own_trace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from backend_service.clock import Clock
    from backend_service.market_data.candles import Source
    from backend_service.settings import Settings
    from backend_service.telemetry.metrics import Metrics

T = TypeVar("T")
_log = structlog.get_logger(__name__)

_INTERVALS: Final = {
    "1d": "1d",
    "1h": "1h",
    "30m": "30m",
    "15m": "15m",
    "5m": "5m",
    "1m": "1m",
}
"""Our words for the spacings, and Yahoo's."""
_INTRADAY_FRESH: Final = timedelta(seconds=60)
_THREADS: Final = 4
_ATTEMPTS: Final = 2
_FIRST_WAIT_SECONDS: Final = 0.1
_BREAKER_FAILURES: Final = 3
_BREAKER_SECONDS: Final = 30.0
_NEVER: Final = 0.0
_PROBE: Final = "AAPL"
_GRACE_SECONDS: Final = 0.2
"""What a thread may need after its deadline to notice it."""
_SEARCH_LIMIT: Final = 8
_NAME_LENGTH: Final = 255
_SYMBOL: Final = re.compile(SYMBOL_PATTERN)


class YahooProvider:
    """Candles and symbols of Yahoo Finance.

    A question takes at most its budget, retries included; after a few failures in a row nobody
    asks for half a minute and every question is answered at once with the last reason.

    Parameters
    ----------
    settings : Settings
        Address and budgets.
    clock : Clock
    metrics : Metrics
        Where failures are counted.
    """

    source: Source = "yahoo"
    intervals = tuple(_INTERVALS)
    symbols: tuple[str, ...] = ()

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        # Left to itself, yfinance logs an error and returns an empty table.
        YfConfig.debug.hide_exceptions = False
        yfinance.set_tz_cache_location(str(settings.yahoo_cache_dir))
        self._session = YahooSession(str(settings.yahoo_url) if settings.yahoo_url else None)
        self._fetch_seconds = settings.yahoo_budget_seconds
        self._search_seconds = settings.yahoo_search_seconds
        self._known_seconds = settings.yahoo_known_seconds
        self._clock = clock
        self._watch = SourceWatch(self.source, metrics, clock)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="yahoo")
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=_BREAKER_FAILURES,
            default_ttl=_BREAKER_SECONDS,
            exclude=[SymbolNotFound],
        )
        self._probes: SingleFlight[None] = SingleFlight()
        self._state = Availability(available=True)
        self._state_until = _NEVER
        self._background: set[asyncio.Task[None]] = set()

    def offers(self, symbol: str) -> bool:
        return not symbol.startswith("SIM-")

    async def fetch(self, symbol: str, interval: str) -> ProvidedSeries:
        return await self._ask(self._fetch_seconds, lambda: self._fetch(symbol, interval))

    async def search(self, query: str) -> list[Listing]:
        if not query or not self._state.available:
            return []  # whether it is back, the next look at its availability finds out
        try:
            return await self._ask(self._search_seconds, lambda: self._search(query))
        except (ProviderError, SymbolNotFound):
            return []

    async def availability(self) -> Availability:
        if time.monotonic() >= self._state_until:
            probe = asyncio.create_task(self._probes.run("probe", self._probe))
            # What was known a minute ago is shown meanwhile; nothing is known only once.
            if self._state_until == _NEVER:
                await probe
            else:
                self._background.add(probe)
                probe.add_done_callback(self._background.discard)
        return self._state

    async def _probe(self) -> None:
        # The outcome is remembered as the state, whatever it is.
        with own_trace("probe yahoo"), contextlib.suppress(ProviderError, SymbolNotFound):
            await self._ask(self._search_seconds, lambda: self._search(_PROBE))

    async def _ask(self, seconds: float, question: Callable[[], T]) -> T:
        """The answer to `question`, asked in a thread within `seconds`."""
        breaker = await self._breakers.get_breaker(self.source)
        try:
            async with breaker:
                with self._watch.question():
                    answer = await self._attempt(seconds, question)
        except OpenedState:
            raise ProviderUnavailable(
                self._state.reason or "Yahoo Finance failed repeatedly; it is left alone for now."
            ) from None
        except SymbolNotFound:
            self._remember(Availability(available=True))
            raise
        except ProviderError as error:
            _log.warning("provider_failed", source=self.source, reason=error.detail)
            self._remember(Availability(available=False, reason=error.detail))
            raise
        self._remember(Availability(available=True))
        return answer

    def _remember(self, state: Availability) -> None:
        self._state = state
        self._state_until = time.monotonic() + self._known_seconds

    async def _attempt(self, seconds: float, question: Callable[[], T]) -> T:
        deadline = time.monotonic() + seconds
        async for attempt in stamina.retry_context(
            on=TryAgain,
            attempts=_ATTEMPTS,
            timeout=seconds,
            wait_initial=_FIRST_WAIT_SECONDS,
            wait_max=_FIRST_WAIT_SECONDS,
        ):
            with attempt:
                left = deadline - time.monotonic()
                return await self._run_in_thread(max(left, 0.0), question)
        raise AssertionError("unreachable: the last attempt raises")

    async def _run_in_thread(self, seconds: float, question: Callable[[], T]) -> T:
        def ask() -> T:
            exchange = self._session.begin(seconds)
            # yfinance keeps answers, failed ones too, for the life of the process.
            YfData.cache_get.cache_clear()
            try:
                return question()
            except SymbolNotFound:
                raise
            except Exception as error:
                raise explain_failure(error, exchange) from error

        running = asyncio.get_running_loop().run_in_executor(self._threads, ask)
        try:
            async with asyncio.timeout(seconds + _GRACE_SECONDS):
                return await running
        except TimeoutError:
            raise ProviderUnavailable(
                f"Yahoo Finance did not answer within {seconds:.1f} s."
            ) from None

    def _fetch(self, symbol: str, interval: str) -> ProvidedSeries:
        ticker = yfinance.Ticker(symbol, session=self._session)
        table = ticker.history(
            period="max",
            interval=_INTERVALS[interval],
            auto_adjust=False,
            actions=False,
            timeout=self._fetch_seconds,
        )
        meta: Mapping[str, Any] = ticker.history_metadata
        daily = interval == "1d"
        now = self._clock()
        session_end = find_session_end(meta)
        candles = read_candles(table, daily=daily)
        if daily and candles is not None:
            candles = drop_running_session(candles, session_end, now)
        if candles is None:
            raise SymbolNotFound(f"Yahoo Finance has no candles for `{symbol}`.", field="symbol")
        return ProvidedSeries(
            symbol=symbol,
            name=str(meta.get("longName") or meta.get("shortName") or symbol)[:255],
            interval=interval,
            price_basis="adjusted" if daily else "raw",
            currency=read_currency(meta),
            timezone=meta.get("exchangeTimezoneName"),
            candles=candles,
            fresh_until=find_next_close(session_end, now) if daily else now + _INTRADAY_FRESH,
        )

    def _search(self, query: str) -> list[Listing]:
        found = yfinance.Search(
            query,
            max_results=_SEARCH_LIMIT,
            news_count=0,
            lists_count=0,
            recommended=0,
            session=self._session,
            timeout=self._search_seconds,
        )
        return [
            Listing(quote["symbol"], _name_of(quote), self.intervals[0])
            for quote in found.quotes
            if _is_symbol(quote["symbol"])
        ]


def _is_symbol(text: object) -> bool:
    return isinstance(text, str) and len(text) <= SYMBOL_LENGTH and bool(_SYMBOL.match(text))


def _name_of(quote: Mapping[str, Any]) -> str:
    name = quote.get("longname") or quote.get("shortname") or quote["symbol"]
    return str(name)[:_NAME_LENGTH]
