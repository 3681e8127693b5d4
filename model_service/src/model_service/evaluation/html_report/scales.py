"""Where values and dates stand on an axis, and which of them are named there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.html_report.wording import utc

Floats = NDArray[np.float64]

DAY = 86_400
_SECOND_STEPS = (
    60,
    300,
    900,
    1_800,
    3_600,
    10_800,
    21_600,
    43_200,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 6_000, 12_000, 60_000)
_SECONDS_PER_MONTH = 30.44 * DAY


_NO_EXTENT = 1e-12
"""Of the values: a range below it is rounding, and its axis is that of one value."""


@dataclass(frozen=True)
class Scale:
    """A linear axis from `low` to `high`, which differ."""

    low: float
    high: float

    def shares(self, values: Floats) -> Floats:
        """Where values stand, 0 at `low` and 1 at `high`; same shape."""
        return (values - self.low) / (self.high - self.low)

    def share(self, value: float) -> float:
        """Where one value stands."""
        return (value - self.low) / (self.high - self.low)


def scale_over(low: float, high: float, *, margin: float = 0.0) -> Scale:
    """An axis over a range, with a margin (fraction) at both ends; never without extent."""
    if high - low <= _NO_EXTENT * max(abs(low), abs(high), 1.0):
        reach = max(abs(low) * 0.05, 1.0)
        return Scale(low - reach, high + reach)
    return Scale(low - margin * (high - low), high + margin * (high - low))


def round_ticks(scale: Scale, count: int) -> tuple[list[float], float]:
    """Name about `count` round values of an axis: the values and their step."""
    rough = (scale.high - scale.low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * min(
        (1.0, 2.0, 2.5, 5.0, 10.0), key=lambda factor: abs(math.log(factor * power / rough))
    )
    first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
    return [tick * step for tick in range(first, last + 1)], step


def date_ticks(start: int, end: int, count: int) -> list[tuple[int, str]]:
    """Name at most about `count` moments of a time axis: epoch seconds and what is written there.

    Whole years where they are enough, else months, days, or hours and minutes.
    """
    span = max(end - start, 1)
    for step in _SECOND_STEPS:
        if span / step <= count:
            return _second_ticks(start, end, step)
    for months in _MONTH_STEPS:
        if span / (months * _SECONDS_PER_MONTH) <= count:
            break
    return _month_ticks(start, end, months)


def _second_ticks(start: int, end: int, step: int) -> list[tuple[int, str]]:
    part = slice(0, 10) if step >= DAY else slice(5, 16)
    first = -(-start // step) * step
    return [(tick, utc(tick).isoformat(" ")[part]) for tick in range(first, end + 1, step)]


def _month_ticks(start: int, end: int, months: int) -> list[tuple[int, str]]:
    part = slice(0, 4 if months % 12 == 0 else 7)
    first, last = (moment.year * 12 + moment.month - 1 for moment in (utc(start), utc(end)))
    ticks = []
    for month in range(first // months * months, last + 1, months):
        if not 12 <= month < 120_000:
            continue
        moment = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        seconds = int((moment - utc(0)).total_seconds())
        if start <= seconds <= end:
            ticks.append((seconds, moment.isoformat()[part]))
    return ticks
