"""What one agent is worth on the candles of one series that it never saw."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.agent import Agent
from model_service.dqn.policy import mean_table
from model_service.evaluation.assessment.passport import Conditions
from model_service.evaluation.assessment.report import Circumstances, make_report
from model_service.evaluation.assessment.scored_window import (
    MIN_CANDLES_TO_CHOOSE,
    USUAL_WINDOWS,
    ScoredWindow,
    SignSeries,
)
from model_service.evaluation.assessment.significance import Configurations
from model_service.evaluation.assessment.subject import Floats, Subject
from model_service.evaluation.backtest import Terms, agent_segments
from model_service.evaluation.baselines import (
    MOVING_AVERAGE_RULES,
    Rule,
    buy_and_hold,
    moving_average_signs,
)
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.evaluation.run_warnings import find_warnings
from model_service.evaluation.sealed import LookCounter, count_unseen
from model_service.evaluation.significance.bootstrap import BOOTSTRAP_SEED, DRAWS, MIN_DATES
from model_service.market.candles import Candles
from model_service.trading.ledger import tradeable, usable_fill
from model_service.trading.metrics import periods_per_year


class Evaluator:
    """Judges agents on unseen candles, and counts each look.

    Parameters
    ----------
    agents : LoadedAgents
    looks : LookCounter
    configurations : Configurations
        What was compared to come to the agents of this installation.
    """

    def __init__(
        self, agents: LoadedAgents, looks: LookCounter, configurations: Configurations
    ) -> None:
        self._agents = agents
        self._looks = looks
        self._configurations = configurations

    def evaluate(
        self, agent_id: str, candles: Candles, terms: Terms, *, code_version: str
    ) -> dict[str, Any]:
        """Trade the unseen candles alone, from fresh cash, and judge what came of it.

        Parameters
        ----------
        agent_id : str
        candles : Candles
            The whole series; what the agent has seen is context.
        terms : Terms
            Its `start` and `end` are not used: the window is what the agent never saw.
        code_version : str

        Returns
        -------
        dict
            `EvaluationReport` of the contract; its verdict is None where too little is unseen.

        Raises
        ------
        AgentNotFound, CorruptAgent
            If the agent cannot be had.
        """
        agent = self._agents.get(agent_id)
        candles = agent.sees(candles)
        count = len(candles)
        unseen_from = int(np.searchsorted(candles.time, agent.last_seen_time, side="right"))
        # Before its features are warm an agent cannot decide, and is not judged for it.
        first = max(unseen_from, min(agent.config.features.warm_up_candles, count))
        known = _Known(agent, candles, terms, first)
        parts = agent_segments(agent, candles)
        unseen = next((part for part in parts if part.kind == "test"), None)
        warnings = find_warnings(agent, candles, terms.costs, min(first, count - 1), count)
        subjects: list[Subject] = []
        if count - first >= MIN_DATES:
            subjects.append(known.subject())
            warnings += known.notes
            if first > unseen_from:
                warnings.append(
                    f"The first {first - unseen_from} unseen candles only warm the agent's "
                    "features up; everything is tested on those behind them."
                )
        return make_report(
            subjects,
            _conditions(agent, candles, terms, code_version),
            Circumstances(
                title=f"{agent.stored.manifest['name']} on {candles.symbol}",
                segments=parts,
                warnings=warnings,
                # Candles that are too few to run anything on are not looked at.
                looks=count_unseen(self._looks, agent, candles, unseen if subjects else None),
                configurations=self._configurations,
                train_excess_sharpe=known.excess_sharpe() if subjects else None,
                unseen_candles=count - first,
            ),
            periods=periods_per_year(candles),
        )


class _Known:
    """A series cut where the agent's knowledge ends: before it to choose on, behind it to test.

    Parameters
    ----------
    agent : Agent
    candles : Candles
    terms : Terms
    first : int
        Index of the first candle of the test.
    """

    def __init__(self, agent: Agent, candles: Candles, terms: Terms, first: int) -> None:
        self._agent = agent
        self._candles = candles
        self._terms = terms
        self._first = first
        self._tables = agent.member_tables(candles)
        self.notes = (
            []
            if first >= MIN_CANDLES_TO_CHOOSE
            else [
                f"Only {first} candles come before the test: the moving averages of the baselines "
                f"are not chosen on them but are those of {USUAL_WINDOWS[0]} and "
                f"{USUAL_WINDOWS[1]} candles."
            ]
        )

    @cached_property
    def _together(self) -> NDArray[np.float32]:
        """What the members say together."""
        return mean_table(self._tables)

    def subject(self) -> Subject:
        """Everything on the unseen candles."""
        members = {member: self._exposure(table) for member, table in enumerate(self._tables)}
        together = self._exposure(self._together)
        return self._window(self._first, len(self._candles)).subject(
            agent={int(self._agent.stored.manifest["seed"]): together},
            members=members,
            signs={rule: self._signs(rule) for rule in MOVING_AVERAGE_RULES},
        )

    def excess_sharpe(self) -> float | None:
        """Sharpe ratio above buy and hold on the candles that the agent knows, None without any."""
        start = self._agent.config.features.warm_up_candles
        if self._first - start < MIN_CANDLES_TO_CHOOSE:
            return None
        window = self._window(start, self._first)
        decisions = self._agent.decide(self._together[: self._first], start)
        exposure = self._agent.config.ladder.exposures[decisions.rung[start:]]
        passive = buy_and_hold(exposure.shape[0])
        return window.score(exposure).sharpe - window.score(passive).sharpe

    def _exposure(self, table: Any) -> Floats:
        decisions = self._agent.decide(table, self._first)
        exposure: Floats = self._agent.config.ladder.exposures[decisions.rung[self._first :]]
        return exposure

    def _window(self, first: int, stop: int) -> ScoredWindow:
        candles = self._candles
        return ScoredWindow(
            candles=candles.slice(first, stop),
            history=candles.slice(0, first) if first else None,
            can_trade=tradeable(candles.volume[:stop])[first:],
            fill=usable_fill(candles, self._terms.fill),
            cash=self._terms.cash,
            costs=self._terms.costs,
            periods=periods_per_year(candles),
        )

    def _signs(self, rule: Rule) -> SignSeries:
        known = self._window(0, self._first) if self._first else None
        windows = self._window(self._first, len(self._candles)).choose_windows(
            None if known is None else known.candles,
            np.empty(0, np.bool_) if known is None else known.can_trade,
            rule,
        )
        signs = moving_average_signs(self._candles.close, *windows, rule)
        return SignSeries(signs[self._first :], windows)


def _conditions(agent: Agent, candles: Candles, terms: Terms, code_version: str) -> Conditions:
    manifest = agent.stored.manifest
    return Conditions(
        protocol="agent",
        agent=agent.id,
        agent_hash=agent.stored.agent_hash,
        short=agent.config.ladder.rungs[0] < 0.0,
        series=[candles],
        seeds=[int(manifest["seed"])],
        members=agent.config.members,
        steps=int(manifest["steps"]),
        config=agent.config.to_dict(),
        cash=terms.cash,
        costs=terms.costs,
        fill=terms.fill,
        draws=DRAWS,
        bootstrap_seed=BOOTSTRAP_SEED,
        code_version=code_version,
        command=None,
    )
