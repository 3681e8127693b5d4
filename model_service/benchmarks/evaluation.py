"""The TDQN protocol by its command: the sweep of baselines, and how time grows.

Agents are trained and scored on simulated candles in the protocol's own files, so that measuring is
no look at anybody's sealed test.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measurement import Line, say, seconds_of
from benchmarks.settings import with_environment
from model_service.market.candles import PRICE_COLUMNS, Candles
from model_service.market.simulated import simulate_candles

BASELINES_TARGET_SECONDS = 20.0
TARGET_SECONDS = 1_200.0
TARGET_SEEDS = 10
SYMBOLS = 20
JOBS = 2
GROWTH: tuple[tuple[int, int], ...] = ((20, 2), (20, 4), (10, 2), (5, 2))
"""Symbols and seeds; the first is what the full run is estimated from."""

_FILES = (
    ("2012-1-1_2018-1-1", dt.date(2012, 1, 2), dt.date(2017, 12, 29)),
    ("2018-1-1_2020-1-1", dt.date(2018, 1, 1), dt.date(2019, 12, 31)),
)
_TIMEOUT_SECONDS = 1_800.0


def run(*, quick: bool) -> None:
    """Measure, and print the lines."""
    say("evaluation: the TDQN protocol on simulated candles, through the command")
    symbols = 2 if quick else SYMBOLS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = [_write_symbol(folder, number) for number in range(symbols)]
        taken = _evaluate(folder, names, "--baselines-only")
        Line(
            "evaluation_baselines",
            taken,
            "s",
            target=None if quick else BASELINES_TARGET_SECONDS,
            met=None if quick else taken <= BASELINES_TARGET_SECONDS,
            details={"symbols": symbols, "window_pairs": 406, "with": "start of the process"},
        ).emit()
        measured = {}
        for count, seeds in ((2, 1),) if quick else GROWTH:
            measured[count, seeds] = _evaluate(
                folder, names[:count], "--seeds", str(seeds), "--jobs", str(JOBS)
            )
            Line(
                f"evaluation_{count}_symbols_{seeds}_seeds",
                measured[count, seeds],
                "s",
                details={"jobs": JOBS, "seconds_per_seed": measured[count, seeds] / seeds},
            ).emit()
        if not quick:
            _estimate(measured)


def _estimate(measured: dict[tuple[int, int], float]) -> None:
    """Ten seeds from what two more seeds took."""
    two, four = measured[SYMBOLS, 2], measured[SYMBOLS, 4]
    per_seed = (four - two) / 2.0
    whole = two + (TARGET_SEEDS - 2) * per_seed
    Line(
        "evaluation_full_run",
        whole,
        "s",
        target=TARGET_SECONDS,
        met=whole <= TARGET_SECONDS,
        details={
            "symbols": SYMBOLS,
            "seeds": TARGET_SEEDS,
            "jobs": JOBS,
            "seconds_per_seed": per_seed,
            "is": "an estimate from 2 and 4 seeds",
        },
    ).emit()


def _evaluate(folder: Path, symbols: list[str], *options: str) -> float:
    """Seconds of one `bellwether evaluate`, its process included."""
    command = [
        str(Path(sys.executable).with_name("bellwether")),
        "evaluate",
        "--protocol",
        "tdqn",
        "--data",
        str(folder),
        "--symbols",
        ",".join(symbols),
        "--out",
        str(folder / "report.json"),
        *options,
    ]
    # The looks of a benchmark belong to nobody's count.
    environment = with_environment(MODEL_STATE_DIR=str(folder / "state"))
    return seconds_of(
        lambda: subprocess.run(  # noqa: S603
            command, check=True, env=environment, capture_output=True, timeout=_TIMEOUT_SECONDS
        )
    )


def _write_symbol(folder: Path, number: int) -> str:
    symbol = f"BENCH{number}"
    candles = simulate_candles(symbol, seed=0, start=_FILES[0][1], end=_FILES[-1][2], interval="1d")
    for suffix, start, end in _FILES:
        _write_file(folder / f"{symbol}_{suffix}.csv", candles, start, end)
    return symbol


def _write_file(path: Path, candles: Candles, start: dt.date, end: dt.date) -> None:
    days = candles.time.astype("datetime64[s]").astype("datetime64[D]")
    rows = np.flatnonzero((days >= np.datetime64(start)) & (days <= np.datetime64(end)))
    lines = ["Timestamp,Open,High,Low,Close,Volume"]
    for row in rows:
        prices = ",".join(f"{getattr(candles, name)[row]:.6f}" for name in PRICE_COLUMNS)
        lines.append(f"{days[row]},{prices},{candles.volume[row]:.0f}")
    path.write_text("\n".join(lines) + "\n")
