"""Numbers, dates and names as a reader of the page sees them.

What does not exist (None or NaN) is a dash everywhere; minus is the true minus sign; a value that
rounds to zero carries no sign.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

MISSING = "–"
MINUS = "−"
SPACE = "\u00a0"
"""Does not break between a figure and what belongs to it."""

Number = float | int | None

BASELINES = {
    "buy_and_hold": "Buy and hold",
    "sell_and_hold": "Sell and hold",
    "trend_following": "Trend following",
    "mean_reversion": "Mean reversion",
    "random": "Random",
}
VERDICTS = {
    "beats": ("▲", "Beats buy and hold"),
    "indistinguishable": ("≈", "Indistinguishable from buy and hold"),
    "loses": ("▼", "Loses to buy and hold"),
    None: ("?", "No verdict"),
}
NEWS_VERDICTS = {
    "helps": ("▲", "Helps"),
    "indistinguishable": ("≈", "Indistinguishable"),
    "hurts": ("▼", "Hurts"),
}
NEWS_ARMS = {
    "with": "With news",
    "without": "Without news",
    "shuffled": "Shuffled news",
    "lagged": "Lagged news",
}
ALARMS = {
    "policy_collapse": "Policy collapse",
    "few_trades": "Few trades",
    "costs": "Costs",
    "break_even": "Break-even commission",
    "train_test_agreement": "Training and test agree",
    "one_seed": "Too few seeds",
}
PROTOCOLS = {
    "agent": "One agent on the candles it never saw",
    "tdqn": "TDQN protocol: train 2012–2017, test 2018–2019 (Théate & Ernst, 2021)",
    "walk-forward": "Walk-forward: rolling training, validation and test windows",
    "holdout": "Holdout: trained and validated before, tested once on what came after",
    "ablation": "News ablation: the same agent with, without, with shuffled and with lagged news",
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def decimal(value: Number, digits: int = 2) -> str:
    """Write a number with a fixed number of decimals and thousands apart."""
    return MISSING if _missing(value) else _written(value, digits, "")


def signed(value: Number, digits: int = 2) -> str:
    """Write a number with its sign, also where it is positive."""
    return MISSING if _missing(value) else _written(value, digits, "+")


def percent(fraction: Number, digits: int = 1) -> str:
    """Write a fraction in percent."""
    return MISSING if _missing(fraction) else f"{_written(fraction, digits, '', 100.0)}{SPACE}%"


def signed_percent(fraction: Number, digits: int = 1) -> str:
    """Write a fraction in percent with its sign."""
    return MISSING if _missing(fraction) else f"{_written(fraction, digits, '+', 100.0)}{SPACE}%"


def points(fraction: Number, digits: int = 1) -> str:
    """Write the difference of two fractions in percentage points, unit left out."""
    return MISSING if _missing(fraction) else _written(fraction, digits, "+", 100.0)


def money(value: Number) -> str:
    """Write money in whole units; cents where there is little of it."""
    if value is None or _missing(value):
        return MISSING
    return decimal(value, 0 if abs(value) >= 1_000 or value == 0 else 2)


def axis_money(value: float, step: float, largest: float) -> str:
    """Write money on an axis whose ticks are `step` apart: 100k, 1.25M."""
    for unit, sign in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "k")):
        if largest >= unit:
            unit = 1e3 if sign == "k" else unit
            break
    else:
        unit, sign = 1.0, ""
    return f"{decimal(value / unit, decimals_of(step / unit))}{sign}"


def axis_percent(fraction: float, step: float) -> str:
    """Write a fraction in percent on an axis whose ticks are `step` apart."""
    return percent(fraction, decimals_of(step * 100.0))


def decimals_of(step: float) -> int:
    """Decimals that multiples of a round step need, to be told apart and be right."""
    return next(
        (
            digits
            for digits in range(12)
            if (scaled := step * 10.0**digits) > 0.5 and abs(scaled - round(scaled)) < 1e-6 * scaled
        ),
        12,
    )


def p_value(p: Number) -> str:
    """Write a p value; below 0.001 its figures say nothing more."""
    if p is None or _missing(p):
        return MISSING
    return "< 0.001" if p < 0.001 else decimal(p, 3)


def interval(low: Number, high: Number, digits: int = 2) -> str:
    """Write an interval, "−0.20 to +0.31"."""
    return f"{signed(low, digits)} to {signed(high, digits)}"


def date(seconds: int) -> str:
    """Write epoch seconds as a date, with the time where it is not midnight UTC."""
    moment = utc(seconds)
    return moment.date().isoformat() if seconds % 86_400 == 0 else f"{moment:%Y-%m-%d %H:%M}"


def utc(seconds: int) -> datetime:
    """Moment of epoch seconds, years 1 to 9999."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds))


def counted(count: int, one: str, many: str) -> str:
    """Write a count with its noun."""
    return f"{count:,} {one if count == 1 else many}"


def _missing(value: Number) -> bool:
    return value is None or math.isnan(value)


def _written(value: Number, digits: int, plus: str, factor: float = 1.0) -> str:
    text = f"{abs(float(value or 0.0)) * factor:,.{digits}f}"
    if not any(figure in text for figure in "123456789"):
        return text
    return f"{MINUS if float(value or 0.0) < 0.0 else plus}{text}"
