"""The simulated market of the model service; needs no network and says that it is invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from backend_service.errors import ModelServiceError
from backend_service.providers import Availability, Listing, ProvidedSeries

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.market_data.candles import Source
    from backend_service.model_client.service import ModelService

PREFIX: Final = "SIM-"
FIRST_DAY: Final = date(2010, 1, 4)
CATALOGUE: Final = (
    Listing("SIM-CALM", "Simulated: calm market, low volatility", "1d"),
    Listing("SIM-TREND", "Simulated: long trends", "1d"),
    Listing("SIM-CHOP", "Simulated: choppy, no direction", "1d"),
    Listing("SIM-CRASH", "Simulated: calm years, sudden crashes", "1d"),
    Listing("SIM-MIXED", "Simulated: regimes of every kind in turn", "1d"),
)
_NAMES: Final = {listing.symbol: listing.name for listing in CATALOGUE}
_SATURDAY: Final = 5


class SimulatedProvider:
    """Candles from 2010-01-04 to the last completed weekday.

    Parameters
    ----------
    model : ModelService
        Computes the path; the same symbol always gives the same one.
    clock : Clock
        Tells which weekday has ended.
    """

    source: Source = "simulated"
    intervals = ("1d",)

    def __init__(self, model: ModelService, clock: Clock) -> None:
        self._model = model
        self._clock = clock

    def offers(self, symbol: str) -> bool:
        return symbol in _NAMES

    async def fetch(self, symbol: str, interval: str) -> ProvidedSeries:
        now = self._clock()
        last_day = _last_completed_weekday(now)
        series = await self._model.simulate(symbol, FIRST_DAY, last_day, interval)
        return ProvidedSeries(
            symbol=symbol,
            name=_NAMES[symbol],
            interval=interval,
            price_basis=series.price_basis,
            currency=series.currency,
            timezone=series.timezone,
            candles=series.candles,
            fresh_until=datetime.combine(now.date() + timedelta(days=1), time(), UTC),
        )

    async def search(self, query: str) -> list[Listing]:
        wanted = query.lower()
        return [
            listing
            for listing in CATALOGUE
            if wanted in listing.symbol.lower() or wanted in listing.name.lower()
        ]

    async def availability(self) -> Availability:
        try:
            await self._model.check_health()
        except ModelServiceError as error:
            return Availability(available=False, reason=error.detail)
        return Availability(available=True)


def _last_completed_weekday(now: datetime) -> date:
    day = now.astimezone(UTC).date() - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return day
