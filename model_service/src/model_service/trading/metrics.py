"""Metrics of a run, from its ledger alone.

Returns are simple returns of net worth per candle. Ratios are annualised by the series' own
periods a year. Definitions follow Bacon, *Practical Portfolio Performance Measurement and
Attribution* (2nd ed.); Sortino uses the root mean square of the negative returns over all candles
(Sortino & van der Meer, 1991), with a target of 0.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.ledger import Fills, Ledger

Floats = NDArray[np.float64]

SECONDS_PER_YEAR = 365.25 * 86_400.0
_LARGEST_GROWTH = 1e12
_NO_VARIANCE = 1e-14


@dataclass(frozen=True)
class Metrics:
    """What a run came to; None where the run leaves a metric undefined.

    Fractions are fractions (0.1 is 10 %), `max_drawdown_fraction` is at most 0, money is in the
    series' currency, `trades` counts fills, `win_rate_fraction` and `profit_factor` are over
    fills that close something, long or short, against the average cost of what was closed, costs
    included; `time_in_market_fraction` counts long and short alike.
    """

    final_net_worth: float
    total_return_fraction: float
    annual_return_fraction: float | None
    annual_volatility_fraction: float | None
    sharpe: float | None
    sortino: float | None
    calmar: float | None
    max_drawdown_fraction: float
    max_drawdown_candles: int
    win_rate_fraction: float | None
    profit_factor: float | None
    turnover_per_year: float | None
    time_in_market_fraction: float
    trades: int
    commission_paid: float
    slippage_paid: float
    costs_paid: float
    periods_per_year: float

    def to_dict(self) -> dict[str, float | int | None]:
        """The metrics by name."""
        return asdict(self)


def periods_per_year(candles: Candles) -> float:
    """Candles a year of this series: its gaps, nights and holidays as they are."""
    span = float(candles.time[-1] - candles.time[0])
    if span <= 0.0:
        return SECONDS_PER_YEAR / candles.interval_seconds
    return (len(candles) - 1) * SECONDS_PER_YEAR / span


def measure(ledger: Ledger, *, cash: float, periods: float) -> Metrics:
    """Metrics of one run.

    Parameters
    ----------
    ledger : Ledger
        n candles.
    cash : float
        Money before the first candle.
    periods : float
        Candles a year.
    """
    worth = ledger.net_worth
    returns = simple_returns(worth)
    total = float(worth[-1] / cash - 1.0)
    annual = annual_return(total, returns.shape[0], periods)
    deepest, longest = drawdown(worth)
    fills = ledger.fills
    wins, profit = realised(fills)
    commission, slippage = float(fills.commission.sum()), float(fills.slippage.sum())
    years = returns.shape[0] / periods
    traded, usual = float((fills.quantity * fills.price).sum()), float(worth.mean())
    return Metrics(
        final_net_worth=float(worth[-1]),
        total_return_fraction=total,
        annual_return_fraction=annual,
        annual_volatility_fraction=volatility(returns, periods),
        sharpe=sharpe(returns, periods),
        sortino=sortino(returns, periods),
        calmar=None if annual is None or deepest == 0.0 else annual / -deepest,
        max_drawdown_fraction=deepest,
        max_drawdown_candles=longest,
        win_rate_fraction=wins,
        profit_factor=profit,
        turnover_per_year=traded / usual / years if years > 0.0 and usual > 0.0 else None,
        time_in_market_fraction=float(np.count_nonzero(ledger.quantity)) / worth.shape[0],
        trades=len(fills),
        commission_paid=commission,
        slippage_paid=slippage,
        costs_paid=commission + slippage,
        periods_per_year=periods,
    )


def simple_returns(worth: Floats) -> Floats:
    """Change of net worth per candle as a fraction, shape (…, n - 1); 0 after ruin.

    A short position can cost more than there is; once net worth is gone, there is nothing left to
    relate a change to.
    """
    before, after = worth[..., :-1], worth[..., 1:]
    growth: Floats = np.divide(after, before, out=np.ones_like(before), where=before > 0.0)
    return growth - 1.0


def annual_return(total: float, count: int, periods: float) -> float | None:
    """Compound return a year, None where too few candles make it meaningless."""
    if count < 1 or total <= -1.0:
        return None
    exponent = periods / count * math.log1p(total)
    if exponent > math.log(_LARGEST_GROWTH):
        return None
    return math.expm1(exponent)


def volatility(returns: Floats, periods: float) -> float | None:
    """Standard deviation (ddof 1) a year."""
    if returns.shape[0] < 2:
        return None
    return float(returns.std(ddof=1)) * math.sqrt(periods)


def sharpe(returns: Floats, periods: float) -> float | None:
    """√periods · mean / standard deviation (ddof 1), for a risk-free rate of 0."""
    if returns.shape[0] < 2:
        return None
    deviation = float(returns.std(ddof=1))
    if deviation < _NO_VARIANCE:
        return None
    return math.sqrt(periods) * float(returns.mean()) / deviation


def sortino(returns: Floats, periods: float) -> float | None:
    """√periods · mean / root mean square of the negative returns."""
    if returns.shape[0] < 2:
        return None
    downside = math.sqrt(float(np.mean(np.minimum(returns, 0.0) ** 2)))
    if downside < _NO_VARIANCE:
        return None
    return math.sqrt(periods) * float(returns.mean()) / downside


def drawdown_curve(worth: Floats) -> Floats:
    """Net worth over its running peak, less 1; shape (n,), at most 0."""
    return worth / np.maximum.accumulate(worth) - 1.0


def drawdown(worth: Floats) -> tuple[float, int]:
    """Deepest fall from a peak (at most 0), and the longest stretch of candles below one."""
    curve = drawdown_curve(worth)
    at_peak = np.flatnonzero(curve >= 0.0)
    gaps = np.diff(np.append(at_peak, worth.shape[0])) - 1
    return float(curve.min()), int(gaps.max())


def realised(fills: Fills) -> tuple[float | None, float | None]:
    """Win rate and profit factor of what was closed against its average cost, costs included.

    Selling closes what was bought, buying back closes what was sold short; a fill that goes
    across 0 closes all and opens the other side with the rest, each bearing its part of the
    commission.
    """
    # Shares, negative while short; the money paid for them, or received for those that are owed.
    held, basis = 0, 0.0
    gains: list[float] = []
    for side, price, quantity, fee in zip(
        fills.side.tolist(),
        fills.price.tolist(),
        fills.quantity.tolist(),
        fills.commission.tolist(),
        strict=True,
    ):
        closed = min(quantity, abs(held)) if side * held < 0 else 0
        if closed:
            share = closed / abs(held)
            gains.append(-side * (closed * price - basis * share) - fee * (closed / quantity))
            basis *= 1.0 - share
        opened = quantity - closed
        basis += opened * price + side * fee * (opened / quantity)
        held += side * quantity
    if not gains:
        return None, None
    profit = sum(gain for gain in gains if gain > 0.0)
    loss = -sum(gain for gain in gains if gain < 0.0)
    wins = sum(gain > 0.0 for gain in gains) / len(gains)
    return wins, profit / loss if loss > 0.0 else None
