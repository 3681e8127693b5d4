"""From the tables of a plan's networks to everything that was run on its test candles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.policy import walk
from model_service.evaluation.assessment.scored_window import ScoredWindow, SignSeries
from model_service.evaluation.assessment.subject import Floats, Subject, WindowPair
from model_service.evaluation.baselines import (
    LONGEST_WINDOW,
    MOVING_AVERAGE_RULES,
    Rule,
    moving_average_signs,
)
from model_service.evaluation.protocols.plan import Plan, PlanSymbol
from model_service.evaluation.protocols.tdqn import choose_windows
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import STARTING_CASH, usable_fill

Tables = Mapping[int, Mapping[str, NDArray[np.float32]]]
"""By fold and symbol: Q-values on the fold's test candles, shape (n, rungs, actions)."""


def score_plan(
    plan: Plan, config: AgentConfig | None, tables: Mapping[int, Tables], costs: Costs
) -> list[Subject]:
    """Decide, fill and keep the books of every symbol, seed and baseline.

    Parameters
    ----------
    plan : Plan
    config : AgentConfig or None
        Of the agents; None where baselines alone are asked for.
    tables : mapping of int to Tables
        By seed.
    costs : Costs
    """
    subjects = []
    for symbol in plan.symbols:
        window = ScoredWindow(
            candles=symbol.test,
            history=symbol.history,
            can_trade=plan.can_trade(symbol.averaged)[-len(symbol.test) :],
            fill=usable_fill(symbol.test, plan.fill),
            cash=STARTING_CASH,
            costs=costs,
            periods=plan.periods_per_year,
            first_decision=symbol.first_decision,
        )
        agent = (
            {}
            if config is None
            else {
                seed: _exposure(plan.table(symbol, of_fold), config, symbol)
                for seed, of_fold in tables.items()
            }
        )
        signs = {rule: _signs(plan, symbol, window, rule) for rule in MOVING_AVERAGE_RULES}
        subjects.append(window.subject(agent=agent, members={}, signs=signs))
    return subjects


def _exposure(table: NDArray[np.float32], config: AgentConfig, symbol: PlanSymbol) -> Floats:
    known = 0 if symbol.history is None else len(symbol.history)
    warmed_up = config.features.warm_up_candles - known
    decisions = walk(table, config.ladder, max(symbol.first_decision, warmed_up))
    exposure: Floats = config.ladder.exposures[decisions.rung]
    return exposure


def _signs(plan: Plan, symbol: PlanSymbol, window: ScoredWindow, rule: Rule) -> SignSeries:
    """The rule with the windows that were best on each fold's training candles."""
    before = len(symbol.averaged) - len(symbol.test)
    first = max(before + symbol.first_decision, LONGEST_WINDOW - 1)
    parts: list[Floats] = []
    pairs: set[WindowPair] = set()
    for fold, start, stop in symbol.stretches():
        pair = _choose_windows(plan, plan.folds[fold].of(symbol.symbol).known, window, rule)
        signs = moving_average_signs(symbol.averaged.close, *pair, rule, first)
        parts.append(signs[before + start : before + stop])
        pairs.add(pair)
    return SignSeries(np.concatenate(parts), pairs.pop() if len(pairs) == 1 else None)


def _choose_windows(
    plan: Plan, known: Candles | None, window: ScoredWindow, rule: Rule
) -> WindowPair:
    if known is not None and plan.protocol == "tdqn":
        # Training files are walked by the books of the paper, in which a ruined run goes on.
        return choose_windows(known, rule)
    can_trade = np.empty(0, np.bool_) if known is None else plan.can_trade(known)
    return window.choose_windows(known, can_trade, rule)
