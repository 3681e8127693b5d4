"""`/sentiment` over HTTP on loopback: 64 headlines that the service knows, and 64 that are new.

A really started service answers by `lite`. *Known* headlines were scored before and are in the
cache, as most of a page's are; *new* ones are scored. Requests are made before the clock starts.
"""

from __future__ import annotations

import csv
import json
import statistics
import tempfile
import time
from itertools import count
from pathlib import Path

from benchmarks.measurement import Line, percentile, say
from benchmarks.server import Service, encode, running_service

HEADLINES = 64
REPETITIONS = 100
WARM_UP = 5
SETTLE_SECONDS = 8.0
"""After it is ready, the service goes on compiling what evaluations need."""
TARGET_MILLISECONDS = 10.0


def run(data: Path, *, quick: bool) -> None:
    """Measure, and print the lines."""
    say(f"sentiment: /sentiment with {HEADLINES} headlines")
    headlines, source = read_headlines(data)
    repetitions = 5 if quick else REPETITIONS
    numbers = count()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "dataset").mkdir()
        with running_service(folder, folder / "agents") as service:
            known = [headlines] * (WARM_UP + repetitions)
            _settle(service, headlines, 0.0 if quick else SETTLE_SECONDS)
            new = [[f"{text} {next(numbers)}" for text in headlines] for _ in known]
            _measure(service, "sentiment_known", known, source, asked=not quick)
            _measure(service, "sentiment_new", new, source, asked=False)


def read_headlines(data: Path) -> tuple[list[str], str]:
    """Distinct headlines and where they come from; made-up ones where there are no real ones."""
    file = data / "news" / "headlines_2018_2019.csv"
    if not file.is_file():
        return [
            f"Profit of company {n} rose to EUR {n + 1} mn" for n in range(HEADLINES)
        ], "made up"
    with file.open(encoding="utf-8", newline="") as rows:
        distinct = dict.fromkeys(row["headline"] for row in csv.DictReader(rows))
    return list(distinct)[:HEADLINES], file.name


def _settle(service: Service, headlines: list[str], seconds: float) -> None:
    body = encode({"texts": headlines, "engine": "lite"})
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        service.ask("POST", "/sentiment", body)


def _measure(
    service: Service, name: str, requests: list[list[str]], source: str, *, asked: bool
) -> None:
    bodies = [encode({"texts": texts, "engine": "lite"}) for texts in requests]
    taken, last = [], b""
    for body in bodies:
        started = time.perf_counter()
        last = service.ask("POST", "/sentiment", body)
        taken.append(1_000.0 * (time.perf_counter() - started))
    del taken[:WARM_UP]
    median, answer = statistics.median(taken), json.loads(last)
    Line(
        name,
        median,
        "ms",
        target=TARGET_MILLISECONDS if asked else None,
        met=median <= TARGET_MILLISECONDS if asked else None,
        details={
            "p95": percentile(taken, 95),
            "headlines": len(answer["scores"]),
            "engine": answer["engine_version"],
            "data": source,
        },
    ).emit()
