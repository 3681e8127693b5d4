"""Sources of candles behind one Protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backend_service.market_data.candles import Candles, PriceBasis, Source


@dataclass(frozen=True, slots=True)
class Listing:
    """A symbol that a provider offers."""

    symbol: str
    name: str
    interval: str


@dataclass(frozen=True, slots=True)
class ProvidedSeries:
    """Candles as a provider gave them, in canonical form.

    Attributes
    ----------
    fresh_until : datetime
        Until when asking again cannot give anything new, UTC.
    """

    symbol: str
    name: str
    interval: str
    price_basis: PriceBasis
    currency: str | None
    timezone: str | None
    candles: Candles
    fresh_until: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a provider answers, as far as is known now; ``reason`` says why it does not."""

    available: bool
    reason: str | None = None


class CandleProvider(Protocol):
    """A source of candles.

    Every method returns or raises within a bounded time. Failures are
    :class:`backend_service.errors.ProviderError`,
    :class:`backend_service.errors.ModelServiceError` or
    :class:`backend_service.errors.SymbolNotFound`.
    """

    @property
    def source(self) -> Source:
        """The word for this source on the wire."""
        ...

    @property
    def intervals(self) -> Sequence[str]:
        """Spacings that can be asked for, the default first."""
        ...

    @property
    def symbols(self) -> Sequence[str]:
        """The symbols of this source where they are known beforehand, else none."""
        ...

    def offers(self, symbol: str) -> bool:
        """Whether `symbol` has the form of a symbol of this source; asks nobody."""
        ...

    async def fetch(self, symbol: str, interval: str) -> ProvidedSeries:
        """All candles of `symbol` at `interval`."""
        ...

    async def search(self, query: str) -> Sequence[Listing]:
        """Symbols that match `query`; empty where the source cannot be asked in time."""
        ...

    async def availability(self) -> Availability:
        """What is known about the source now; waits at most about a second."""
        ...
