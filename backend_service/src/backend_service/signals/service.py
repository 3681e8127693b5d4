"""Signals: asked of the model service once, then answered from the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.answers import Answer, AnswerCache
from backend_service.market_data.service import require_candles
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Hashable

    from backend_service.agents.service import AgentService
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import SeriesHead
    from backend_service.model_client.generated import Agent
    from backend_service.model_client.service import ModelService
    from backend_service.signals.question import SignalQuestion
    from backend_service.telemetry import Metrics


class SignalService:
    """Answers with an agent's run over a series.

    A run is determined by the candles, their price basis, the agent's own hash and the question;
    these are the cache's key, so a new upload or a new default agent needs no invalidation.
    """

    def __init__(
        self,
        library: SeriesLibrary,
        agents: AgentService,
        model: ModelService,
        cache: AnswerCache,
        metrics: Metrics,
    ) -> None:
        self._library = library
        self._agents = agents
        self._model = model
        self._cache = cache
        self._runs: SingleFlight[Answer] = SingleFlight()
        self._hits = metrics.cache.labels("signals", "hit")
        self._misses = metrics.cache.labels("signals", "miss")

    async def answer(self, symbol: str, question: SignalQuestion) -> Answer:
        """The run as JSON (schema ``PredictResponse`` of the model service's contract)."""
        head = await self._library.head(symbol, None)
        agent = await self._agents.one(question.agent)
        key = _key_of(head, agent, question)
        answer = self._look_up(key)
        if answer is not None:
            return answer
        self._misses.inc()
        return await self._runs.run(key, lambda: self._run(key, symbol, question))

    def recall(self, symbol: str, question: SignalQuestion) -> Answer | None:
        """What :meth:`answer` would return without asking anybody, where it is at hand."""
        head = self._library.known_head(symbol, None)
        agent = self._agents.known(question.agent)
        if head is None or agent is None:
            return None
        return self._look_up(_key_of(head, agent, question))

    def _look_up(self, key: Hashable) -> Answer | None:
        answer = self._cache.get(key)
        if answer is not None:
            self._hits.inc()
        return answer

    async def _run(self, key: Hashable, symbol: str, question: SignalQuestion) -> Answer:
        series = await self._library.load(symbol, None)
        require_candles(series, question.limits)
        head = series.head
        body = await self._model.predict(head.symbol, head.price_basis, series.candles, question)
        answer = Answer.of(body)
        self._cache.put(key, answer)
        return answer


def _key_of(head: SeriesHead, agent: Agent, question: SignalQuestion) -> Hashable:
    return (
        "signals",
        head.symbol,
        head.price_basis,
        head.data_hash,
        agent.id,
        agent.agent_hash,
        question,
    )
