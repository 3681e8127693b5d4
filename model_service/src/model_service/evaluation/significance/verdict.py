"""The verdict: one word against buy and hold, and one sentence that a trader understands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model_service.evaluation.significance.bootstrap import PairedDifference

VerdictWord = Literal["beats", "indistinguishable", "loses"]

MIN_VERDICT_DATES = 60
"""Fewer unseen dates, about three months of daily candles, are judged by nobody."""


@dataclass(frozen=True)
class Verdict:
    """What can be said of an agent against buy and hold.

    Attributes
    ----------
    word : {'beats', 'indistinguishable', 'loses'} or None
        Two-sided at 95 %; None where nothing can be said.
    sentence : str
        With the figures, or with the reason why there are none.
    """

    word: VerdictWord | None
    sentence: str


def judge(
    paired: PairedDifference | None,
    *,
    symbols: int = 1,
    seeds: int = 1,
    dates: int | None = None,
) -> Verdict:
    """Judge an agent by its paired difference to buy and hold, with a 95 % interval.

    Parameters
    ----------
    paired : PairedDifference or None
        Over unseen dates; None where there are none or too few to compare.
    symbols, seeds : int
        What the difference is a mean of.
    dates : int, optional
        Unseen dates, where `paired` is None.
    """
    count = paired.dates if paired is not None else (dates or 0)
    if count == 0:
        return Verdict(
            None,
            "No verdict: there is no candle here that the agent has not seen in training or "
            "validation, so nothing is a test.",
        )
    if paired is None or count < MIN_VERDICT_DATES:
        return Verdict(
            None,
            f"No verdict: {_plural(count, 'unseen date')} {'is' if count == 1 else 'are'} too few "
            f"to tell skill from luck; it takes at least {MIN_VERDICT_DATES}.",
        )
    basis = _basis(count, symbols, seeds)
    low, high = paired.interval
    if paired.standard_error == 0.0:
        return Verdict(
            "indistinguishable",
            f"The agent did the same as buy and hold over {basis}: there is no difference to "
            "judge.",
        )
    difference = paired.mean_difference
    if low > 0.0:
        return Verdict(
            "beats",
            f"The agent beat buy and hold over {basis}: its Sharpe ratio was {difference:.2f} "
            f"higher (95 % interval {low:.2f} to {high:.2f} higher, {_p(paired.p)}), more than "
            "luck alone would explain.",
        )
    if high < 0.0:
        return Verdict(
            "loses",
            f"The agent lost against buy and hold over {basis}: its Sharpe ratio was "
            f"{-difference:.2f} lower (95 % interval {-high:.2f} to {-low:.2f} lower, "
            f"{_p(paired.p)}), more than bad luck alone would explain.",
        )
    return Verdict(
        "indistinguishable",
        f"The agent cannot be told from buy and hold over {basis}: its Sharpe ratio was "
        f"{_compared(difference)}, but anything from {-low:.2f} lower to {high:.2f} higher "
        f"fits the data (95 % interval, {_p(paired.p)}).",
    )


def describe_interval(paired: PairedDifference) -> str:
    """A difference of Sharpe ratios with its interval, to stand behind `the Sharpe ratio was`."""
    low, high = paired.interval
    return (
        f"{_compared(paired.mean_difference)} (95 % interval {_signed(low)} to {_signed(high)}, "
        f"{_p(paired.p)})"
    )


def _basis(dates: int, symbols: int, seeds: int) -> str:
    parts = [_plural(dates, "unseen date")]
    if symbols > 1:
        parts.append(f"of {symbols} symbols")
    if seeds > 1:
        parts.append(f"with {seeds} seeds")
    return " ".join(parts)


def _compared(difference: float) -> str:
    if f"{abs(difference):.2f}" == "0.00":
        return "the same to two decimals"
    return f"{abs(difference):.2f} {'higher' if difference > 0.0 else 'lower'}"


def _signed(value: float) -> str:
    """Two decimals; with the true minus sign, and none where they are zero."""
    text = f"{value:+.2f}"
    return "0.00" if text[1:] == "0.00" else text.replace("-", "\N{MINUS SIGN}")


def _p(value: float) -> str:
    if value < 0.001:
        return "p < 0.001"
    return f"p = {value:.2g}" if value < 0.1 else f"p = {value:.2f}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
