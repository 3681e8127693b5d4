"""Bull, bear and sideways stretches, and what the runs made of each.

The stretches are dated afterwards, from the closes of the test window, and nothing decides on them.
The filter is that of Lunde & Timmermann (2004), who split a series into alternating rises and falls
by the reversal that ends each: a rise that began at a trough lasts to its highest close, a fall to
its lowest, and it has ended once the price has turned by a threshold. Here every turn of 10 % ends
a swing; a swing that came to +20 % or more is a bull stretch and one that came to -15 % or less a
bear stretch (their thresholds), and what is smaller is sideways. The swing at the end of the window
is judged by what it has come to so far.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numba
import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.scored_run import ScoredRun
from model_service.trading.metrics import sharpe

Floats = NDArray[np.float64]
RegimeKind = Literal["bull", "bear", "sideways"]

KINDS: tuple[RegimeKind, ...] = ("bull", "bear", "sideways")
BULL_RISE = 0.20
BEAR_FALL = 0.15
TURN = 0.10


@dataclass(frozen=True)
class RegimeResult:
    """What the runs came to in the stretches of one kind.

    Attributes
    ----------
    kind : {'bull', 'bear', 'sideways'}
    candles : int
        Pooled over symbols.
    candles_fraction : float
        Of all candles.
    total_return_fraction, buy_and_hold_total_return_fraction : float or None
        Compound return of the stretches, mean over the runs that have any.
    sharpe, buy_and_hold_sharpe : float or None
        Annualised, of the returns in the stretches, pooled over runs; None where they do not vary.
    """

    kind: RegimeKind
    candles: int
    candles_fraction: float
    total_return_fraction: float | None
    sharpe: float | None
    buy_and_hold_total_return_fraction: float | None
    buy_and_hold_sharpe: float | None

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self)


def regime_results(
    runs: Sequence[ScoredRun], baseline_runs: Sequence[ScoredRun]
) -> tuple[RegimeResult, ...]:
    """Results by bull, bear and sideways stretches of each symbol, in this order.

    Parameters
    ----------
    runs : sequence of ScoredRun
        Of the agent.
    baseline_runs : sequence of ScoredRun
        Buy and hold on the same windows, once a window: they count the candles.
    """
    kinds = [regimes(run.candles.close) for run in runs]
    passive_kinds = [regimes(run.candles.close) for run in baseline_runs]
    candles = sum(len(run.candles) for run in baseline_runs)
    found: list[RegimeResult] = []
    for index, kind in enumerate(KINDS):
        count = sum(int((labels == index).sum()) for labels in passive_kinds)
        total, ratio = _pooled(runs, [labels == index for labels in kinds])
        passive_total, passive_ratio = _pooled(
            baseline_runs, [labels == index for labels in passive_kinds]
        )
        found.append(
            RegimeResult(kind, count, count / candles, total, ratio, passive_total, passive_ratio)
        )
    return tuple(found)


def regimes(close: Floats) -> NDArray[np.int64]:
    """Index into `KINDS` of every candle, shape (n,), told from the whole series.

    The candle of a peak or trough belongs to the swing that it ends: its return was earned there.
    """
    turns = np.empty(close.shape[0], dtype=np.int64)
    turns = turns[: _swings(close, TURN, turns)]
    labels = np.full(close.shape[0], KINDS.index("sideways"), dtype=np.int64)
    for start, end in itertools.pairwise(turns):
        change = close[end] / close[start] - 1.0
        if change >= BULL_RISE:
            labels[start + 1 : end + 1] = KINDS.index("bull")
        elif change <= -BEAR_FALL:
            labels[start + 1 : end + 1] = KINDS.index("bear")
    # The first candle has no return of its own in the window; it goes with what follows.
    labels[0] = labels[min(1, close.shape[0] - 1)]
    return labels


@numba.njit(cache=True)
def _swings(close: Floats, turn: float, turns: NDArray[np.int64]) -> int:
    """Fill `turns` with the candles at which swings begin and end; returns their number.

    The first is 0 and the last n - 1; those between are the highest or lowest close before a turn.
    """
    last = close.shape[0] - 1
    turns[0] = 0
    found = 1
    high, low = 0, 0
    direction = 0
    for t in range(1, last + 1):
        if close[t] > close[high]:
            high = t
        if close[t] < close[low]:
            low = t
        if direction >= 0 and close[t] <= close[high] * (1.0 - turn):
            if high > turns[found - 1]:
                turns[found] = high
                found += 1
            direction, low = -1, t
        elif direction <= 0 and close[t] >= close[low] * (1.0 + turn):
            if low > turns[found - 1]:
                turns[found] = low
                found += 1
            direction, high = 1, t
    # The last swing has reached its extreme, and what came after it is a smaller one.
    extreme = high if direction > 0 else low
    if direction != 0 and extreme > turns[found - 1]:
        turns[found] = extreme
        found += 1
    if last > turns[found - 1]:
        turns[found] = last
        found += 1
    return found


def _pooled(
    runs: Sequence[ScoredRun], chosen: Sequence[NDArray[np.bool_]]
) -> tuple[float | None, float | None]:
    """Mean compound return and pooled Sharpe ratio of the chosen candles of each run."""
    parts = [
        (run.returns[mask], run.periods)
        for run, mask in zip(runs, chosen, strict=True)
        if mask.any()
    ]
    if not parts:
        return None, None
    total = float(np.mean([np.prod(1.0 + returns) - 1.0 for returns, _ in parts]))
    periods = float(np.mean([periods for _, periods in parts]))
    return total, sharpe(np.concatenate([returns for returns, _ in parts]), periods)
