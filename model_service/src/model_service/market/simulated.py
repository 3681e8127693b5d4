"""A seeded market that needs no data: regimes, clustered volatility, fat tails, gaps, volume.

The model, a session (weekday) at a time: a Markov chain of regimes sets drift and the level of
volatility; around it the log of volatility follows two autoregressions, a slow and a fast one,
which falling prices push up. A session's variance is split over the night before it and its
candles; candle moves have Student's tails, and the range of a candle is that of a Brownian bridge
from its open to its close. The price is pulled weakly towards an exponential trend.

It looks like a stock, but all that can be predicted in it is a little drift that lasts as long as
a regime does, and volatility: what an agent earns here says nothing about a real market.

Every random stream has a generator of its own (PCG64, keyed by SHA-256 of symbol, seed and the
stream's name) and is drawn and summed strictly forward, so that a later end adds candles and
changes none.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from model_service.errors import InvalidRequest
from model_service.market.candles import SECONDS_PER_DAY, Candles, Floats, Ints

SimulatedInterval = Literal["1d", "1h", "1m"]

MAX_CANDLES = 1_000_000
SESSION_START_SECONDS = 9 * 3600 + 30 * 60
SESSION_SECONDS = 390 * 60
SESSIONS_PER_YEAR = 252

# calm, bull, bear, crisis
_DAILY_DRIFT = np.array([0.0003, 0.0009, -0.0009, -0.0040])
_VOLATILITY_FACTOR = np.array([0.75, 0.85, 1.25, 2.6])
_MEAN_SESSIONS = np.array([70.0, 110.0, 55.0, 14.0])
_NEXT_REGIME = np.array(
    [
        [0.0, 0.75, 0.22, 0.03],
        [0.70, 0.0, 0.22, 0.08],
        [0.40, 0.42, 0.0, 0.18],
        [0.25, 0.30, 0.45, 0.0],
    ]
)
_SLOW, _FAST = 0.985, 0.75
"""Persistence of the two parts of log volatility, a session."""
_SLOW_SPREAD, _FAST_SPREAD = 0.30, 0.18
_LEVERAGE = -0.6
"""Correlation of a session's return with the next session's volatility."""
_NIGHT_SHARE = 0.22
"""Of a session's variance."""
_MOOD, _MOOD_SPREAD = 0.9, 0.25
"""Persistence and spread of what moves volume apart from volatility."""
_PULL = 0.9994
"""What is left after a session of the distance to the trend: a half-life of 4.6 years."""
_TAIL_DEGREES = 5.0


@dataclass(frozen=True)
class _Stock:
    """What sets one symbol apart from another: all drawn once."""

    first_price: float
    daily_volatility: float
    daily_trend: float
    session_volume: float


def simulate_candles(
    symbol: str, *, seed: int, start: date, end: date, interval: SimulatedInterval
) -> Candles:
    """Simulate the candles of all weekdays from `start` to `end`, both included.

    Parameters
    ----------
    symbol : str
        Any name; with `seed`, `start` and `interval` it fixes the whole path.
    seed : int
    start, end : date
        A later `end` only adds candles.
    interval : {'1d', '1h', '1m'}
        Intraday candles fill a session from 09:30 to 16:00 UTC. The intervals are separate
        simulations of one stock, not views of one path.

    Raises
    ------
    InvalidRequest
        No weekday in the range, or more than 1,000,000 candles.
    """
    starts, lengths = _session_grid(interval)
    first, last = np.datetime64(start, "D"), np.datetime64(end, "D")
    sessions = int(np.busday_count(first, last + 1)) if last >= first else 0
    if sessions == 0:
        raise InvalidRequest("`end` leaves no weekday after `start`.", field="end")
    if sessions * starts.size > MAX_CANDLES:
        raise InvalidRequest(
            f"{sessions * starts.size:,} candles were asked for; at most {MAX_CANDLES:,} are "
            "simulated.",
            field="end",
            limit=MAX_CANDLES,
        )
    days = np.busday_offset(first, np.arange(sessions), roll="forward").astype(np.int64)
    time = (days[:, None] * SECONDS_PER_DAY + starts).ravel()
    draw = _Streams(f"{symbol}\n{seed}\n{interval}")
    opens, highs, lows, closes, volume = _simulate(draw, sessions, lengths)
    return Candles(
        symbol=symbol,
        time=time,
        open=opens,
        high=highs,
        low=lows,
        close=closes,
        volume=volume,
        source="simulated",
        timezone=None if interval == "1d" else "UTC",
    )


