"""A backtest: decisions of an agent on candles, their ledger and metrics, beside buy and hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.agent import Agent
from model_service.dqn.policy import Decisions
from model_service.errors import InvalidRequest
from model_service.evaluation.baselines import buy_and_hold
from model_service.evaluation.run_warnings import find_warnings
from model_service.evaluation.splits import Segment, Split, segments
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import (
    STARTING_CASH,
    FillRule,
    Ledger,
    keep_ledger,
    tradeable,
    usable_fill,
)
from model_service.trading.metrics import Metrics, measure, periods_per_year

MAX_CASH = 1e12


@dataclass(frozen=True)
class Terms:
    """On what terms to trade.

    Attributes
    ----------
    cash : float
        Money at the start, in (0, 1e12].
    costs : Costs
    fill : {'next_open', 'next_close'}
    start, end : int or None
        First and last candle time (epoch seconds, inclusive) to trade; earlier candles are
        context for the features alone.
    """

    cash: float = STARTING_CASH
    costs: Costs = field(default_factory=Costs)
    fill: FillRule = "next_open"
    start: int | None = None
    end: int | None = None

    def __post_init__(self) -> None:
        if not 0.0 < self.cash <= MAX_CASH:
            raise InvalidRequest(
                f"`cash` is {self.cash}, not above 0 and at most {MAX_CASH:.0f}.",
                field="cash",
                limit=MAX_CASH,
            )


@dataclass(frozen=True)
class Run:
    """A ledger and what it came to."""

    ledger: Ledger
    metrics: Metrics


@dataclass(frozen=True)
class Backtest:
    """Result of a backtest; all columns belong to `candles`, the traded window."""

    candles: Candles
    decisions: Decisions
    exposure: NDArray[np.float64]
    run: Run
    baselines: Mapping[str, Run]
    fill_requested: FillRule
    fill_used: FillRule
    warnings: tuple[str, ...]
    segments: tuple[Segment, ...]

    @property
    def test_segment(self) -> Segment | None:
        """The stretch that the agent never saw, None if there is none."""
        return next((part for part in self.segments if part.kind == "test"), None)


def run_backtest(
    agent: Agent,
    candles: Candles,
    terms: Terms,
    *,
    table: NDArray[np.float32] | None = None,
) -> Backtest:
    """Decide, fill, keep the books, measure.

    Parameters
    ----------
    agent : Agent
    candles : Candles
        The whole series: what lies before `terms.start` warms the features up.
    terms : Terms
    table : float32 array, shape (n, rungs, actions), optional
        The agent's Q table of these candles, where it is known already; terms do not change it.

    Raises
    ------
    InvalidRequest
        If no candle lies in the window.
    """
    first, stop = _window(candles, terms)
    # Q-values at t read candles up to t alone, so rows before `stop` are what a run that ends
    # there would have seen.
    q_table = agent.q_table(candles) if table is None else table
    decisions = agent.decide(q_table[:stop], first)
    decisions = Decisions(decisions.action[first:], decisions.rung[first:], decisions.q[first:])
    window = candles.slice(first, stop)
    exposure = agent.config.ladder.exposures[decisions.rung]
    fill_used = usable_fill(candles, terms.fill)
    can_trade = tradeable(candles.volume[:stop])[first:]
    periods = periods_per_year(candles.slice(0, stop))

    def run(target: NDArray[np.float64]) -> Run:
        ledger = keep_ledger(
            window,
            target,
            cash=terms.cash,
            costs=terms.costs,
            fill=fill_used,
            can_trade=can_trade,
        )
        return Run(ledger, measure(ledger, cash=terms.cash, periods=periods))

    return Backtest(
        candles=window,
        decisions=decisions,
        exposure=exposure,
        run=run(exposure),
        baselines={"buy_and_hold": run(buy_and_hold(len(window)))},
        fill_requested=terms.fill,
        fill_used=fill_used,
        warnings=tuple(find_warnings(agent, candles, terms.costs, first, stop)),
        segments=tuple(agent_segments(agent, window)),
    )


def _window(candles: Candles, terms: Terms) -> tuple[int, int]:
    """Index range [first, stop) of the candles to trade."""
    first = 0 if terms.start is None else int(np.searchsorted(candles.time, terms.start))
    stop = (
        len(candles)
        if terms.end is None
        else int(np.searchsorted(candles.time, terms.end, side="right"))
    )
    if first >= stop:
        raise InvalidRequest(
            f"No candle of {candles.symbol} lies between `start` and `end`.", field="start"
        )
    return first, stop


def agent_segments(agent: Agent, window: Candles) -> list[Segment]:
    """How the agent stands to each stretch of the candles."""
    manifest = agent.stored.manifest
    known = window.symbol in manifest["symbols"]
    split = Split(int(manifest["train"]["end"]), int(manifest["validation"]["end"]))
    return segments(window, split=split, trained_on=known, validated_on=known)
