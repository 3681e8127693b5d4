"""FinBERT's engine against the plain loop, on a BERT-base of random weights.

What it costs does not depend on what the weights say. The loop is measured on a part of the
headlines, the engine on all of them; both tokenise inside of what is timed.
"""

from __future__ import annotations

import csv
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measurement import Line, median_ratio, say, seconds_of
from benchmarks.peer import Peer
from model_service.sentiment.finbert.engine import FinbertEngine
from model_service.sentiment.finbert.export import export_in_child

HEADLINES = 512
LOOP_HEADLINES = 80
THREADS = 2
TARGET_RATIO = 4.0
TARGET_MIB = 1024.0
ROUNDS = 3
EXPORT_SECONDS = 600.0
_QUICK_HEADLINES = 40
_SEED = 11
_FILE = Path("sentfin") / "SEntFiN.csv"
_SUBJECTS = ("Nokia", "Tata Steel", "Kone", "The bank", "Infosys", "The airline", "Boeing")
_CHANGES = ("profit rose", "sales fell", "shares slid", "orders grew", "net loss widened")
_REST = ("in May", "by 4.2 %", "to EUR 13 mn from EUR 9 mn", "after weak demand for steel in Asia")


def run(data: Path, *, quick: bool) -> None:
    """Measure, and print the lines."""
    say(
        "finbert: headlines a second against fp32 torch in batches of 10, BERT-base, random weights"
    )
    headlines, source = read_headlines(data)
    headlines = headlines[: _QUICK_HEADLINES if quick else HEADLINES]
    part = headlines[: _QUICK_HEADLINES if quick else LOOP_HEADLINES]
    python = Path(sys.executable)
    with (
        tempfile.TemporaryDirectory() as name,
        Peer("finbert_loop.py", python) as loop,
        Peer("finbert_memory.py", python) as memory,
    ):
        folder = Path(name)
        model = str(folder / "bert")
        built = loop.ask("build", folder=model, headlines=headlines, tiny=quick)
        export = export_in_child(model, folder / "exports", timeout_seconds=EXPORT_SECONDS)
        loop.ask("load", folder=model, threads=THREADS)
        engine = FinbertEngine.load(export, threads=THREADS)
        engine.score(headlines[:32])
        loop.ask("run", headlines=part[:10])
        theirs, ours, ratios = [], [], []
        for _ in range(2 if quick else ROUNDS):
            asked = loop.ask("run", headlines=part)
            theirs.append(len(part) / asked["seconds"])
            ours.append(len(headlines) / seconds_of(lambda: engine.score(headlines)))
            ratios.append(ours[-1] / theirs[-1])
        ratio = statistics.median(ratios)
        Line(
            "finbert_headlines",
            statistics.median(ours),
            "headlines/s",
            ratio,
            None if quick else TARGET_RATIO,
            None if quick else ratio >= TARGET_RATIO,
            {
                "headlines": len(headlines),
                "data": source,
                "tokens_each": asked["tokens"],
                "parameters": built["parameters"],
                "threads": THREADS,
                "peer": "torch fp32, batches of 10 in their order, padded",
                "peer_value": statistics.median(theirs),
                "rounds": len(ours),
                "ratios": ratios,
            },
        ).emit()
        _measure_processor(loop, model, export, headlines, part)
        taken = memory.ask(
            "measure",
            folder=str(export),
            threads=THREADS,
            headlines=headlines,
            long_text=". ".join(headlines)[:20_000],
        )
    highest = float(taken["long_texts_mib"])
    Line(
        "finbert_memory",
        highest,
        "MiB",
        target=TARGET_MIB,
        met=highest <= TARGET_MIB,
        details={**taken, "of": "a process with the engine alone"},
    ).emit()


def _measure_processor(
    loop: Peer, model: str, export: Path, headlines: list[str], part: list[str]
) -> None:
    """With one thread and in seconds of the processor, which neighbours hardly change."""
    engine = FinbertEngine.load(export, threads=1)
    loop.ask("load", folder=model, threads=1)
    engine.score(headlines[:32])
    loop.ask("run", headlines=part[:10])
    theirs, ours = [], []
    for _ in range(2):
        theirs.append(len(part) / loop.ask("run", headlines=part)["processor_seconds"])
        started = time.process_time()
        engine.score(headlines)
        ours.append(len(headlines) / (time.process_time() - started))
    Line(
        "finbert_processor",
        statistics.median(ours),
        "headlines/s of one core",
        median_ratio(ours, theirs),
        details={"peer_value": statistics.median(theirs), "rounds": len(ours), "threads": 1},
    ).emit()


def read_headlines(data: Path) -> tuple[list[str], str]:
    """Headlines in random order, and where they are from."""
    draw = random.Random(_SEED)  # noqa: S311
    file = data / _FILE
    if file.is_file():
        with file.open(newline="", encoding="utf-8") as stream:
            titles = sorted({row["Title"] for row in csv.DictReader(stream)})
        draw.shuffle(titles)
        return titles[:HEADLINES], "sentfin"
    made = [
        f"{draw.choice(_SUBJECTS)}: {draw.choice(_CHANGES)} {draw.choice(_REST)}, item {place}"
        for place in range(HEADLINES)
    ]
    return made, "generated"
