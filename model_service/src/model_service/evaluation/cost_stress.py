"""Cost stress: the same decisions at other costs, in one compiled pass; nothing is retrained.

All runs lie behind one another in flat arrays, and the pass walks every run at every cost. It takes
one thread: two hundred runs of five hundred candles at ten costs, and both break-even points, take
a tenth of a second, and a server that answers several requests at once keeps its other cores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.scored_run import ScoredRun
from model_service.trading.costs import BPS_PER_UNIT, MAX_COST_BPS
from model_service.trading.walk import walk_net_worth

Floats = NDArray[np.float64]

LEVELS_BPS = (0.0, 5.0, 10.0, 20.0, 50.0)
_NO_VARIANCE = 1e-14
_HALVINGS = 24
"""Of the range up to 1,000 bps: the break-even point to better than 0.0001 bps."""


@dataclass(frozen=True)
class StressPoint:
    """What the runs come to at one cost; means over runs (symbols and seeds).

    `bps` is the commission or the slippage a side; returns are over the whole window, Sharpe ratios
    annualised, 0 where a run's returns do not vary.
    """

    bps: float
    total_return_fraction: float
    sharpe: float
    buy_and_hold_total_return_fraction: float
    buy_and_hold_sharpe: float


@dataclass(frozen=True)
class CostStress:
    """Results over costs.

    Attributes
    ----------
    commission, slippage : tuple of StressPoint
        One of the two at each level, the other as it was charged.
    break_even_commission_bps : float or None
        Commission at which the mean profit becomes 0; None if there is no profit even without
        commission, or still one at 1,000 bps.
    break_even_against_buy_and_hold_bps : float or None
        Commission at which the mean result falls to that of buy and hold at the same commission;
        None if it is not above without commission, or still is at 1,000 bps.
    earns_without_commission : bool
        Whether there is a mean profit at a commission of 0: tells the two reasons for a missing
        break-even point apart.
    """

    commission: tuple[StressPoint, ...]
    slippage: tuple[StressPoint, ...]
    break_even_commission_bps: float | None
    break_even_against_buy_and_hold_bps: float | None
    earns_without_commission: bool

    def to_dict(self) -> dict[str, Any]:
        """The stress as plain values, without `earns_without_commission`."""
        return {
            "commission": [asdict(point) for point in self.commission],
            "slippage": [asdict(point) for point in self.slippage],
            "break_even_commission_bps": self.break_even_commission_bps,
            "break_even_against_buy_and_hold_bps": self.break_even_against_buy_and_hold_bps,
        }


def stress_costs(
    runs: Sequence[ScoredRun],
    baseline_runs: Sequence[ScoredRun],
    *,
    levels_bps: Sequence[float] = LEVELS_BPS,
) -> CostStress:
    """Book the runs again at other costs.

    Parameters
    ----------
    runs : sequence of ScoredRun
        Of the agent, at least one; every symbol with as many seeds as the others.
    baseline_runs : sequence of ScoredRun
        Buy and hold on the same windows and terms, at least one.
    levels_bps : sequence of float
        In [0, 1000].
    """
    agent, passive = _flatten(runs), _flatten(baseline_runs)
    levels = np.asarray(levels_bps, dtype=np.float64)
    ours, theirs = _stressed(agent, levels), _stressed(passive, levels)
    points = [
        StressPoint(*(float(value) for value in (bps, *mine, *other)))
        for bps, mine, other in zip(np.tile(levels, 2), ours, theirs, strict=True)
    ]

    def profit(bps: float) -> float:
        return _result_at_commission(agent, bps)

    def lead(bps: float) -> float:
        return _result_at_commission(agent, bps) - _result_at_commission(passive, bps)

    return CostStress(
        commission=tuple(points[: len(levels)]),
        slippage=tuple(points[len(levels) :]),
        break_even_commission_bps=_falling_zero(profit),
        break_even_against_buy_and_hold_bps=_falling_zero(lead),
        earns_without_commission=profit(0.0) > 0.0,
    )


@dataclass(frozen=True)
class _FlatRuns:
    """Runs behind one another: run r owns the candles [start[r], start[r + 1])."""

    start: NDArray[np.int64]
    price: Floats
    close: Floats
    can_trade: NDArray[np.bool_]
    exposure: Floats
    cash: Floats
    commission: Floats
    slippage: Floats
    periods: Floats


def _flatten(runs: Sequence[ScoredRun]) -> _FlatRuns:
    def per_run(values: Sequence[float]) -> Floats:
        return np.array(values, dtype=np.float64)

    return _FlatRuns(
        np.cumsum([0, *(len(run.candles) for run in runs)]),
        np.concatenate(
            [run.candles.open if run.fill == "next_open" else run.candles.close for run in runs]
        ),
        np.concatenate([run.candles.close for run in runs]),
        np.concatenate([run.can_trade for run in runs]),
        np.concatenate([run.exposure for run in runs]),
        per_run([run.cash for run in runs]),
        per_run([run.costs.commission for run in runs]),
        per_run([run.costs.slippage for run in runs]),
        per_run([run.periods for run in runs]),
    )


def _stressed(runs: _FlatRuns, levels_bps: Floats) -> Floats:
    """Mean results, shape (2 * levels, 2): commission at each level, then slippage."""
    count = runs.cash.shape[0]
    level = np.repeat(levels_bps[:, None] / BPS_PER_UNIT, count, axis=1)
    commission = np.concatenate((level, np.broadcast_to(runs.commission, level.shape)))
    slippage = np.concatenate((np.broadcast_to(runs.slippage, level.shape), level))
    return _mean_results(runs, commission, slippage)


def _result_at_commission(runs: _FlatRuns, bps: float) -> float:
    """Mean total return at one commission, slippage as charged."""
    commission = np.full((1, runs.cash.shape[0]), bps / BPS_PER_UNIT)
    return float(_mean_results(runs, commission, runs.slippage[None, :])[0, 0])


def _mean_results(runs: _FlatRuns, commission: Floats, slippage: Floats) -> Floats:
    """Mean total return and Sharpe ratio at costs of shape (costs, runs); shape (costs, 2)."""
    results = np.empty((*commission.shape, 2))
    _book(
        runs.start,
        runs.price,
        runs.close,
        runs.can_trade,
        runs.exposure,
        runs.cash,
        commission,
        slippage,
        runs.periods,
        results,
    )
    means: Floats = results.mean(axis=1)
    return means


# Not cached on disk: a cached kernel is not compiled anew when the walk that it calls changes.
@numba.njit(nogil=True)
def _book(
    start: NDArray[np.int64],
    price: Floats,
    close: Floats,
    can_trade: NDArray[np.bool_],
    exposure: Floats,
    cash: Floats,
    commission: Floats,
    slippage: Floats,
    periods: Floats,
    results: Floats,
) -> None:
    """Fill `results`, shape (costs, runs, 2), with total return and Sharpe ratio."""
    costs, count = commission.shape
    for run in range(count):
        first, stop = start[run], start[run + 1]
        net_worth = np.empty(stop - first)
        for cost in range(costs):
            walk_net_worth(
                price[first:stop],
                close[first:stop],
                can_trade[first:stop],
                exposure[first:stop],
                cash[run],
                commission[cost, run],
                slippage[cost, run],
                net_worth,
            )
            results[cost, run, 0] = net_worth[-1] / cash[run] - 1.0
            results[cost, run, 1] = _sharpe(net_worth, cash[run], periods[run])


@numba.njit(nogil=True)
def _sharpe(net_worth: Floats, cash: float, periods: float) -> float:
    """Annualised Sharpe ratio as `ScoredRun.sharpe` has it."""
    count = net_worth.shape[0]
    if count < 2:
        return 0.0
    returns = np.zeros(count)
    before = cash
    for t in range(count):
        if before > 0.0:
            returns[t] = net_worth[t] / before - 1.0
        before = net_worth[t]
    mean = returns.mean()
    deviation = np.sqrt(np.square(returns - mean).sum() / (count - 1))
    if deviation < _NO_VARIANCE:
        return 0.0
    return float(np.sqrt(periods) * mean / deviation)


def _falling_zero(value: Callable[[float], float]) -> float | None:
    """Where a function of the commission falls through 0, None where it does not.

    Whole shares make it a staircase: of several crossings this is one of them.
    """
    low, high = 0.0, MAX_COST_BPS
    if value(low) <= 0.0 or value(high) > 0.0:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if value(middle) > 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
