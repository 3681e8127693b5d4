"""Candles as columns of JSON into arrays, by the rules of `CandleColumns` in the contract."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from model_service.errors import InvalidCandles, InvalidRequest
from model_service.http.json_columns import read_numbers, read_times
from model_service.market.candles import (
    PRICE_COLUMNS,
    Candles,
    PriceBasis,
    is_mixed,
    outside_range,
)

COLUMNS = ("time", *PRICE_COLUMNS, "volume")
FIELD = "candles"

PLACEHOLDER = {name: [1] for name in COLUMNS}
"""Valid columns that stand in for the real ones while the rest of a request is checked."""


def read_candles(
    columns: Any, *, symbol: str, price_basis: PriceBasis | None, max_candles: int
) -> Candles:
    """Candles from parsed JSON; without a price basis it is what the closes show.

    Raises
    ------
    InvalidRequest
        If a column is missing, unknown or holds something that is no number.
    PayloadTooLarge
        If there are more than `max_candles`.
    InvalidCandles
        If the columns do not form candles.
    """
    if not isinstance(columns, dict):
        raise InvalidRequest(f"`{FIELD}` has to be an object of columns.", field=FIELD)
    for name in COLUMNS:
        if name not in columns:
            raise InvalidRequest(f"`{FIELD}.{name}` is missing.", field=f"{FIELD}.{name}")
    for name in columns:
        if name not in COLUMNS:
            raise InvalidRequest(f"`{FIELD}.{name}` is not known here.", field=f"{FIELD}.{name}")
    try:
        candles = Candles(
            symbol=symbol,
            time=read_times(f"{FIELD}.time", columns["time"], max_candles),
            open=read_numbers(f"{FIELD}.open", columns["open"], max_candles),
            high=read_numbers(f"{FIELD}.high", columns["high"], max_candles),
            low=read_numbers(f"{FIELD}.low", columns["low"], max_candles),
            close=read_numbers(f"{FIELD}.close", columns["close"], max_candles),
            volume=read_numbers(f"{FIELD}.volume", columns["volume"], max_candles),
        )
    except InvalidCandles as error:
        raise InvalidCandles(error.detail, field=f"{FIELD}.{error.field}") from None
    if price_basis is None:
        outside = outside_range(candles.close, candles.low, candles.high)
        price_basis = "mixed" if is_mixed(outside) else "raw"
    return replace(candles, price_basis=price_basis)
