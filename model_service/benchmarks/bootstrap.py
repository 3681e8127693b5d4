"""The bootstrap of a verdict against arch's, of the same statistic with the same blocks.

One agent and buy and hold, 500 returns each, 10,000 draws, studentised: every draw has a standard
error of its own. arch calls functions of ours in Python for each draw, one for the difference and
one for its error; they are the plain definitions, and fast ones. Beside that the time of what
evaluations do: 20 symbols with 10 seeds.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.measurement import Line, median_ratio, say, seconds_of, skip, take_turns
from benchmarks.peer import Peer, write_arrays
from model_service.evaluation.significance.bootstrap import PairedDifference, compare_sharpe

PERIODS = 252.0
DATES = 500
DRAWS = 10_000
TARGET_SECONDS = 0.5
MANY_SYMBOLS, MANY_SEEDS = 20, 10
MANY_TARGET_SECONDS = 2.0
ROUNDS = 5
SEED = 1
TOLERANCE = 0.1
"""Of the width: arch's interval has two tails of their own and is scaled by the draws' spread."""


class IntervalDiffers(Exception):
    """The two sides do not compute the same thing, so that no speed of theirs can be compared."""


def run(*, quick: bool) -> None:
    """Measure, and print the lines."""
    say("bootstrap: seconds of 10,000 draws against arch's studentized bootstrap")
    draws = 200 if quick else DRAWS
    rounds = 2 if quick else ROUNDS
    agent, baseline = make_returns(1, 1)
    paired = compare_sharpe(agent, baseline, periods=PERIODS, draws=draws)

    def ours() -> float:
        return seconds_of(lambda: compare_sharpe(agent, baseline, periods=PERIODS, draws=draws))

    if quick or not Peer.available():
        taken = [ours() for _ in range(rounds)]
        _emit("bootstrap", taken, TARGET_SECONDS, paired)
        if not quick:
            skip("bootstrap_against_arch", "there is no environment of peers")
    else:
        _compare(agent[:, 0, 0], baseline[:, 0], paired, ours)
    _measure_many(draws, rounds)


def make_returns(symbols: int, seeds: int) -> tuple[np.ndarray, np.ndarray]:
    """Agents (dates, symbols, seeds) that are long or flat in turn, and the market they are in."""
    random = np.random.default_rng(2)
    market = random.standard_t(5, (DATES, 1)) + random.standard_t(5, (DATES, symbols))
    market = 0.0004 + 0.008 * market
    changes = random.random((DATES, symbols, seeds)) < 1.0 / 15.0
    return market[:, :, None] * (np.cumsum(changes, axis=0) % 2), market


def _compare(
    agent: np.ndarray,
    baseline: np.ndarray,
    paired: PairedDifference,
    ours: Callable[[], float],
) -> None:
    terms = {"block": paired.block_length, "draws": DRAWS, "periods": PERIODS, "seed": SEED}
    with Peer("arch_bootstrap.py") as peer, tempfile.TemporaryDirectory() as folder:
        peer.ask("load", path=write_arrays(Path(folder) / "r.npz", agent=agent, baseline=baseline))
        theirs = peer.ask("run", **terms)["interval"]
        width = paired.interval[1] - paired.interval[0]
        difference = abs((theirs[1] - theirs[0]) / width - 1.0)
        if not difference <= TOLERANCE:
            raise IntervalDiffers(f"arch finds {theirs}, the bootstrap {paired.interval}")
        measured = take_turns(
            {"ours": ours, "arch": lambda: float(peer.ask("run", **terms)["seconds"])}, ROUNDS
        )
    _emit(
        "bootstrap",
        measured["ours"],
        TARGET_SECONDS,
        paired,
        ratio=median_ratio(measured["arch"], measured["ours"]),
        peer="arch CircularBlockBootstrap.conf_int, studentized",
        peer_value=statistics.median(measured["arch"]),
        peer_interval=theirs,
    )


def _measure_many(draws: int, rounds: int) -> None:
    agent, baseline = make_returns(MANY_SYMBOLS, MANY_SEEDS)
    paired = compare_sharpe(agent, baseline, periods=PERIODS, draws=draws)
    taken = [
        seconds_of(lambda: compare_sharpe(agent, baseline, periods=PERIODS, draws=draws))
        for _ in range(rounds)
    ]
    _emit(
        "bootstrap_many",
        taken,
        MANY_TARGET_SECONDS,
        paired,
        symbols=MANY_SYMBOLS,
        seeds=MANY_SEEDS,
    )


def _emit(
    name: str,
    taken: list[float],
    target: float,
    paired: PairedDifference,
    *,
    ratio: float | None = None,
    **details: object,
) -> None:
    seconds = statistics.median(taken)
    Line(
        name,
        seconds,
        "s",
        ratio,
        target,
        seconds <= target,
        {
            "draws": paired.draws,
            "dates": paired.dates,
            "block_length": paired.block_length,
            "interval": list(paired.interval),
            "rounds": len(taken),
            **details,
        },
    ).emit()
