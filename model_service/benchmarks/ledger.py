"""The ledger against vectorbt's `Portfolio.from_signals`, on the same signals.

All cash in or out, whole shares, 10 bps a side, a decision at a candle fills at the next one's
open. vectorbt gets the signals shifted by one candle and the opens as prices, made before the
clock starts. It keeps the orders and computes the worth of the portfolio when it is asked to; the
ledger always has it, so both are timed up to net worth, and vectorbt without it as well.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.market import random_walk
from benchmarks.measurement import Line, median_ratio, say, seconds_of, skip, take_turns
from benchmarks.peer import Peer, write_arrays
from model_service.trading.costs import Costs
from model_service.trading.ledger import keep_ledger

CASH = 100_000.0
COSTS = Costs(commission_bps=10.0)
TOLERANCE = 1e-6
CANDLES = (5_000, 1_000_000)
CHANGES_OF_EXPOSURE = 1_000
ROUNDS = 9
MIN_SECONDS = 0.05
"""A measurement repeats short calls until it has lasted so long."""


class NetWorthDiffers(Exception):
    """The two sides do not compute the same thing, so that no speed of theirs can be compared."""


def run(*, quick: bool) -> None:
    """Measure, and print the lines."""
    say("ledger: candles a second against vectorbt's from_signals")
    sizes = (2_000,) if quick else CANDLES
    if quick or not Peer.available():
        for count in sizes:
            rate = count / statistics.median(_time_ours(count) for _ in range(3))
            Line(f"ledger_{count}", rate, "candles/s", details={"candles": count}).emit()
        if not quick:
            skip("ledger_against_vectorbt", "there is no environment of peers")
        return
    with Peer("vectorbt_ledger.py") as peer, tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            _compare(peer, Path(folder), count)


def make_exposure(count: int) -> np.ndarray:
    """Exposures 0 and 1 that change now and then, shape (count,)."""
    share = min(0.2, CHANGES_OF_EXPOSURE / count)
    changes = np.random.default_rng(1).random(count) < share
    return (np.cumsum(changes) % 2).astype(np.float64)


def _time_ours(count: int) -> float:
    candles, exposure = random_walk(count), make_exposure(count)
    keep_ledger(candles, exposure, cash=CASH, costs=COSTS)
    return seconds_of(lambda: keep_ledger(candles, exposure, cash=CASH, costs=COSTS))


def _compare(peer: Peer, folder: Path, count: int) -> None:
    candles, exposure = random_walk(count), make_exposure(count)
    ordered = np.append(0.0, exposure[:-1])
    change = np.diff(ordered, prepend=0.0)
    name = str(count)
    path = write_arrays(
        folder / "series.npz",
        close=candles.close,
        price=candles.open,
        entries=change > 0,
        exits=change < 0,
    )
    terms = {"name": name, "cash": CASH, "fees": COSTS.commission}
    engines = peer.ask("load", name=name, path=path)["engines"]
    ledger = keep_ledger(candles, exposure, cash=CASH, costs=COSTS)
    difference = 0.0
    for engine in engines:
        output = str(folder / f"{engine}.npz")
        peer.ask("run", engine=engine, output=output, timeout=300.0, **terms)
        with np.load(output, allow_pickle=False) as arrays:
            theirs = np.abs(arrays["net_worth"].ravel() - ledger.net_worth).max()
        difference = max(difference, float(theirs))
    if not difference <= TOLERANCE:
        raise NetWorthDiffers(f"net worth differs by {difference} at {count} candles")
    without_value: dict[str, list[float]] = {engine: [] for engine in engines}
    repeats = max(1, int(MIN_SECONDS / _time_ours(count)))

    def ours() -> float:
        def repeat() -> None:
            for _ in range(repeats):
                keep_ledger(candles, exposure, cash=CASH, costs=COSTS)

        return seconds_of(repeat) / repeats

    def theirs_with(engine: str) -> float:
        taken = peer.ask("run", engine=engine, **terms)
        without_value[engine].append(taken["simulate_seconds"])
        return float(taken["value_seconds"])

    sides = {engine: (lambda engine=engine: theirs_with(engine)) for engine in engines}
    measured = take_turns({"ours": ours, **sides}, ROUNDS)
    fastest = min(engines, key=lambda engine: statistics.median(measured[engine]))
    fastest_without = min(engines, key=lambda engine: statistics.median(without_value[engine]))
    ratio = median_ratio(measured[fastest], measured["ours"])
    # Against what computes less than the ledger does; the order of the rounds is not kept.
    ratio_without = statistics.median(without_value[fastest_without]) / statistics.median(
        measured["ours"]
    )
    rate = count / statistics.median(measured["ours"])
    Line(
        f"ledger_{count}",
        rate,
        "candles/s",
        ratio,
        1.0,
        ratio >= 1.0,
        {
            "candles": count,
            "fills": len(ledger.fills),
            "peer": f"vectorbt from_signals and value, engine {fastest}",
            "peer_value": count / statistics.median(measured[fastest]),
            "ratio_without_value": ratio_without,
            "max_net_worth_difference": difference,
            "rounds": ROUNDS,
        },
    ).emit()
