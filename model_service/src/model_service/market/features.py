"""Causal, scale-free features of candles.

Every feature at candle t is computed from candles up to and including t, by operations that pass
over the series once from its start, so that cutting off later candles leaves the earlier rows as
they are, bit for bit. Prices enter only as ratios divided by running volatility, so that a stock of
5 and one of 5,000, a calm and a wild one, look alike to the network.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model_service.errors import InvalidRequest
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.news import compute_news_features, name_news_features

Floats = NDArray[np.float64]

_CLIP = 5.0
_VOLATILITY_FLOOR = 1e-5
_DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class FeatureRecipe:
    """Which features an agent sees; stored with it.

    Attributes
    ----------
    return_horizons : tuple of int
        Candles over which returns are taken.
    range_windows : tuple of int
        Candles over which the position in the range of closes is taken.
    volatility_candles : int
        Span of the running volatility.
    lagged_candles : int
        How many of the latest candles enter one by one: return, gap, range, position in the
        range, volume. 0 leaves them out.
    candle_shape : bool
        Return, gap, range, position in the range and volume of the latest candle, where none enters
        by `lagged_candles`. Without them an agent has nothing to act on from one day to the next.
    calendar : bool
        Day of the week, day of the year and time of the day as points on circles.
    news_spans : tuple of int
        Candles over which scored headlines are taken together; none leaves the news out.
    """

    return_horizons: tuple[int, ...] = (1, 2, 3, 5, 10, 21, 42, 63)
    range_windows: tuple[int, ...] = (10, 21, 63)
    volatility_candles: int = 42
    lagged_candles: int = 0
    calendar: bool = False
    candle_shape: bool = True
    news_spans: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        spans = (
            *self.return_horizons,
            *self.range_windows,
            *self.news_spans,
            self.volatility_candles,
        )
        if not all(1 <= span <= 1_000 for span in spans) or not 0 <= self.lagged_candles <= 250:
            raise InvalidRequest(
                "Spans of a feature recipe lie between 1 and 1000 candles, lags between 0 and 250.",
                field="features",
                limit=1_000,
            )

    @property
    def warm_up_candles(self) -> int:
        """Candles before the first row of features that is complete."""
        return max((*self.return_horizons, *self.range_windows, self.volatility_candles)) + max(
            self.lagged_candles - 1, 0
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of the columns."""
        names = [f"return_{horizon}" for horizon in self.return_horizons]
        names += [f"position_{window}" for window in self.range_windows]
        names += ["volatility_ratio", "volatility_level"]
        if self.candle_shape and not self.lagged_candles:
            names += list(_CANDLE_SHAPE)
        names += [
            f"{name}_lag_{lag}" for lag in range(self.lagged_candles) for name in _CANDLE_SHAPE
        ]
        if self.calendar:
            names += [f"{circle}_{axis}" for circle in _CIRCLES for axis in ("sin", "cos")]
        return (*names, *name_news_features(self.news_spans))

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values, for a manifest."""
        values = asdict(self)
        if not self.news_spans:
            # A recipe without news is the same recipe, and has the same hash, as before there
            # were any.
            del values["news_spans"]
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> FeatureRecipe:
        """The recipe of a manifest."""
        plain = dict(values)
        for name in ("return_horizons", "range_windows", "news_spans"):
            if name in plain:
                plain[name] = tuple(plain[name])
        return cls(**plain)


_CANDLE_SHAPE = ("return", "gap", "range", "close_in_range", "volume")
_CIRCLES: dict[Literal["week", "year", "day"], float] = {
    "week": 7.0 * SECONDS_PER_DAY,
    "year": _DAYS_PER_YEAR * SECONDS_PER_DAY,
    "day": float(SECONDS_PER_DAY),
}


def compute_features(candles: Candles, recipe: FeatureRecipe) -> NDArray[np.float32]:
    """Features of every candle.

    Parameters
    ----------
    candles : Candles
        n candles with the news they know. On the ``mixed`` price basis opens, highs and lows do not
        fit the closes, so range and gap features are 0 there.
    recipe : FeatureRecipe

    Returns
    -------
    float32 array, shape (n, len(recipe.names))
        Rows before `recipe.warm_up_candles` are computed from what there is and are not meant to
        be decided on; no value is NaN.
    """
    close = pd.Series(np.log(candles.close))
    step = close.diff()
    # The floor keeps a series of constant prices from dividing by nothing.
    volatility = (
        step.pow(2).ewm(span=recipe.volatility_candles, min_periods=2).mean().pow(0.5)
    ).clip(lower=_VOLATILITY_FLOOR)
    columns = [
        _clipped(close.diff(horizon) / (volatility * np.sqrt(horizon)))
        for horizon in recipe.return_horizons
    ]
    columns += [_position(close, window) for window in recipe.range_windows]
    columns += _volatility_columns(step, volatility, recipe.volatility_candles)
    if recipe.lagged_candles or recipe.candle_shape:
        shape = _candle_shape(candles, step, volatility)
        lags = range(max(recipe.lagged_candles, 1))
        columns += [_lagged(part, lag) for lag in lags for part in shape]
    if recipe.calendar:
        columns += _calendar(candles)
    columns += compute_news_features(candles.news, candles.time, recipe.news_spans)
    table = np.stack(columns, axis=1).astype(np.float32)
    return np.nan_to_num(table, copy=False, nan=0.0, posinf=_CLIP, neginf=-_CLIP)


def _clipped(values: pd.Series) -> Floats:
    # NumPy's clip: the one of pandas takes longer than all other features together.
    clipped: Floats = np.clip(values.to_numpy(), -_CLIP, _CLIP)
    return clipped


def _position(close: pd.Series, window: int) -> Floats:
    """Where the close stands between the lowest and the highest of the window, in [-1, 1]."""
    rolling = close.rolling(window, min_periods=2)
    lowest, highest = rolling.min(), rolling.max()
    width = (highest - lowest).where(lambda span: span > 0.0)
    return (2.0 * (close - lowest) / width - 1.0).to_numpy()


def _volatility_columns(step: pd.Series, volatility: pd.Series, span: int) -> list[Floats]:
    """Short against running volatility, and running against long-run volatility, as logarithms."""
    short = step.pow(2).ewm(span=max(span // 5, 2), min_periods=2).mean().pow(0.5)
    long = step.pow(2).ewm(span=span * 5, min_periods=2).mean().pow(0.5)
    floor = _VOLATILITY_FLOOR
    return [
        _clipped(pd.Series(np.log(short.clip(lower=floor) / volatility))),
        _clipped(pd.Series(np.log(volatility / long.clip(lower=floor)))),
    ]


def _candle_shape(candles: Candles, step: pd.Series, volatility: pd.Series) -> list[Floats]:
    """Return, gap, range, close in range and volume of each candle, in the order of the names."""
    zeros = np.zeros(len(candles))
    gap, height, within = zeros, zeros, zeros
    if candles.price_basis != "mixed":
        previous = pd.Series(np.log(candles.close)).shift(1)
        gap = _clipped((pd.Series(np.log(candles.open)) - previous) / volatility)
        height = _clipped(pd.Series(np.log(candles.high / candles.low)) / volatility)
        span = candles.high - candles.low
        with np.errstate(invalid="ignore", divide="ignore"):
            within = np.where(span > 0.0, 2.0 * (candles.close - candles.low) / span - 1.0, 0.0)
        within = np.clip(within, -1.0, 1.0)
    volume = pd.Series(np.log1p(candles.volume))
    usual = volume.ewm(span=21, min_periods=2).mean()
    return [
        _clipped(step / volatility),
        gap,
        height,
        within,
        _clipped(volume - usual),
    ]


def _lagged(values: Floats, lag: int) -> Floats:
    if lag == 0:
        return values
    shifted = np.zeros_like(values)
    shifted[lag:] = values[:-lag]
    return shifted


def _calendar(candles: Candles) -> list[Floats]:
    """Sine and cosine of the time of the week, the year and the day."""
    columns: list[Floats] = []
    for seconds in _CIRCLES.values():
        angle = 2.0 * np.pi * (candles.time % seconds) / seconds
        columns += [np.sin(angle), np.cos(angle)]
    return columns
