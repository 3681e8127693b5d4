"""Candles as columns of JSON into arrays, checked a column at a time.

A million candles would take seconds through a validator that looks at one number after the other;
the rules here are those of `CandleColumns` in the contract.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidCandles, InvalidRequest, PayloadTooLarge
from model_service.market.candles import (
    PRICE_COLUMNS,
    Candles,
    PriceBasis,
    is_mixed,
    outside_range,
)

COLUMNS = ("time", *PRICE_COLUMNS, "volume")
FIRST_TIME, LAST_TIME = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999: what a date can be written for."""

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
            time=_times(columns["time"], max_candles),
            open=_floats("open", columns["open"], max_candles),
            high=_floats("high", columns["high"], max_candles),
            low=_floats("low", columns["low"], max_candles),
            close=_floats("close", columns["close"], max_candles),
            volume=_floats("volume", columns["volume"], max_candles),
        )
    except InvalidCandles as error:
        raise InvalidCandles(error.detail, field=f"{FIELD}.{error.field}") from None
    if price_basis is None:
        outside = outside_range(candles.close, candles.low, candles.high)
        price_basis = "mixed" if is_mixed(outside) else "raw"
    return replace(candles, price_basis=price_basis)


def _column(name: str, values: Any, max_candles: int, kinds: set[type]) -> list[Any]:
    field = f"{FIELD}.{name}"
    if not isinstance(values, list):
        raise InvalidRequest(f"`{field}` has to be a list of numbers.", field=field)
    if len(values) > max_candles:
        raise PayloadTooLarge(
            f"`{field}` has {len(values):,} values, more than {max_candles:,}.",
            field=field,
            limit=max_candles,
        )
    # JSON's true is an int in Python and would pass for 1.
    if not set(map(type, values)) <= kinds:
        index = next(index for index, value in enumerate(values) if type(value) not in kinds)
        raise InvalidRequest(f"Value {index + 1} of `{field}` is not a number.", field=field)
    return values


def _floats(name: str, values: Any, max_candles: int) -> NDArray[np.float64]:
    return np.array(_column(name, values, max_candles, {int, float}), dtype=np.float64)


def _times(values: Any, max_candles: int) -> NDArray[np.int64]:
    field = f"{FIELD}.time"
    column = _column("time", values, max_candles, {int, float})
    # Every whole number of these years is exact as a float, so 1e9 may stand for 1000000000.
    floats = np.array(column, dtype=np.float64)
    bad = (floats < FIRST_TIME) | (floats > LAST_TIME) | (floats != np.floor(floats))
    if bad.any():
        index = int(np.argmax(bad))
        raise InvalidRequest(
            f"Value {index + 1} of `{field}` is not a whole number of seconds in the years 1 to "
            "9999.",
            field=field,
        )
    return floats.astype(np.int64)
