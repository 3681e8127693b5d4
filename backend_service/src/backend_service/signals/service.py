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
        key: Hashable = (
            "signals",
            symbol,
            head.price_basis,
            head.data_hash,
            agent.agent_hash,
            question,
        )
        answer = self._cache.get(key)
        if answer is not None:
            self._hits.inc()
            return answer
        self._misses.inc()
        return await self._runs.run(key, lambda: self._run(key, symbol, question))

    async def _run(self, key: Hashable, symbol: str, question: SignalQuestion) -> Answer:
        series = await self._library.load(symbol, None)
        require_candles(series, question.limits)
        body = await self._model.predict(symbol, series.head.price_basis, series.candles, question)
        answer = Answer.of(body)
        self._cache.put(key, answer)
        return answer
