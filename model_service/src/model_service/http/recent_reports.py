"""Reports as they were answered last, for the page of a report that somebody has just read.

Evaluating takes seconds and is a look at unseen candles. A page of numbers that were shown already
is neither a new computation nor a new look. JSON is always computed: whoever runs a passport again
wants to see the numbers come out, not come back.
"""

from __future__ import annotations

import numpy as np
import orjson

from model_service.dqn.agent import Agent
from model_service.errors import PayloadTooLarge
from model_service.evaluation.backtest import Terms
from model_service.evaluation.bounded_cache import BoundedCache
from model_service.evaluation.evaluator import Evaluator
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.market.candles import Candles

MAX_BYTES = 32 * 1024 * 1024

Key = tuple[str, str, str, str, str, str | None, Terms]


class RecentReports:
    """An evaluator's reports as JSON, the last of them kept.

    Parameters
    ----------
    evaluator : Evaluator
    agents : LoadedAgents
        Those of the evaluator.
    code_version : str
        Part of every passport.
    max_unseen : int
        Most candles behind what the agent has seen.
    """

    def __init__(
        self, evaluator: Evaluator, agents: LoadedAgents, *, code_version: str, max_unseen: int
    ) -> None:
        self._evaluator = evaluator
        self._agents = agents
        self._code_version = code_version
        self._max_unseen = max_unseen
        self.cache: BoundedCache[Key, bytes] = BoundedCache(MAX_BYTES, len)

    def evaluate(self, agent_id: str, candles: Candles, terms: Terms) -> bytes:
        """A report made now.

        Raises
        ------
        AgentNotFound, CorruptAgent
            If the agent cannot be had.
        PayloadTooLarge
            If more candles are unseen than are resampled in the time of a request.
        """
        key = self._key(agent_id, candles, terms)
        content = self._make(agent_id, candles, terms)
        self.cache.keep(key, content)
        return content

    def recall(self, agent_id: str, candles: Candles, terms: Terms) -> bytes:
        """The report that :meth:`evaluate` gave last for the same, made now where there is none."""
        key = self._key(agent_id, candles, terms)
        return self.cache.get(key, lambda: self._make(agent_id, candles, terms))

    def _key(self, agent_id: str, candles: Candles, terms: Terms) -> Key:
        agent = self._agents.get(agent_id)
        self._require_bounded(agent, candles)
        identity = (
            candles.symbol,
            candles.data_hash,
            candles.price_basis,
            agent.sees(candles).news_hash,
        )
        return (agent_id, agent.stored.agent_hash, *identity, terms)

    def _require_bounded(self, agent: Agent, candles: Candles) -> None:
        seen = int(np.searchsorted(candles.time, agent.last_seen_time, side="right"))
        if len(candles) - seen > self._max_unseen:
            raise PayloadTooLarge(
                f"{len(candles) - seen:,} candles of {candles.symbol} are unseen, and an "
                f"evaluation takes at most {self._max_unseen:,}: give longer candles or fewer.",
                field="candles",
                limit=self._max_unseen,
            )

    def _make(self, agent_id: str, candles: Candles, terms: Terms) -> bytes:
        report = self._evaluator.evaluate(agent_id, candles, terms, code_version=self._code_version)
        return orjson.dumps(report, option=orjson.OPT_SERIALIZE_NUMPY)
