"""Which series stands behind a symbol, and how it comes into the store."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from backend_service.errors import (
    GatewayError,
    InvalidRequest,
    ModelServiceError,
    ProviderError,
    SymbolNotFound,
)
from backend_service.market_data.candles import Candles
from backend_service.market_data.repository import SeriesRepository
from backend_service.market_data.series import LOCAL_OWNER, Series, SeriesHead
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend_service.clock import Clock
    from backend_service.db import Database
    from backend_service.providers import CandleProvider, ProvidedSeries

_KNOWN_LIMIT: Final = 10_000
_THREAD_CANDLES: Final = 20_000
"""From here on the event loop would notice the time that unpacking takes."""

_log = structlog.get_logger(__name__)


class SeriesLibrary:
    """Stored series, filled from providers on demand.

    An uploaded symbol wins over every provider. What a provider gave is stored with the time
    until which it is fresh; after that the provider is asked again, and where it cannot answer,
    the stored candles are shown with the time they are from (``as_of``).

    Reads open a short transaction of their own, because the cache in front of them, and work
    that several requests share, know no single request's edge.

    Parameters
    ----------
    database : Database
    providers : sequence of CandleProvider
        The first that offers a symbol is asked.
    clock : Clock
    known_seconds : float
        How long a head is believed without asking the database. Other processes may replace a
        series in the meantime; this process's own uploads are seen at once.
    """

    def __init__(
        self,
        database: Database,
        providers: Sequence[CandleProvider],
        clock: Clock,
        known_seconds: float,
    ) -> None:
        self._database = database
        self._providers = providers
        self._clock = clock
        self._known_seconds = known_seconds
        self._known: dict[tuple[str, str | None], tuple[SeriesHead, float]] = {}
        self._fetches: SingleFlight[SeriesHead] = SingleFlight()

    async def head(self, symbol: str, interval: str | None) -> SeriesHead:
        """The series that `symbol` means now: the one of that name, else the only stored or
        simulated one whose name differs in letter case alone.

        Raises
        ------
        SymbolNotFound
            No source has it.
        InvalidRequest
            The series has no such interval.
        ProviderError, ModelServiceError
            Its source cannot be asked and nothing is stored.
        """
        known = self.known_head(symbol, interval)
        if known is not None:
            return known
        head = await self._find_head(symbol, interval)
        if len(self._known) >= _KNOWN_LIMIT:
            self._known.clear()
        self._known[symbol, interval] = (head, time.monotonic() + self._known_seconds)
        return head

    def known_head(self, symbol: str, interval: str | None) -> SeriesHead | None:
        """What :meth:`head` would return without asking anybody, where it is known."""
        known = self._known.get((symbol, interval))
        return known[0] if known is not None and time.monotonic() < known[1] else None

    async def stored_head(self, symbol: str) -> SeriesHead | None:
        """The stored series that `symbol` means, fresh or not; asks no source."""
        known = self.known_head(symbol, None)
        if known is not None:
            return known
        symbol, heads = await self._find_stored(symbol)
        provider = next((each for each in self._providers if each.offers(symbol)), None)
        default = (provider.source, provider.intervals[0]) if provider is not None else None
        return max(
            heads,
            key=lambda head: (head.source == "upload", (head.source, head.interval) == default),
            default=None,
        )

    async def load(self, symbol: str, interval: str | None) -> Series:
        """The series that `symbol` means now, with its candles."""
        for _ in range(3):
            head = await self.head(symbol, interval)
            async with self._database.transaction() as session:
                stored = await SeriesRepository(session, LOCAL_OWNER).candles_of(head)
            if stored is None:  # replaced between the two questions
                self.forget(symbol)
            elif head.count > _THREAD_CANDLES:
                return Series(head, await asyncio.to_thread(Candles.from_arrow, stored))
            else:
                return Series(head, Candles.from_arrow(stored))
        raise GatewayError(f"The series of {symbol} is being replaced faster than it can be read.")

    async def candles_of(self, symbol: str) -> Candles:
        """The candles of `symbol` at its default interval."""
        return (await self.load(symbol, None)).candles

    def forget(self, symbol: str) -> None:
        """Ask the database anew for `symbol`: its series was replaced."""
        # A name in another letter case may have meant this symbol, or may mean it from now on.
        for key in [key for key in self._known if key[0].lower() == symbol.lower()]:
            del self._known[key]

    def simulated_name(self, symbol: str) -> str | None:
        """The simulated symbol that `symbol` is in some letter case; None where it is none."""
        for provider in self._providers:
            if provider.source == "simulated":
                for name in provider.symbols:
                    if name.lower() == symbol.lower():
                        return name
        return None

    async def _find_head(self, symbol: str, interval: str | None) -> SeriesHead:
        symbol, heads = await self._find_stored(symbol)
        uploaded = next((head for head in heads if head.source == "upload"), None)
        if uploaded is not None:
            _require_interval(symbol, interval, [uploaded.interval])
            return uploaded
        provider = next((each for each in self._providers if each.offers(symbol)), None)
        if provider is None:
            raise SymbolNotFound(f"No source knows `{symbol}`.", field="symbol")
        _require_interval(symbol, interval, provider.intervals)
        wanted = interval or provider.intervals[0]
        stored = next(
            (h for h in heads if h.source == provider.source and h.interval == wanted), None
        )
        if stored is not None and stored.fresh_until and self._clock() < stored.fresh_until:
            return stored
        try:
            return await self._fetches.run(
                (symbol, wanted), lambda: self._fetch(provider, symbol, wanted)
            )
        except (ProviderError, ModelServiceError) as error:
            if stored is None:
                raise
            _log.warning("serving_stale_series", symbol=symbol, reason=error.logged)
            return stored

    async def _find_stored(self, symbol: str) -> tuple[str, list[SeriesHead]]:
        """The spelling of `symbol` that is known, and all stored series of it."""
        async with self._database.transaction() as session:
            repository = SeriesRepository(session, LOCAL_OWNER)
            heads = await repository.heads_of(symbol)
            if not heads and (real := await self._find_spelling(repository, symbol)) != symbol:
                symbol = real
                heads = await repository.heads_of(symbol)
        return symbol, heads

    async def _find_spelling(self, repository: SeriesRepository, symbol: str) -> str:
        simulated = self.simulated_name(symbol)
        if simulated == symbol:
            return symbol
        spellings = await repository.spellings_of(symbol)
        if simulated is not None:
            spellings.add(simulated)
        return spellings.pop() if len(spellings) == 1 else symbol

    async def _fetch(self, provider: CandleProvider, symbol: str, interval: str) -> SeriesHead:
        provided = await provider.fetch(symbol, interval)
        head = self._describe(provider, provided)
        packed = await asyncio.to_thread(provided.candles.to_arrow)
        async with self._database.transaction() as session:
            await SeriesRepository(session, LOCAL_OWNER).replace_provided(head, packed)
        return head

    def _describe(self, provider: CandleProvider, provided: ProvidedSeries) -> SeriesHead:
        return SeriesHead(
            symbol=provided.symbol,
            name=provided.name,
            source=provider.source,
            interval=provided.interval,
            price_basis=provided.price_basis,
            currency=provided.currency,
            timezone=provided.timezone,
            data_hash=provided.candles.data_hash,
            as_of=self._clock(),
            fresh_until=provided.fresh_until,
            count=len(provided.candles),
            start=int(provided.candles.time[0]),
            end=int(provided.candles.time[-1]),
        )


def _require_interval(symbol: str, interval: str | None, there_are: Sequence[str]) -> None:
    if interval is not None and interval not in there_are:
        raise InvalidRequest(
            f"`interval`: {symbol} has {', '.join(there_are)}, not {interval}.", field="interval"
        )
