"""A series: candles with what is known about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from backend_service.market_data.candles import Candles, PriceBasis, Source

LOCAL_OWNER = "local"


@dataclass(frozen=True, slots=True)
class SeriesHead:
    """All that is known about a stored series but the candles themselves.

    Attributes
    ----------
    symbol, name : str
        Its key, and words for a reader.
    source : {'upload', 'simulated', 'yahoo'}
        Where the candles came from.
    interval : str
        Median spacing, such as ``1d``.
    price_basis : {'raw', 'adjusted', 'mixed'}
        What the prices are adjusted for.
    currency, timezone : str or None
        As far as the source tells them.
    data_hash : str
        Identity of the candles.
    as_of : datetime
        When they were uploaded or fetched, UTC.
    fresh_until : datetime or None
        When the source should be asked again; None is never.
    count, start, end : int
        Number of candles, first and last time (epoch seconds UTC).
    """

    symbol: str
    name: str
    source: Source
    interval: str
    price_basis: PriceBasis
    currency: str | None
    timezone: str | None
    data_hash: str
    as_of: datetime
    fresh_until: datetime | None
    count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Series:
    """A head and its candles."""

    head: SeriesHead
    candles: Candles
