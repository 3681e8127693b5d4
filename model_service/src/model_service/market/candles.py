"""Canonical candles: the one form in which prices exist behind ingest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidCandles, NewsFromTheFuture
from model_service.market.news import ScoredNews

PriceBasis = Literal["raw", "adjusted", "mixed"]
Source = Literal["upload", "simulated"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRICE_COLUMNS = ("open", "high", "low", "close")
SECONDS_PER_DAY = 86_400
SYMBOL_PATTERN = "^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"
MAX_SYMBOL_LENGTH = 32
MIXED_SHARE = 0.05
"""Of the candles: where more closes lie outside [low, high], closes are adjusted, opens not."""
_UNITS = (("w", 604_800), ("d", SECONDS_PER_DAY), ("h", 3_600), ("m", 60), ("s", 1))


@dataclass(frozen=True)
class Candles:
    """A price series in time order.

    Attributes
    ----------
    symbol : str
        Name of the instrument.
    time : int64 array, shape (n,)
        Epoch seconds UTC, strictly increasing. Daily candles: 00:00 UTC of the exchange's
        session date.
    open, high, low, close : float64 arrays, shape (n,)
        Prices, positive and finite. A close may lie outside [low, high] (``mixed`` basis).
    volume : float64 array, shape (n,)
        Traded quantity, not negative; all zeros where the data has none.
    price_basis : {'raw', 'adjusted', 'mixed'}
        What the prices are adjusted for; see DESIGN section 5.
    source : {'upload', 'simulated'}
    currency, timezone : str or None
        As far as the data tells them.
    news : ScoredNews or None
        Headlines that count by the last candle; no part of `data_hash`.
    """

    symbol: str
    time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    price_basis: PriceBasis = "raw"
    source: Source = "upload"
    currency: str | None = None
    timezone: str | None = None
    news: ScoredNews | None = None

    def __post_init__(self) -> None:
        count = self.time.shape[0]
        if count == 0:
            raise InvalidCandles("There are no candles.", field="time")
        for name in (*PRICE_COLUMNS, "volume"):
            values: Floats = getattr(self, name)
            if values.shape != (count,):
                raise InvalidCandles(
                    f"`{name}` has {values.shape[0]} values, `time` has {count}.", field=name
                )
            lowest = 0.0 if name == "volume" else np.nextafter(0.0, 1.0)
            bad = ~(np.isfinite(values) & (values >= lowest))
            if bad.any():
                index = int(np.argmax(bad))
                raise InvalidCandles(
                    f"`{name}` of candle {index + 1} is {values[index]}, not a "
                    f"{'number of at least 0' if name == 'volume' else 'positive number'}.",
                    field=name,
                )
        late = np.diff(self.time) <= 0
        if late.any():
            index = int(np.argmax(late)) + 1
            raise InvalidCandles(
                f"`time` of candle {index + 1} is not after the candle before it.", field="time"
            )
        if self.news is not None and len(self.news) and self.news.counts_from[-1] > self.time[-1]:
            raise NewsFromTheFuture(
                f"A headline counts from {self.news.counts_from[-1]}, after the last candle at "
                f"{self.time[-1]}.",
                field="news.counts_from",
                limit=int(self.time[-1]),
            )

    def __len__(self) -> int:
        return int(self.time.shape[0])

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 (hex) of time, open, high, low, close, volume, little endian, in that order."""
        digest = hashlib.sha256(np.ascontiguousarray(self.time, dtype="<i8").tobytes())
        for name in (*PRICE_COLUMNS, "volume"):
            digest.update(np.ascontiguousarray(getattr(self, name), dtype="<f8").tobytes())
        return digest.hexdigest()

    @property
    def news_hash(self) -> str | None:
        """SHA-256 (hex) of the news that is known; None where there is none."""
        return None if self.news is None else self.news.news_hash

    @cached_property
    def interval_seconds(self) -> int:
        """Median spacing of the candles; one day for a single candle."""
        if len(self) < 2:
            return SECONDS_PER_DAY
        return int(np.median(np.diff(self.time)))

    @property
    def interval(self) -> str:
        """The spacing as ``1d``, ``5m``, ..., in the largest unit that divides it."""
        return name_interval(self.interval_seconds)

    def slice(self, start: int | None = None, stop: int | None = None) -> Candles:
        """The candles of the index range [start, stop), as views, with the news they know."""
        window = slice(start, stop)
        time = self.time[window]
        return replace(
            self,
            time=time,
            **{name: getattr(self, name)[window] for name in (*PRICE_COLUMNS, "volume")},
            news=self.news.between(None, int(time[-1])) if self.news and time.size else None,
        )


def outside_range(price: Floats, low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Where a price lies outside [low, high], shape (n,)."""
    outside: NDArray[np.bool_] = (price < low) | (price > high)
    return outside


def is_mixed(closes_outside: NDArray[np.bool_]) -> bool:
    """Whether so many closes lie outside [low, high] that they must be adjusted, opens not."""
    return bool(closes_outside.mean() > MIXED_SHARE)


def name_interval(seconds: int) -> str:
    """A spacing as ``1d``, ``5m``, ..., in the largest unit that divides it."""
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"
