"""Queries on the stored scores of headlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, exists, select, update

from backend_service.news.repository import insert_missing
from backend_service.news.tables import NewsItemRow, NewsScoreRow, NewsSymbolRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_service.model_client.generated import SentimentScore


@dataclass(frozen=True, slots=True)
class EngineKey:
    """One version of one engine: the same text gets the same score from it."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Score:
    """What one version of one engine makes of a text."""

    engine: EngineKey
    label: str
    positive: float
    negative: float
    neutral: float
    score: float
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class Unscored:
    """A text that has no score yet."""

    text_key: str
    text: str


_COLUMNS = (
    NewsScoreRow.text_key,
    NewsScoreRow.engine,
    NewsScoreRow.engine_version,
    NewsScoreRow.label,
    NewsScoreRow.positive,
    NewsScoreRow.negative,
    NewsScoreRow.neutral,
    NewsScoreRow.score,
    NewsScoreRow.scored_at,
)

ScoresByText = dict[str, list[Score]]
"""The scores of every text by its key."""


class ScoreRepository:
    """Stored scores of one owner, within the transaction of `session`."""

    def __init__(self, session: AsyncSession, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    async def of_symbol(
        self, symbol: str, start: datetime | None = None, end: datetime | None = None
    ) -> ScoresByText:
        """All scores of the headlines of `symbol`, of those published in that time."""
        keys = select(NewsItemRow.text_key).where(
            NewsItemRow.owner_id == self._owner_id, NewsItemRow.symbol == symbol
        )
        if start is not None:
            keys = keys.where(NewsItemRow.published_at >= start)
        if end is not None:
            keys = keys.where(NewsItemRow.published_at <= end)
        return _by_text(
            await self._session.execute(
                select(*_COLUMNS).where(
                    NewsScoreRow.owner_id == self._owner_id, NewsScoreRow.text_key.in_(keys)
                )
            )
        )

    async def of_texts(self, text_keys: Sequence[str]) -> ScoresByText:
        """All scores of these texts, at most some thousands."""
        return _by_text(
            await self._session.execute(
                select(*_COLUMNS).where(
                    NewsScoreRow.owner_id == self._owner_id, NewsScoreRow.text_key.in_(text_keys)
                )
            )
        )

    async def missing(
        self, symbol: str, engine: EngineKey | None, until: datetime, limit: int
    ) -> list[Unscored]:
        """Headlines of `symbol` without a score of `engine`, or of any where it is None.

        Those published by `until` come first, the newest of them in front.
        """
        scored = exists().where(
            NewsScoreRow.owner_id == self._owner_id,
            NewsScoreRow.text_key == NewsItemRow.text_key,
        )
        if engine is not None:
            scored = scored.where(
                NewsScoreRow.engine == engine.name, NewsScoreRow.engine_version == engine.version
            )
        rows = await self._session.execute(
            select(NewsItemRow.text_key, NewsItemRow.headline)
            .where(NewsItemRow.owner_id == self._owner_id, NewsItemRow.symbol == symbol, ~scored)
            .order_by(
                case((NewsItemRow.published_at <= until, 0), else_=1),
                NewsItemRow.published_at.desc(),
            )
            .limit(limit)
        )
        return [Unscored(*pair) for pair in {row.text_key: tuple(row) for row in rows}.values()]

    async def save(
        self, engine: EngineKey, scores: Mapping[str, SentimentScore], scored_at: datetime
    ) -> None:
        """Keep scores by text key, and say of every symbol that has such a text that it changed."""
        known = await self._session.scalars(
            select(NewsScoreRow.text_key).where(
                NewsScoreRow.owner_id == self._owner_id,
                NewsScoreRow.engine == engine.name,
                NewsScoreRow.engine_version == engine.version,
                NewsScoreRow.text_key.in_(list(scores)),
            )
        )
        new = scores.keys() - set(known)
        rows = [self._describe(engine, key, scores[key], scored_at) for key in sorted(new)]
        if not rows:
            return
        await insert_missing(self._session, NewsScoreRow, rows)
        told = select(NewsItemRow.symbol).where(
            NewsItemRow.owner_id == self._owner_id, NewsItemRow.text_key.in_(new)
        )
        await self._session.execute(
            update(NewsSymbolRow)
            .where(NewsSymbolRow.owner_id == self._owner_id, NewsSymbolRow.symbol.in_(told))
            .values(version=NewsSymbolRow.version + 1)
            .execution_options(synchronize_session=False)
        )

    def _describe(
        self, engine: EngineKey, text_key: str, score: SentimentScore, scored_at: datetime
    ) -> dict[str, object]:
        return {
            "owner_id": self._owner_id,
            "text_key": text_key,
            "engine": engine.name,
            "engine_version": engine.version,
            "label": score.label,
            "positive": score.positive,
            "negative": score.negative,
            "neutral": score.neutral,
            "score": score.score,
            "scored_at": scored_at,
        }


def choose_score(scores: Iterable[Score], engine: EngineKey | None) -> Score | None:
    """The score that is shown: that of the engine which scores now, else the newest."""
    best: Score | None = None
    for score in scores:
        if score.engine == engine:
            return score
        if best is None or score.scored_at > best.scored_at:
            best = score
    return best


def _by_text(rows: Iterable[Row[*tuple[Any, ...]]]) -> ScoresByText:
    found: ScoresByText = {}
    for row in rows:
        found.setdefault(row.text_key, []).append(
            Score(
                engine=EngineKey(row.engine, row.engine_version),
                label=row.label,
                positive=row.positive,
                negative=row.negative,
                neutral=row.neutral,
                score=row.score,
                scored_at=row.scored_at,
            )
        )
    return found
