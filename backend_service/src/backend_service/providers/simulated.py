"""The simulated market of the model service; needs no network and says that it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from backend_service.errors import ModelServiceError
from backend_service.providers import Availability, Listing, ProvidedSeries
from backend_service.telemetry.source_watch import SourceWatch

if TYPE_CHECKING:
    from backend_service.clock import Clock
    from backend_service.market_data.candles import Source
    from backend_service.model_client.service import ModelService
    from backend_service.telemetry.metrics import Metrics

PREFIX: Final = "SIM-"
FIRST_DAY: Final = date(2010, 1, 4)
_INTERVAL: Final = "1d"


@dataclass(frozen=True, slots=True)
class _Path:
    name: str
    seed: int


# A symbol's name sets no property of its path: the model is the same for all. Each seed is the
# one of 0 to 39 whose path shows most of what the name says (candles up to 2026-11-20): the
# lowest volatility; the largest share of a year's movement in one direction together with a
# gain; the smallest; the deepest fall within 20 sessions. MIXED is not chosen.
_PATHS: Final = {
    "SIM-CALM": _Path("Simulated market: a calm path", 30),
    "SIM-TREND": _Path("Simulated market: a path with long trends", 7),
    "SIM-CHOP": _Path("Simulated market: a path without direction", 28),
    "SIM-CRASH": _Path("Simulated market: a path with a crash", 9),
    "SIM-MIXED": _Path("Simulated market: a path as it came", 0),
}
CATALOGUE: Final = tuple(Listing(symbol, path.name, _INTERVAL) for symbol, path in _PATHS.items())
_SATURDAY: Final = 5


class SimulatedProvider:
    """Candles from 2010-01-04 to the last completed weekday.

    Parameters
    ----------
    model : ModelService
        Computes the path; the same symbol always gives the same one.
    clock : Clock
        Tells which weekday has ended.
    metrics : Metrics
        Where questions are counted.
    """

    source: Source = "simulated"
    intervals = (_INTERVAL,)
    symbols = tuple(_PATHS)

    def __init__(self, model: ModelService, clock: Clock, metrics: Metrics) -> None:
        self._watch = SourceWatch(self.source, metrics, clock)
        self._model = model
        self._clock = clock

    def offers(self, symbol: str) -> bool:
        return symbol in _PATHS

    async def fetch(self, symbol: str, interval: str) -> ProvidedSeries:
        now = self._clock()
        last_day = _last_completed_weekday(now)
        path = _PATHS[symbol]
        with self._watch.question():
            series = await self._model.simulate(symbol, path.seed, FIRST_DAY, last_day, interval)
        return ProvidedSeries(
            symbol=symbol,
            name=path.name,
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
