"""The news that an agent reads: scores of one engine version, on the clock of its candles."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from backend_service.agents.scored_news import ScoredNews
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.news.items import news_symbol
from backend_service.news.repository import NewsRepository
from backend_service.news.scores import ScoreRepository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backend_service.clock import Clock
    from backend_service.market_data.series import SeriesHead
    from backend_service.model_client.generated import Agent
    from backend_service.news.repository import StoredItem
    from backend_service.news.scores import EngineKey, Score, ScoresByText
    from backend_service.news.scoring import HeadlineScorer
    from backend_service.news.sessions import CandleTiming
    from backend_service.news.store import NewsStore
    from backend_service.news.timing import SeriesTiming


class AgentNews:
    """Stored, scored headlines for agents that read them; nothing for those that do not."""

    def __init__(
        self, store: NewsStore, scorer: HeadlineScorer, timings: SeriesTiming, clock: Clock
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._timings = timings
        self._clock = clock

    async def version(self, head: SeriesHead, agent: Agent) -> int | None:
        """What an answer of `agent` about that series depends on beside the candles."""
        if not agent.reads_news:
            return None
        news = await self._store.head(news_symbol(head.symbol))
        self._scorer.consider(news, self._clock())
        return news.version or 0

    def known_version(self, head: SeriesHead, agent: Agent) -> tuple[bool, int | None]:
        """Whether :meth:`version` is known without asking anybody, and what it is."""
        if not agent.reads_news:
            return True, None
        news = self._store.known_head(news_symbol(head.symbol))
        return (False, None) if news is None else (True, news.version or 0)

    async def read(self, head: SeriesHead, agent: Agent) -> ScoredNews | None:
        """All scored headlines that count by the last candle of that series."""
        if not agent.reads_news:
            return None
        (news,) = await self.read_together([(head, head.end)], agent.sentiment_engine)
        return news

    async def read_together(
        self, series: Sequence[tuple[SeriesHead, int]], trained_on: str | None
    ) -> list[ScoredNews | None]:
        """Scored headlines of several series, of one engine version for all; in order.

        Parameters
        ----------
        series : sequence of (SeriesHead, int)
            Each with the time of a candle, epoch seconds UTC, by which its headlines count.
        trained_on : str or None
            Name and version of the engine to be preferred, with a space between them.

        Returns
        -------
        list of ScoredNews or None
            None for all where nothing is scored.
        """
        items: list[list[StoredItem]] = []
        scores: ScoresByText = {}
        async with self._store.database.transaction() as session:
            for head, _ in series:
                symbol = news_symbol(head.symbol)
                items.append(await NewsRepository(session, LOCAL_OWNER).published(symbol))
                scores |= await ScoreRepository(session, LOCAL_OWNER).of_symbol(symbol)
        engine = choose_engine([item for some in items for item in some], scores, trained_on)
        if engine is None:
            return [None] * len(series)
        return [
            _choose(await self._timings.of(head), some, scores, engine, last)
            for (head, last), some in zip(series, items, strict=True)
        ]


def _choose(
    timing: CandleTiming,
    items: list[StoredItem],
    scores: ScoresByText,
    engine: EngineKey,
    last: int,
) -> ScoredNews:
    counts_from, score = [], []
    for item in items:
        found = next((s for s in scores.get(item.text_key, ()) if s.engine == engine), None)
        candle = timing.counts_from(item.published_at, item.precision)
        if found is not None and candle <= last:
            counts_from.append(candle)
            score.append(found.score)
    return ScoredNews(engine.name, engine.version, counts_from, score)


def choose_engine(
    items: list[StoredItem], scores: ScoresByText, trained_on: str | None
) -> EngineKey | None:
    """The one engine version whose scores are used; None where nothing is scored.

    The one that the agent was trained on, where it scored everything; else the one that scored
    most, the newest of several. So a change of engine takes effect when it is complete.

    Parameters
    ----------
    items : list of StoredItem
    scores : dict of str to list of Score
        By text key.
    trained_on : str or None
        Name and version of an engine with a space between them.
    """
    counts: dict[EngineKey, int] = defaultdict(int)
    newest: dict[EngineKey, datetime] = {}
    for item in items:
        for score in scores.get(item.text_key, ()):
            counts[score.engine] += 1
            newest[score.engine] = _later(score, newest.get(score.engine))
    for engine, count in counts.items():
        if count == len(items) and f"{engine.name} {engine.version}" == trained_on:
            return engine
    return max(counts, key=lambda engine: (counts[engine], newest[engine]), default=None)


def _later(score: Score, other: datetime | None) -> datetime:
    return score.scored_at if other is None else max(score.scored_at, other)
