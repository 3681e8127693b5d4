"""Evaluations of a symbol: asked of the model service once, then answered from the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend_service.agents.answers import AgentAnswers

if TYPE_CHECKING:
    from backend_service.agents.question import AgentQuestion
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.agents.service import AgentService
    from backend_service.answers import Answer, AnswerCache
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import Series
    from backend_service.model_client.service import ModelService
    from backend_service.news.for_agents import AgentNews
    from backend_service.telemetry.metrics import Metrics


class EvaluationService:
    """Answers with an agent's evaluation on a series."""

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
        self._answers = AgentAnswers("evaluations", library, agents, news, cache, metrics)

    async def report(self, symbol: str, question: AgentQuestion) -> Answer:
        """The report as JSON (schema ``EvaluationReport`` of the model service's contract)."""

        async def ask(series: Series, news: ScoredNews | None) -> bytes:
            head = series.head
            return await self._model.evaluate(
                head.symbol, head.price_basis, series.candles, question, news
            )

        return await self._answers.answer(symbol, question, ask)

    async def page(self, symbol: str, question: AgentQuestion) -> Answer:
        """The report as HTML that stands alone."""

        async def ask(series: Series, news: ScoredNews | None) -> bytes:
            head = series.head
            return await self._model.evaluate_page(
                head.symbol, head.price_basis, series.candles, question, news
            )

        return await self._answers.answer(symbol, question, ask, "html")

    def recall(self, symbol: str, question: AgentQuestion) -> Answer | None:
        """What :meth:`report` would return without asking anybody, where it is at hand."""
        return self._answers.recall(symbol, question)
