"""The original's sample of scored headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from backend_service.compat.schemas import SampleHeadline
from backend_service.errors import NotReady
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.news.items import to_headline
from backend_service.news.repository import NewsRepository
from backend_service.news.scores import ScoreRepository, choose_score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend_service.clock import Clock
    from backend_service.model_client.service import ModelService
    from backend_service.news.scores import EngineKey
    from backend_service.news.store import NewsStore
    from backend_service.providers.news import NewsProvider

SAMPLE_SIZE: Final = 30


class HeadlineSamples:
    """Answers with the newest headlines of all symbols, or invented ones where none is stored.

    Parameters
    ----------
    store : NewsStore
    engine : callable
        Tells which engine scores now.
    simulated : NewsProvider
        Invents headlines where none is stored.
    simulated_symbol : str
        What those are about.
    model : ModelService
    clock : Clock
    """

    def __init__(
        self,
        store: NewsStore,
        engine: Callable[[], EngineKey | None],
        simulated: NewsProvider,
        simulated_symbol: str,
        model: ModelService,
        clock: Clock,
    ) -> None:
        self._store = store
        self._engine = engine
        self._simulated = simulated
        self._simulated_symbol = simulated_symbol
        self._model = model
        self._clock = clock

    async def newest(self) -> list[SampleHeadline]:
        """At most 30 scored headlines, the newest first; never none.

        Raises
        ------
        ModelServiceError
            They have no scores yet and the model service gives none.
        NotReady
            There is no headline at all.
        """
        async with self._store.database.transaction() as session:
            items = await NewsRepository(session, LOCAL_OWNER).newest(self._clock(), SAMPLE_SIZE)
            scores = await ScoreRepository(session, LOCAL_OWNER).of_texts(
                [item.text_key for item in items]
            )
        engine = self._engine()
        chosen = [(item, choose_score(scores.get(item.text_key, ()), engine)) for item in items]
        sample = [
            SampleHeadline(
                Headline=item.headline,
                Positive=score.positive,
                Negative=score.negative,
                Neutral=score.neutral,
            )
            for item, score in chosen
            if score is not None
        ]
        return sample or await self._score(
            [item.headline for item in items] or await self._invent()
        )

    async def _invent(self) -> list[str]:
        symbol = self._simulated_symbol
        answer = await self._simulated.fetch(symbol, etag=None, last_modified=None)
        newest = sorted(answer.items, key=lambda item: item.published_at, reverse=True)
        headlines = [to_headline(symbol, "simulated", item) for item in newest[:SAMPLE_SIZE]]
        return [headline.text for headline in headlines if headline is not None]

    async def _score(self, texts: Sequence[str]) -> list[SampleHeadline]:
        if not texts:
            raise NotReady("There is no headline to show yet.", {"news": "nothing is stored"})
        answer = await self._model.score_texts(texts, "lite")
        return [
            SampleHeadline(
                Headline=text,
                Positive=score.positive,
                Negative=score.negative,
                Neutral=score.neutral,
            )
            for text, score in zip(texts, answer.scores, strict=True)
        ]
