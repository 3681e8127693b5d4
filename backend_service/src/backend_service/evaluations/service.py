"""Evaluations of a symbol: asked of the model service once, then answered from the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from backend_service.answers import Answer, AnswerCache
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from backend_service.agents.service import AgentService
    from backend_service.evaluations.question import EvaluationQuestion
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import Series, SeriesHead
    from backend_service.model_client.generated import Agent
    from backend_service.model_client.service import ModelService
    from backend_service.telemetry import Metrics

Form = Literal["report", "page"]
"""The report as JSON, or as HTML that stands alone."""


class EvaluationService:
    """Answers with an agent's evaluation on a series.

    As with signals, the candles, their price basis, the agent's own hash and the question
    determine the answer and are the cache's key.
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
        self._hits = metrics.cache.labels("evaluations", "hit")
        self._misses = metrics.cache.labels("evaluations", "miss")

    async def report(self, symbol: str, question: EvaluationQuestion) -> Answer:
        """The report as JSON (schema ``EvaluationReport`` of the model service's contract)."""

        async def ask(series: Series) -> bytes:
            head = series.head
            return await self._model.evaluate(
                head.symbol, head.price_basis, series.candles, question
            )

        return await self._answer("report", symbol, question, ask)

    async def page(self, symbol: str, question: EvaluationQuestion) -> Answer:
        """The report as HTML that stands alone."""

        async def ask(series: Series) -> bytes:
            head = series.head
            return await self._model.evaluate_page(
                head.symbol, head.price_basis, series.candles, question
            )

        return await self._answer("page", symbol, question, ask)

    def recall(self, symbol: str, question: EvaluationQuestion) -> Answer | None:
        """What :meth:`report` would return without asking anybody, where it is at hand."""
        head = self._library.known_head(symbol, None)
        agent = self._agents.known(question.agent)
        if head is None or agent is None:
            return None
        return self._look_up(_key_of("report", head, agent, question))

    async def _answer(
        self,
        form: Form,
        symbol: str,
        question: EvaluationQuestion,
        ask: Callable[[Series], Awaitable[bytes]],
    ) -> Answer:
        head = await self._library.head(symbol, None)
        agent = await self._agents.one(question.agent)
        key = _key_of(form, head, agent, question)
        answer = self._look_up(key)
        if answer is not None:
            return answer
        self._misses.inc()

        async def run() -> Answer:
            answer = Answer.of(await ask(await self._library.load(symbol, None)))
            self._cache.put(key, answer)
            return answer

        return await self._runs.run(key, run)

    def _look_up(self, key: Hashable) -> Answer | None:
        answer = self._cache.get(key)
        if answer is not None:
            self._hits.inc()
        return answer


def _key_of(form: Form, head: SeriesHead, agent: Agent, question: EvaluationQuestion) -> Hashable:
    return (
        "evaluation",
        form,
        head.symbol,
        head.price_basis,
        head.data_hash,
        agent.id,
        agent.agent_hash,
        question,
    )
