"""Where a profit came from: time long, flat and short, and the largest round trips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from model_service.evaluation.scored_run import ScoredRun

Side = Literal["long", "short"]

BEST_TRIPS = 5


@dataclass(frozen=True)
class RoundTrip:
    """A position from the fill that opened it to the one that closed it.

    Attributes
    ----------
    symbol : str
    seed : int
    side : {'long', 'short'}
    start, end : int
        Candle times of the two fills, epoch seconds; of a position that is still open, `end` is the
        last candle, at whose close it is valued.
    profit : float
        Money, after commission and slippage.
    """

    symbol: str
    seed: int
    side: Side
    start: int
    end: int
    profit: float


@dataclass(frozen=True)
class Attribution:
    """What the profit rests on.

    Attributes
    ----------
    long_fraction, flat_fraction, short_fraction : float
        Of the candles, pooled over runs, by what was held at their close.
    profit : float
        Money, summed over runs.
    profit_without_best : float
        The same without the round trips in `best`.
    best : tuple of RoundTrip
        The five of the largest profit, largest first; fewer where fewer made one.
    """

    long_fraction: float
    flat_fraction: float
    short_fraction: float
    profit: float
    profit_without_best: float
    best: tuple[RoundTrip, ...]

    def to_dict(self) -> dict[str, Any]:
        """The attribution as plain values; each trip with its fraction of a positive profit."""
        return {
            **asdict(self),
            "best": [
                {
                    **asdict(trip),
                    "profit_fraction": trip.profit / self.profit if self.profit > 0.0 else None,
                }
                for trip in self.best
            ],
        }


def attribute(runs: Sequence[ScoredRun]) -> Attribution:
    """Tell what the profit of the agent's runs, at least one, rests on."""
    quantity = np.concatenate([run.ledger.quantity for run in runs])
    count = quantity.shape[0]
    long, short = int((quantity > 0).sum()), int((quantity < 0).sum())
    profit = sum(run.profit for run in runs)
    winners = [trip for run in runs for trip in round_trips(run) if trip.profit > 0.0]
    # Ties in order of symbol, seed and time, so that the list does not depend on the runs' order.
    winners.sort(key=lambda trip: (-trip.profit, trip.symbol, trip.seed, trip.start))
    best = tuple(winners[:BEST_TRIPS])
    return Attribution(
        long_fraction=long / count,
        flat_fraction=(count - long - short) / count,
        short_fraction=short / count,
        profit=profit,
        profit_without_best=profit - sum(trip.profit for trip in best),
        best=best,
    )


def round_trips(run: ScoredRun) -> tuple[RoundTrip, ...]:
    """Positions of a run in time order; their profits add up to that of the run.

    A fill that turns a long position short, or back, closes one and opens the other, and each
    bears its share of the commission.
    """
    fills, times = run.ledger.fills, run.candles.time
    trips: list[RoundTrip] = []
    held, start, money = 0, 0, 0.0

    def close_trip(end: int) -> None:
        side: Side = "long" if held > 0 else "short"
        trips.append(RoundTrip(run.symbol, run.seed, side, start, end, money))

    for index, side, price, quantity, fee in zip(
        fills.index.tolist(),
        fills.side.tolist(),
        fills.price.tolist(),
        fills.quantity.tolist(),
        fills.commission.tolist(),
        strict=True,
    ):
        time = int(times[index])
        signed = side * quantity
        closing = min(quantity, abs(held)) if held * signed < 0 else 0
        if closing:
            money += side * -closing * price - fee * closing / quantity
            if closing == abs(held):
                close_trip(time)
                held, money = 0, 0.0
            else:
                held += side * closing
        opening = quantity - closing
        if opening:
            if held == 0:
                start = time
            money -= side * opening * price + fee * opening / quantity
            held += side * opening
    if held:
        money += held * float(run.candles.close[-1])
        close_trip(int(times[-1]))
    return tuple(trips)
