"""What an agent makes of a series: computed once, then answered from the cache."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

from backend_service.answers import Answer, AnswerCache
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Hashable

    from backend_service.agents.question import AgentQuestion
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.agents.service import AgentService
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import Series, SeriesHead
    from backend_service.model_client.generated import Agent
    from backend_service.news.for_agents import AgentNews
    from backend_service.telemetry.metrics import Metrics

Compute = Callable[["Series", "ScoredNews | None"], Awaitable[bytes]]
"""Makes an answer of a series and of the news that the agent reads."""

Form = Literal["json", "html"]
"""How an answer is written."""


class AgentAnswers:
    """Answers of one kind about an agent on a series.

    An answer is determined by the candles, their price basis, the agent's own hash, the question
    and, for an agent that reads news, the version of the symbol's news; these are the cache's key,
    so a new upload, headline or default agent needs no invalidation.

    Parameters
    ----------
    kind : str
        What is answered, such as ``signals``; the label of hits and misses.
    library : SeriesLibrary
    agents : AgentService
    news : AgentNews
    cache : AnswerCache
        May be shared with other kinds.
    metrics : Metrics
    """

    def __init__(
        self,
        kind: str,
        library: SeriesLibrary,
        agents: AgentService,
        news: AgentNews,
        cache: AnswerCache,
        metrics: Metrics,
    ) -> None:
        self._kind = kind
        self._library = library
        self._agents = agents
        self._news = news
        self._cache = cache
        self._runs: SingleFlight[Answer] = SingleFlight()
        self._hits = metrics.cache.labels(kind, "hit")
        self._misses = metrics.cache.labels(kind, "miss")

    async def answer(
        self,
        symbol: str,
        question: AgentQuestion,
        compute: Compute,
        form: Form = "json",
    ) -> Answer:
        """The cached answer, or what `compute` makes of the series, once for all who wait."""
        head = await self._library.head(symbol, None)
        agent = await self._agents.one(question.agent)
        version = await self._news.version(head, agent)
        key = self._key_of(head, agent, version, question, form)
        answer = self._look_up(key)
        if answer is not None:
            return answer
        self._misses.inc()

        async def run() -> Answer:
            series = await self._library.load(symbol, None)
            news = await self._news.read(series.head, agent)
            answer = Answer.of(await compute(series, news))
            self._cache.put(key, answer)
            return answer

        return await self._runs.run(key, run)

    def recall(self, symbol: str, question: AgentQuestion, form: Form = "json") -> Answer | None:
        """What :meth:`answer` would return without asking anybody, where it is at hand."""
        head = self._library.known_head(symbol, None)
        agent = self._agents.known(question.agent)
        if head is None or agent is None:
            return None
        is_known, version = self._news.known_version(head, agent)
        if not is_known:
            return None
        return self._look_up(self._key_of(head, agent, version, question, form))

    def _look_up(self, key: Hashable) -> Answer | None:
        answer = self._cache.get(key)
        if answer is not None:
            self._hits.inc()
        return answer

    def _key_of(
        self,
        head: SeriesHead,
        agent: Agent,
        news_version: int | None,
        question: AgentQuestion,
        form: Form,
    ) -> Hashable:
        return (
            self._kind,
            form,
            head.symbol,
            head.price_basis,
            head.data_hash,
            agent.id,
            agent.agent_hash,
            news_version,
            question,
        )
