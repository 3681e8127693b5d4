"""Answers what an agent would have done with candles, and counts the look at unseen ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.agent import Agent
from model_service.errors import InvalidCandles
from model_service.evaluation.backtest import Backtest, Terms, run_backtest
from model_service.evaluation.bounded_cache import BoundedCache
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.evaluation.report import report_backtest
from model_service.evaluation.sealed import LookCounter, Looks, count_look
from model_service.market.candles import Candles, PriceBasis

MAX_Q_TABLE_BYTES = 128 * 2**20

QTableKey = tuple[str, str, PriceBasis, str | None]
"""Agent hash, data hash, price basis, hash of the news: all that a Q table depends on."""


@dataclass(frozen=True)
class Prediction:
    """A backtest with what was asked and the count of looks."""

    agent: Agent
    candles: Candles
    terms: Terms
    backtest: Backtest
    looks: Looks

    def report(self, code_version: str) -> dict[str, Any]:
        """The prediction as `PredictResponse` of the contract."""
        return report_backtest(
            self.agent,
            self.candles,
            self.terms,
            self.backtest,
            self.looks,
            code_version=code_version,
        )


class Predictor:
    """Runs agents on candles; Q tables are kept, so that other terms are only re-priced.

    Parameters
    ----------
    agents : LoadedAgents
    looks : LookCounter
        Where looks at unseen candles are counted.
    """

    def __init__(self, agents: LoadedAgents, looks: LookCounter) -> None:
        self._agents = agents
        self._looks = looks
        self.q_tables: BoundedCache[QTableKey, NDArray[np.float32]] = BoundedCache(
            MAX_Q_TABLE_BYTES, lambda table: table.nbytes
        )

    def predict(self, agent_id: str, candles: Candles, terms: Terms) -> Prediction:
        """Decide, fill, keep the books and measure.

        Raises
        ------
        AgentNotFound, CorruptAgent
            If the agent cannot be had.
        InvalidRequest
            If no candle lies in the window.
        InvalidCandles
            If the candles lead beyond the numbers that a ledger can hold.
        """
        agent = self._agents.get(agent_id)
        candles = agent.sees(candles)
        table = self.q_tables.get(
            (
                agent.stored.agent_hash,
                candles.data_hash,
                candles.price_basis,
                candles.news_hash,
            ),
            lambda: agent.q_table(candles),
        )
        # Absurd prices may overflow on the way; what comes of it is checked once, below.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            backtest = run_backtest(agent, candles, terms, table=table)
        _refuse_overflow(backtest)
        return Prediction(agent, candles, terms, backtest, count_look(self._looks, agent, backtest))


def _refuse_overflow(backtest: Backtest) -> None:
    for run in (backtest.run, *backtest.baselines.values()):
        metrics = run.metrics
        sums = (metrics.total_return_fraction, metrics.max_drawdown_fraction, metrics.costs_paid)
        if not (np.isfinite(run.ledger.net_worth).all() and np.isfinite(sums).all()):
            raise InvalidCandles(
                "The prices lead to amounts beyond what a number can hold.", field="close"
            )
