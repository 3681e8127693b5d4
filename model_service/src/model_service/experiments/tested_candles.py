"""Which candles an experiment is tested on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from model_service.evaluation.protocols.holdout import plan_holdout
from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.walk_forward import plan_walk_forward
from model_service.evaluation.splits import Split
from model_service.experiments.specification import Specification
from model_service.experiments.specified_candles import split_of
from model_service.market.candles import Candles
from model_service.trading.ledger import FillRule

LINEAGE = "experiments"
"""All experiments of an installation are one line of work: who sees the test of one chooses the
next by it, so that their looks count together."""


class WithOutcome(Protocol):
    """A unit that is done."""

    @property
    def outcome(self) -> Any: ...

    @property
    def point(self) -> Any: ...


def plan_test(
    spec: Specification, series: Sequence[Candles], units: Sequence[WithOutcome]
) -> Plan | None:
    """The plan of an experiment's test; None where too few candles are left for one.

    Parameters
    ----------
    spec : Specification
    series : sequence of Candles
    units : sequence of WithOutcome
        Those that are assessed: an agent that was only evaluated brings its own split with it.
    """
    if spec.kind == "walk-forward":
        parts = spec.parts()
        return plan_walk_forward(series, parts.windows, parts.agent.fill)
    if spec.kind == "evaluate":
        outcome = units[0].outcome
        split = Split(int(outcome["train_end"]), int(outcome["validation_end"]))
        fill: FillRule = outcome["config"]["fill"]
        return plan_holdout(series, split, fill)
    parts = spec.parts(units[0].point)
    return plan_holdout(series, split_of(parts, series), parts.agent.fill)
