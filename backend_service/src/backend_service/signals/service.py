"""Signals: asked of the model service once, then answered from the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.agents.answers import AgentAnswers
from backend_service.market_data.service import require_candles

if TYPE_CHECKING:
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.agents.service import AgentService
    from backend_service.answers import Answer, AnswerCache
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import Series
    from backend_service.model_client.service import ModelService
    from backend_service.news.for_agents import AgentNews
    from backend_service.signals.question import SignalQuestion
    from backend_service.telemetry.metrics import Metrics


class SignalService:
    """Answers with an agent's run over a series."""

    def __init__(
        self,
        library: SeriesLibrary,
        agents: AgentService,
        model: ModelService,
        news: AgentNews,
        cache: AnswerCache,
        metrics: Metrics,
    ) -> None:
        self._model = model
        self._answers = AgentAnswers("signals", library, agents, news, cache, metrics)

    async def answer(self, symbol: str, question: SignalQuestion) -> Answer:
        """The run as JSON (schema ``PredictResponse`` of the model service's contract)."""

        async def ask(series: Series, news: ScoredNews | None) -> bytes:
            require_candles(series, question.limits)
            head = series.head
            return await self._model.predict(
                head.symbol, head.price_basis, series.candles, question, news
            )

        return await self._answers.answer(symbol, question, ask)

    def recall(self, symbol: str, question: SignalQuestion) -> Answer | None:
        """What :meth:`answer` would return without asking anybody, where it is at hand."""
        return self._answers.recall(symbol, question)
