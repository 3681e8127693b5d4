"""Uploads on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from backend_service.market_data.schemas import PriceBasis, SymbolText
from backend_service.model_client.generated import Issue


class DatasetResponse(BaseModel):
    """What became of an uploaded file."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    symbol: SymbolText
    candles: Annotated[int, Field(ge=1)]
    """Distinct candle times."""
    start: int
    """Time of the first candle, epoch seconds UTC."""
    end: int
    """Time of the last candle, epoch seconds UTC."""
    price_basis: PriceBasis
    data_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    issues: list[Issue]
    """What was noticed in the file and what was done about it."""
