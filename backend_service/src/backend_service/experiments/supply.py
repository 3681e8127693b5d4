"""Symbols as the model service's experiments know them: candles under their hash, and news."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from backend_service.errors import InvalidRequest, SymbolNotFound
from backend_service.experiments.question import ExperimentSeries
from backend_service.market_data.service import require_candles
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend_service.agents.scored_news import ScoredNews
    from backend_service.market_data.candles import Candles
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.ranges import TimeRange
    from backend_service.market_data.series import SeriesHead
    from backend_service.model_client.service import ModelExperiments
    from backend_service.news.for_agents import AgentNews

_AT_ONCE: Final = 4
"""Symbols that are loaded and sent at the same time; a million candles take 48 MB each."""
_KNOWN_LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class NewsWanted:
    """That an experiment reads news.

    Attributes
    ----------
    trained_on : str or None
        Name and version of the engine whose scores its agent was trained on.
    """

    trained_on: str | None


@dataclass(frozen=True, slots=True)
class _Provided:
    """A series whose candles are there, and the time of its last candle that is used."""

    head: SeriesHead
    last: int


class SeriesSupply:
    """Sends the candles that the model service does not have.

    Parameters
    ----------
    library : SeriesLibrary
    model : ModelExperiments
    news : AgentNews
    known_seconds : float
        How long it is believed that candles are still there.
    """

    def __init__(
        self,
        library: SeriesLibrary,
        model: ModelExperiments,
        news: AgentNews,
        known_seconds: float,
    ) -> None:
        self._library = library
        self._model = model
        self._news = news
        self._known_seconds = known_seconds
        self._known: dict[str, float] = {}
        self._sending: SingleFlight[None] = SingleFlight()

    async def provide(
        self, symbols: Sequence[str], limits: TimeRange, wanted: NewsWanted | None
    ) -> list[ExperimentSeries]:
        """The series of `symbols`, in order; the model service has their candles.

        Raises
        ------
        SymbolNotFound, InvalidRequest
            No source knows a symbol, it is named twice, or has no candles within `limits`; the
            field is that of the request.
        ProviderError, ModelServiceError
            A source or the model service cannot be asked.
        """
        _require_distinct(symbols)
        provided: list[_Provided] = []
        for first in range(0, len(symbols), _AT_ONCE):
            outcomes = await asyncio.gather(
                *(
                    self._provide_one(place, symbols[place], limits)
                    for place in range(first, min(first + _AT_ONCE, len(symbols)))
                ),
                return_exceptions=True,
            )
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
                provided.append(outcome)
        # A name in another letter case may mean the same series.
        _require_distinct([each.head.symbol for each in provided])
        news: list[ScoredNews | None] = [None] * len(provided)
        if wanted is not None:
            used = [(each.head, each.last) for each in provided]
            news = await self._news.read_together(used, wanted.trained_on)
        return [
            ExperimentSeries(each.head.symbol, each.head.data_hash, each.head.price_basis, read)
            for each, read in zip(provided, news, strict=True)
        ]

    def forget(self, series: Sequence[ExperimentSeries]) -> None:
        """Ask the model service anew whether it has these candles."""
        for each in series:
            self._known.pop(each.data_hash, None)

    async def _provide_one(self, place: int, symbol: str, limits: TimeRange) -> _Provided:
        try:
            series = await self._library.load(symbol, None)
        except SymbolNotFound as error:
            raise SymbolNotFound(error.detail, field=f"symbols.{place}") from error
        require_candles(series, limits)
        candles = series.candles
        await self._sending.run(candles.data_hash, lambda: self._send(candles))
        return _Provided(series.head, int(candles.within(limits).time[-1]))

    async def _send(self, candles: Candles) -> None:
        data_hash = candles.data_hash
        if time.monotonic() < self._known.get(data_hash, 0.0):
            return
        if not await self._model.has_candles(data_hash):
            await self._model.put_candles(candles)
        if len(self._known) >= _KNOWN_LIMIT:
            self._known.clear()
        self._known[data_hash] = time.monotonic() + self._known_seconds


def _require_distinct(symbols: Sequence[str]) -> None:
    seen: set[str] = set()
    for place, symbol in enumerate(symbols):
        if symbol in seen:
            raise InvalidRequest(
                f"`symbols.{place}`: {symbol} is named twice.", field=f"symbols.{place}"
            )
        seen.add(symbol)
