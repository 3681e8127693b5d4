"""Symbols and candles on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from backend_service.model_client.generated import CandleColumns

Source = Literal["upload", "simulated", "yahoo"]
PriceBasis = Literal["raw", "adjusted", "mixed"]

SYMBOL_PATTERN = "^[A-Za-z0-9^][A-Za-z0-9.^=_&-]*$"
INTERVAL_PATTERN = "^[1-9][0-9]*(s|m|h|d|w)$"
SYMBOL_LENGTH = 32
INTERVAL_LENGTH = 16

SymbolText = Annotated[str, Field(pattern=SYMBOL_PATTERN, min_length=1, max_length=SYMBOL_LENGTH)]
IntervalText = Annotated[str, Field(pattern=INTERVAL_PATTERN, max_length=INTERVAL_LENGTH)]
Moment = Annotated[
    str,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": -62135596800, "maximum": 253402300799},
                {"type": "string", "format": "date"},
            ]
        }
    ),
]
"""A limit of a range: epoch seconds UTC, or a date (as an end it includes that whole day)."""


class CandlesResponse(BaseModel):
    """A series of candles, or the part of it that was asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    symbol: SymbolText
    interval: IntervalText
    """Median spacing of the candles."""
    source: Source
    """`simulated` candles are invented and have to be labelled so wherever they are shown."""
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None
    timezone: str | None
    """IANA name or UTC offset of the exchange or of the file's times, where it is known."""
    price_basis: PriceBasis
    """raw: as traded; adjusted: all four scaled to the adjusted close; mixed: closes alone are."""
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of the whole series, whatever part was asked for: time (int64), open, high, low,
    close, volume (float64), column by column, little endian."""
    as_of: datetime
    """When these candles were uploaded or fetched."""
    candles: CandleColumns


class SymbolSummary(BaseModel):
    """A symbol that candles can be had for; what is not known before they are fetched is null."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    symbol: SymbolText
    name: str
    source: Source
    interval: IntervalText
    candles: Annotated[int, Field(ge=1)] | None
    """How many candles are stored."""
    start: int | None
    """Time of the first candle, epoch seconds UTC."""
    end: int | None
    """Time of the last candle, epoch seconds UTC."""
    price_basis: PriceBasis | None
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None


class SourceStatus(BaseModel):
    """Whether a source answers now, and if not, why."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    available: bool
    reason: str | None


class SymbolsResponse(BaseModel):
    """Symbols that match, uploads first, and the state of every source."""

    model_config = ConfigDict(extra="forbid")

    symbols: list[SymbolSummary]
    sources: list[SourceStatus]
