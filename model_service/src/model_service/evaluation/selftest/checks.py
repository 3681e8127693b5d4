"""The checks of the selftest: each a question whose answer is known, and what came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from model_service.evaluation.selftest.false_verdicts import false_verdict_share
from model_service.evaluation.selftest.leak_canary import (
    HONEST_SHARPE,
    LEAKING_SHARPE,
    run_leak_canary,
)
from model_service.trading.ledger import FillRule


@dataclass(frozen=True)
class Finding:
    """What came out, what was wanted, and whether that is the same."""

    passed: bool
    measured: str
    wanted: str


@dataclass(frozen=True)
class Check:
    """A check by name."""

    name: str
    run: Callable[[], Finding]


@dataclass(frozen=True)
class Extent:
    """How much is tried; more only makes the answers sharper."""

    steps: int = 1_500
    pairs: int = 1_000
    candles: int = 500


QUICK = Extent(steps=400, pairs=200)


def make_checks(extent: Extent, *, seed: int = 0) -> tuple[Check, ...]:
    """The checks, in the order in which they are shown."""
    return (
        Check("Leak canary (next open)", lambda: _leak_canary("next_open", extent, seed)),
        Check("Leak canary (next close)", lambda: _leak_canary("next_close", extent, seed)),
        Check("False verdicts", lambda: _false_verdicts(extent, seed)),
    )


def _leak_canary(fill: FillRule, extent: Extent, seed: int) -> Finding:
    canary = run_leak_canary(fill=fill, steps=extent.steps, seed=seed)
    return Finding(
        canary.passed,
        f"{canary.leaking:.2f} with it, {canary.honest:.2f} without",
        f"above {LEAKING_SHARPE:g}, below {HONEST_SHARPE:g}",
    )


def _false_verdicts(extent: Extent, seed: int) -> Finding:
    found = false_verdict_share(pairs=extent.pairs, candles=extent.candles, seed=seed)
    return Finding(
        found.passed,
        f"{found.false} of {found.pairs:,} ({found.share:.1%})",
        f"{found.lowest} to {found.highest}",
    )
