"""Jumps that no market makes: units mixed up by 100, splits that were not adjusted for.

Both are always reported; only ``repair=True`` changes prices. The newest candles are right by
definition, so older ones are scaled to them. What is looked for:

**Unit errors**: a step by a factor of 100 (within 30 %) between one price and the next, walking
through open, high, low and close of all candles. Steps part the walk into pieces that differ by
powers of 100; the last piece sets the unit where it is at least three candles long, else the most
common one does.

**Splits**: the night's step of both the open and the close against the last close is a split
ratio within 4 %, the level stays (medians of up to ten closes before and after differ by the
ratio within 15 %), the step is at least eight times the usual daily move, and the candle itself
moves no more than ten times what candles there do. Crashes fail on the ratio, the persistence or
the candle's own range. Without a declared split only whole ratios count: 3 for 2 looks too much
like a bad day. A fall to one half that was real passes all of it, which is why nothing is
repaired unasked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model_service.market.candles import SECONDS_PER_DAY, Floats, Ints
from model_service.market.ingest.checks import UNIT, UNIT_TOLERANCE
from model_service.market.ingest.rows import Rows

_WHOLE_RATIOS = np.array([2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50], dtype=np.float64)
_RATIO_TOLERANCE = 0.04
_LEVEL_TOLERANCE = 0.15
_WINDOW = 10
_SIGMAS = 8.0
_DECLARED_NEAR = 3
_SMALLEST_STEPS = 20
_CANDLES_THAT_SET_THE_UNIT = 3


@dataclass(frozen=True)
class Split:
    """A suspected split: prices before candle `position` are `ratio` times too high."""

    position: int
    ratio: float
    volume_agrees: bool
    declared: bool


def find_unit_errors(rows: Rows) -> Ints:
    """Powers of 100 by which each price is too high, shape (n, 4), in the order of OHLC."""
    prices = np.stack((rows.open, rows.high, rows.low, rows.close), axis=1)
    steps = np.diff(np.log(prices.ravel()))
    jumps = np.abs(np.abs(steps) - np.log(UNIT)) < np.log(UNIT_TOLERANCE)
    powers = np.zeros(prices.size, dtype=np.int64)
    if not jumps.any():
        return powers.reshape(prices.shape)
    powers[1:] = np.cumsum(np.where(jumps, np.sign(steps), 0)).astype(np.int64)
    last_piece = powers.size - 1 - int(np.flatnonzero(jumps)[-1])
    if last_piece >= _CANDLES_THAT_SET_THE_UNIT * prices.shape[1]:
        right = powers[-1]
    else:
        lowest = int(powers.min())
        right = int(np.argmax(np.bincount(powers - lowest))) + lowest
    wrong: Ints = (powers - right).reshape(prices.shape)
    return wrong


def repair_units(rows: Rows, powers: Ints) -> Rows:
    """Scale the cells with a unit error; volumes stay, since only the price was mislabelled."""
    wrong = powers.any(axis=1)
    prices = np.stack((rows.open, rows.high, rows.low, rows.close), axis=1)
    up = np.where(powers < 0, UNIT ** np.abs(powers).astype(np.float64), 1.0)
    down = np.where(powers > 0, UNIT ** powers.astype(np.float64), 1.0)
    prices = prices * up / down  # dividing by 100 rounds once, multiplying by 0.01 twice
    # The lowest price that was read wrong hid the true low, which may be another of the row's.
    partly = wrong & (powers != powers[:, :1]).any(axis=1)
    prices[partly, 1] = prices[partly].max(axis=1)
    prices[partly, 2] = prices[partly].min(axis=1)
    opens, highs, lows, closes = prices.T.copy()
    return replace(rows, open=opens, high=highs, low=lows, close=closes)


def find_splits(rows: Rows, *, closes_only: bool) -> list[Split]:
    """Splits that the prices look unadjusted for; `closes_only` ignores the opens."""
    count = len(rows)
    if count < 4:
        return []
    close_steps = np.diff(np.log(rows.close))
    open_steps = close_steps if closes_only else np.log(rows.open[1:] / rows.close[:-1])
    overnight = rows.time[1:] // SECONDS_PER_DAY > rows.time[:-1] // SECONDS_PER_DAY
    large = np.log(1.4)
    candidates = np.flatnonzero(
        overnight & (np.abs(close_steps) > large) & (np.abs(open_steps) > large)
    )
    if candidates.size == 0 or candidates.size > max(3, count // 50):
        return []  # a series that leaps all the time has no level that a split could change
    usual = 1.4826 * float(np.median(np.abs(close_steps - np.median(close_steps))))
    smallest_step = _smallest_step(rows.close)
    found = []
    for step in candidates.tolist():
        if abs(close_steps[step]) < _SIGMAS * usual:
            continue
        if abs(rows.close[step + 1] - rows.close[step]) < _SMALLEST_STEPS * smallest_step:
            continue
        split = _judge(rows, step + 1, float(close_steps[step]), float(open_steps[step]))
        if split is not None:
            found.append(split)
    return found


def repair_splits(rows: Rows, splits: list[Split]) -> Rows:
    """Divide the prices before each split by its ratio and multiply the volumes."""
    factor = np.ones(len(rows))
    for split in splits:
        factor[: split.position] *= split.ratio
    return replace(
        rows,
        open=rows.open / factor,
        high=rows.high / factor,
        low=rows.low / factor,
        close=rows.close / factor,
        volume=rows.volume * factor,
    )


def _judge(rows: Rows, position: int, close_step: float, open_step: float) -> Split | None:
    before = slice(max(0, position - _WINDOW), position)
    after = slice(position, position + _WINDOW)
    level_step = float(np.log(np.median(rows.close[before]) / np.median(rows.close[after])))
    declared = _declared_ratio(rows, position, -close_step)
    if declared is not None:
        ratio, tolerance = declared, 2 * _RATIO_TOLERANCE
    else:
        whole = float(_WHOLE_RATIOS[np.argmin(np.abs(np.log(_WHOLE_RATIOS) - abs(close_step)))])
        ratio, tolerance = (whole if close_step < 0 else 1 / whole), _RATIO_TOLERANCE
    jump = np.log(ratio)
    if abs(-close_step - jump) > tolerance or abs(-open_step - jump) > tolerance:
        return None
    if abs(level_step - jump) > _LEVEL_TOLERANCE:
        return None
    ranges = np.log(rows.high / rows.low)
    nearby = np.concatenate((ranges[before], ranges[after]))
    if ranges[position] > max(0.1, 3 * float(np.median(nearby))):
        return None
    volume_step = _log_ratio(np.median(rows.volume[after]), np.median(rows.volume[before]))
    return Split(
        position, ratio, bool(volume_step * np.sign(jump) > abs(jump) / 2), declared is not None
    )


def _declared_ratio(rows: Rows, position: int, step: float) -> float | None:
    if rows.split is None:
        return None
    near = rows.split[max(0, position - _DECLARED_NEAR) : position + _DECLARED_NEAR + 1]
    ratios = near[(near > 0) & (near != 1)]
    if ratios.size == 0:
        return None
    return float(ratios[np.argmin(np.abs(np.log(ratios) - step))])


def _smallest_step(prices: Floats) -> float:
    """The tick, as far as the prices show it: prices of few ticks leap by whole ratios."""
    steps = np.diff(np.unique(np.round(prices, 6)))
    return float(steps.min()) if steps.size else 0.0


def _log_ratio(numerator: float, denominator: float) -> float:
    if numerator <= 0 or denominator <= 0:
        return 0.0
    return float(np.log(numerator / denominator))
