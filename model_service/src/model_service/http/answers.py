"""Answers as bytes of JSON: arrays are written as they are, NaN as null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from flask import Response

from model_service.market.candles import PRICE_COLUMNS, Candles


def answer_json(
    body: Mapping[str, Any], *, status: int = 200, content_type: str = "application/json"
) -> Response:
    """A response with a JSON body; its columns may be contiguous NumPy arrays."""
    content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(content, status=status, content_type=content_type)


def describe_series(candles: Candles) -> dict[str, Any]:
    """Candles as `Series` of the contract."""
    columns = ("time", *PRICE_COLUMNS, "volume")
    return {
        "symbol": candles.symbol,
        "interval": candles.interval,
        "source": candles.source,
        "currency": candles.currency,
        "timezone": candles.timezone,
        "price_basis": candles.price_basis,
        "data_hash": candles.data_hash,
        "candles": {name: np.ascontiguousarray(getattr(candles, name)) for name in columns},
    }
