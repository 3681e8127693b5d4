"""Columns held against the canonical form of candles before they are kept."""

from __future__ import annotations

from model_service.artefacts.candle_parquet import Columns
from model_service.market.candles import Candles


def check_candles(columns: Columns) -> None:
    """Make sure that six columns form candles.

    Raises
    ------
    InvalidCandles
        With the first column that is wrong.
    """
    Candles(
        symbol="CHECKED",
        time=columns["time"],
        open=columns["open"],
        high=columns["high"],
        low=columns["low"],
        close=columns["close"],
        volume=columns["volume"],
    )