class _Streams:
    """Independent random streams by name; the same key and name give the same numbers."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, name: str) -> np.random.Generator:
        digest = hashlib.sha256(f"{self._key}\n{name}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def _session_grid(interval: SimulatedInterval) -> tuple[Ints, Floats]:
    """Seconds after midnight at which a session's candles begin, and their share of it."""
    if interval == "1d":
        return np.zeros(1, dtype=np.int64), np.ones(1)
    seconds = 3600 if interval == "1h" else 60
    offsets = np.arange(0, SESSION_SECONDS, seconds, dtype=np.int64)
    lengths = np.minimum(seconds, SESSION_SECONDS - offsets) / SESSION_SECONDS
    return SESSION_START_SECONDS + offsets, lengths


def _draw_stock(draw: _Streams) -> _Stock:
    random = draw("stock").random(4)
    return _Stock(
        first_price=float(np.round(20.0 * 15.0 ** random[0], 2)),
        daily_volatility=float((0.16 + 0.22 * random[1]) / np.sqrt(SESSIONS_PER_YEAR)),
        daily_trend=float(np.log1p(-0.02 + 0.07 * random[2]) / SESSIONS_PER_YEAR),
        session_volume=float(2e5 * 100.0 ** random[3]),
    )


def _simulate(
    draw: _Streams, sessions: int, lengths: Floats
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    stock = _draw_stock(draw)
    candles = lengths.size
    regime = _draw_regimes(draw, sessions)
    shock = _student(draw("session"), sessions)
    deviation = stock.daily_volatility * _VOLATILITY_FACTOR[regime] * _cluster(draw, shock)
    shape = _busy_hours(lengths)  # share of the day's variance, shape (candles,)
    spread = deviation[:, None] * np.sqrt((1 - _NIGHT_SHARE) * shape)
    moves = _student(draw("candle"), sessions * candles).reshape(sessions, candles)
    # The session's own shock bends its candles, so that leverage shows at every interval.
    moves = 0.8 * moves + 0.6 * shock[:, None] * np.sqrt(shape)
    within = _DAILY_DRIFT[regime][:, None] * lengths + spread * moves
    night = deviation * np.sqrt(_NIGHT_SHARE) * _student(draw("night"), sessions)
    night[0] = 0.0
    gaps = np.zeros((sessions, candles))
    gaps[:, 0] = night
    step = (gaps + within).ravel()
    pull = _PULL ** (1.0 / candles)
    distance = _accumulate(step, pull)
    trend = np.log(stock.first_price) + stock.daily_trend / candles * np.arange(1, step.size + 1)
    close = trend + distance
    before = np.concatenate(([np.log(stock.first_price)], close[:-1]))
    opens = before + gaps.ravel()
    high, low = _bridge_range(draw, opens, close, spread.ravel())
    volume = _draw_volume(
        draw, stock, deviation / stock.daily_volatility, shape, high - low, spread
    )
    return (*_to_ticks(opens, high, low, close), volume)


def _draw_regimes(draw: _Streams, sessions: int) -> Ints:
    """The regime of each session: spells of geometric length, one pair of draws a spell."""
    random = draw("regime")
    regime = np.zeros(sessions, dtype=np.int64)
    position, current = 0, 0
    while position < sessions:
        length_draw, next_draw = random.random(2)
        leave = 1.0 / _MEAN_SESSIONS[current]
        length = 1 + int(np.log1p(-length_draw) / np.log1p(-leave))
        regime[position : position + length] = current
        position += length
        current = int(np.searchsorted(np.cumsum(_NEXT_REGIME[current]), next_draw, side="right"))
    return regime


def _cluster(draw: _Streams, shock: Floats) -> Floats:
    """Factor on volatility a session, around 1; what happened before a session drives it."""
    random = draw("volatility").standard_normal((shock.size, 2))
    own = np.sqrt(1 - _LEVERAGE**2)
    news = _LEVERAGE * np.clip(shock, -4, 4)[:, None] + own * random
    news = np.concatenate((np.zeros((1, 2)), news[:-1]))
    slow = _SLOW_SPREAD * np.sqrt(1 - _SLOW**2) * _accumulate(news[:, 0], _SLOW)
    fast = _FAST_SPREAD * np.sqrt(1 - _FAST**2) * _accumulate(news[:, 1], _FAST)
    factor: Floats = np.exp(slow + fast)
    return factor


def _bridge_range(
    draw: _Streams, opens: Floats, close: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Highest and lowest point of Brownian bridges; the exact law of each, drawn independently."""
    logs = np.log1p(-draw("range").random((opens.size, 2)))
    reach = np.sqrt((close - opens) ** 2 - 2 * spread[:, None].T ** 2 * logs.T)
    # The bounds hold but for the last bit, which a rounding to ticks could show.
    high: Floats = np.maximum((opens + close + reach[0]) / 2, np.maximum(opens, close))
    low: Floats = np.minimum((opens + close - reach[1]) / 2, np.minimum(opens, close))
    return high, low


def _draw_volume(
    draw: _Streams,
    stock: _Stock,
    activity: Floats,
    shape: Floats,
    ranges: Floats,
    spread: Floats,
) -> Floats:
    """Shares traded: more in busy hours, in wild times, and on candles that moved far."""
    sessions, candles = spread.shape
    moods = np.asarray(draw("mood").standard_normal(sessions))
    mood = _MOOD_SPREAD * np.sqrt(1 - _MOOD**2) * _accumulate(moods, _MOOD)
    session = stock.session_volume * activity**0.7 * np.exp(mood)
    noise = np.exp(0.22 * draw("volume").standard_normal(sessions * candles)).reshape(spread.shape)
    far = np.clip(ranges.reshape(spread.shape) / (1.6 * spread), 0.2, 6.0) ** 0.6
    volume: Floats = np.maximum(1.0, np.rint(session[:, None] * shape * noise * far)).ravel()
    return volume


def _busy_hours(lengths: Floats) -> Floats:
    """Share of a session's activity a candle: the open and the close are busier than noon."""
    middle = np.cumsum(lengths) - lengths / 2
    busy = lengths * (0.55 + 2.2 * (middle - 0.55) ** 2 + 1.2 * np.exp(-middle / 0.04))
    shares: Floats = busy / busy.sum()
    return shares


def _to_ticks(
    opens: Floats, high: Floats, low: Floats, close: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Prices from log prices, in cents, below 1 in hundredths of a cent."""
    prices = np.exp(np.stack((opens, high, low, close)))
    coarse, fine = np.round(prices, 2), np.maximum(np.round(prices, 4), 0.0001)
    rounded = np.where(prices[2] >= 1.0, coarse, fine)
    return rounded[0], rounded[1], rounded[2], rounded[3]


def _student(random: np.random.Generator, count: int) -> Floats:
    """Student's t scaled to variance 1, cut at 8."""
    scale = np.sqrt((_TAIL_DEGREES - 2) / _TAIL_DEGREES)
    draws: Floats = np.clip(random.standard_t(_TAIL_DEGREES, count) * scale, -8, 8)
    return draws


def _accumulate(news: Floats, keep: float) -> Floats:
    """``y[t] = keep * y[t-1] + news[t]``, strictly forward."""
    smoothed = pd.Series(np.concatenate(([0.0], news))).ewm(alpha=1 - keep, adjust=False).mean()
    total: Floats = smoothed.to_numpy()[1:] / (1 - keep)
    return total
