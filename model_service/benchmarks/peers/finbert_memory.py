"""How much memory an engine takes in a process that has nothing else."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

from protocol import answer_commands

from model_service.sentiment.finbert.engine import FinbertEngine

MIB = 1024


def measure(folder: str, threads: int, headlines: list[str], long_text: str) -> dict[str, Any]:
    """Highest resident MiB so far: after loading, after headlines, after eight long texts."""
    engine = FinbertEngine.load(Path(folder), threads=threads)
    loaded = _highest()
    engine.score(headlines)
    scored = _highest()
    engine.score([f"{number} {long_text}" for number in range(8)])
    return {"loaded_mib": loaded, "headlines_mib": scored, "long_texts_mib": _highest()}


def _highest() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


if __name__ == "__main__":
    answer_commands({"measure": measure})
