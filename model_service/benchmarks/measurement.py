"""How things are measured: sides take turns in one run, and medians are compared."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Line:
    """One line of output.

    Attributes
    ----------
    benchmark, unit : str
    value : float
        Ours.
    ratio : float or None
        To what it is measured against, above 1 where ours is better.
    target : float or None
        What is asked for.
    met : bool or None
        Whether it is reached; None where nothing is asked for.
    details : mapping
        What else is worth knowing.
    """

    benchmark: str
    value: float
    unit: str
    ratio: float | None = None
    target: float | None = None
    met: bool | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def emit(self) -> None:
        """Write the line as JSON to standard output, and as a sentence to the error stream."""
        plain = {name: value for name, value in vars(self).items() if name != "details"}
        print(json.dumps(_rounded({**plain, **self.details}), allow_nan=False), flush=True)
        parts = [f"{self.benchmark}: {_short(self.value)} {self.unit}"]
        if self.ratio is not None:
            parts.append(f"ratio {_short(self.ratio)}")
        if self.target is not None:
            parts.append(f"target {_short(self.target)}: {'met' if self.met else 'MISSED'}")
        say("  " + ", ".join(parts))


def skip(benchmark: str, reason: str) -> None:
    """Say that something was not measured, and why."""
    print(json.dumps({"benchmark": benchmark, "skipped": reason}), flush=True)
    say(f"  {benchmark}: skipped, {reason}")


def say(text: str) -> None:
    """Tell a person; standard output is for JSON alone."""
    print(text, file=sys.stderr, flush=True)


def take_turns(sides: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure every side once a round; the order is turned round in every other one."""
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in sides if number % 2 == 0 else reversed(sides):
            measured[name].append(sides[name]())
    return measured


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Median over the rounds of the quotient of two sides."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def seconds_of(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def percentile(values: Sequence[float], percent: int) -> float:
    """Percentile of at least two values."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return value


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
