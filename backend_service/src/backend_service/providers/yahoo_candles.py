"""Yahoo's tables as canonical candles."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from backend_service.market_data.candles import Candles

if TYPE_CHECKING:
    from collections.abc import Mapping

_SATURDAY: Final = 5
_CURRENCY_LETTERS: Final = 3


def read_candles(table: pd.DataFrame, *, daily: bool) -> Candles | None:
    """Candles of a table as ``Ticker.history(auto_adjust=False)`` returns it.

    Open, high, low and close are scaled by ``Adj Close / Close``. Rows without a price are
    dropped; a missing volume is 0. Daily times are 00:00 UTC of the exchange's own date.

    Parameters
    ----------
    table : DataFrame
        Columns Open, High, Low, Close, Adj Close, Volume; a zoned time index.
    daily : bool
        Whether a row is a session, not a moment.

    Returns
    -------
    Candles or None
        None where no usable row is left.

    Raises
    ------
    KeyError, TypeError, ValueError
        The table is not of that form.
    """
    if table.empty:
        return None
    prices = {
        name: table[column].to_numpy(dtype=np.float64)
        for name, column in (("open", "Open"), ("high", "High"), ("low", "Low"), ("close", "Close"))
    }
    with np.errstate(all="ignore"):
        ratio = table["Adj Close"].to_numpy(dtype=np.float64) / prices["close"]
        prices = {name: values * ratio for name, values in prices.items()}
    index = pd.DatetimeIndex(table.index)
    if daily:
        index = index.tz_localize(None).normalize().tz_localize("UTC")
    seconds = index.tz_convert("UTC").as_unit("s").asi8
    usable = np.all([np.isfinite(values) & (values > 0) for values in prices.values()], axis=0)
    usable &= np.append(seconds[1:] != seconds[:-1], True)
    if not usable.any():
        return None
    volume = np.nan_to_num(table["Volume"].to_numpy(dtype=np.float64)).clip(min=0)
    columns = {"time": seconds, **prices, "volume": volume}
    return Candles.from_columns({name: values[usable] for name, values in columns.items()})


def find_session_end(meta: Mapping[str, Any]) -> datetime | None:
    """When the current or last regular session ends, in the exchange's own zone.

    None where Yahoo does not tell.
    """
    try:
        end = meta["currentTradingPeriod"]["regular"]["end"]
    except (KeyError, TypeError):
        return None
    return end.to_pydatetime() if isinstance(end, pd.Timestamp) and end.tzinfo else None


def drop_running_session(
    candles: Candles, session_end: datetime | None, now: datetime
) -> Candles | None:
    """`candles` without the daily candle of a session that has not closed yet.

    Its close is not a close, and a decision on it would be taken back a minute later.
    """
    if session_end is None or now >= session_end:
        return candles
    running = datetime.combine(session_end.date(), time(), UTC)
    cut = int(np.searchsorted(candles.time, int(running.timestamp())))
    if cut == 0:
        return None
    columns = candles.to_columns()
    return Candles.from_columns({name: values[:cut] for name, values in columns.items()})


def find_next_close(session_end: datetime | None, now: datetime) -> datetime:
    """The next moment at which there can be a new daily candle.

    Holidays are not known here: after one, a question is asked for nothing.
    """
    if session_end is None:
        return datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    close = session_end.astimezone(UTC)
    while close <= now or close.weekday() >= _SATURDAY:
        close += timedelta(days=1)
    return close


def read_currency(meta: Mapping[str, Any]) -> str | None:
    """The currency code, where there is one of the usual length."""
    currency = meta.get("currency")
    if isinstance(currency, str) and len(currency) == _CURRENCY_LETTERS:
        return currency
    return None
