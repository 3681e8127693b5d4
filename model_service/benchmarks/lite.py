"""The `lite` engine: headlines a second on one core, one call with all of them.

The headlines are SEntFiN's titles, or made up where they are not there. One thread computes: the
engine has no others. Loading the weights is measured apart.
"""

from __future__ import annotations

import csv
import statistics
import time
from pathlib import Path

from benchmarks.measurement import Line, say, seconds_of
from model_service.sentiment.lite.engine import LiteEngine

HEADLINES = 10_000
ROUNDS = 9
TARGET_RATE = 20_000.0


def run(data: Path, *, quick: bool) -> None:
    """Measure, and print the lines."""
    count = 200 if quick else HEADLINES
    say(f"lite: one call with {count:,} headlines")
    titles, source = read_titles(data, count)
    engine = LiteEngine.load()
    engine.score(titles[:100])
    seconds, cpu_seconds = [], []
    for _ in range(2 if quick else ROUNDS):
        started = time.process_time()
        seconds.append(seconds_of(lambda: engine.score(titles)))
        cpu_seconds.append(time.process_time() - started)
    rate = count / statistics.median(seconds)
    target = None if quick else TARGET_RATE
    Line(
        "sentiment_lite",
        rate,
        "headlines/s",
        target=target,
        met=None if target is None else rate >= target,
        details={
            "headlines": count,
            "source": source,
            "rounds": len(seconds),
            # The processor's own clock: what the rate is where nothing else runs.
            "per_cpu_second": count / statistics.median(cpu_seconds),
        },
    ).emit()
    Line("sentiment_lite_load", 1000 * seconds_of(LiteEngine.load), "ms").emit()


def read_titles(data: Path, count: int) -> tuple[list[str], str]:
    """So many titles and where they come from."""
    file = data / "sentfin" / "SEntFiN.csv"
    if not file.is_file():
        return [f"Vamola Q{n % 4 + 1} net up {n} pct to Rs {n} crore" for n in range(count)], "made"
    with file.open(encoding="utf-8", newline="") as rows:
        return [row["Title"] for row in csv.DictReader(rows)][:count], file.name
