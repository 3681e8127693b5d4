"""Headlines and their scores as they are shown: one by one, and candle by candle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backend_service.news.scores import Score, choose_score

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend_service.market_data.candles import Ints
    from backend_service.news.repository import StoredItem
    from backend_service.news.scores import EngineKey, ScoresByText
    from backend_service.news.sessions import CandleTiming


def describe_item(
    item: StoredItem, scores: ScoresByText, engine: EngineKey | None, timing: CandleTiming
) -> dict[str, Any]:
    """A headline in the form of the schema ``StoredNewsItem``."""
    score = choose_score(scores.get(item.text_key, ()), engine)
    return {
        "id": str(item.id),
        "headline": item.headline,
        "provider": item.provider,
        "source": item.source,
        "url": item.url,
        "published_at": item.published_at,
        "precision": item.precision,
        "counts_from": timing.counts_from(item.published_at, item.precision),
        "duplicates": item.duplicates,
        "sentiment": _describe_score(score) if score is not None else None,
    }


def tally_candles(
    times: Ints,
    first: int,
    items: Iterable[StoredItem],
    scores: ScoresByText,
    engine: EngineKey | None,
    timing: CandleTiming,
) -> dict[str, Any]:
    """The sentiment of candles in the form of the schema ``DailySentiment``.

    Parameters
    ----------
    times : int64 array
        Times of all candles up to the last one that is shown.
    first : int
        Place of the first one that is shown.
    items, scores, engine, timing
        Headlines, and what is known about them.
    """
    shown = len(times) - first
    counts = {name: [0] * shown for name in ("count", "positive", "negative", "neutral")}
    sums, scored = [0.0] * shown, [0] * shown
    for item in items:
        counts_from = timing.counts_from(item.published_at, item.precision)
        place = int(np.searchsorted(times, counts_from)) - first
        if not 0 <= place < shown:
            continue
        counts["count"][place] += 1
        score = choose_score(scores.get(item.text_key, ()), engine)
        if score is not None:
            counts[score.label][place] += 1
            sums[place] += score.score
            scored[place] += 1
    means = [
        max(-1.0, min(1.0, total / number)) if number else None
        for total, number in zip(sums, scored, strict=True)
    ]
    return {"time": np.ascontiguousarray(times[first:]), "score": means, **counts}


def _describe_score(score: Score) -> dict[str, Any]:
    return {
        "label": score.label,
        "positive": score.positive,
        "negative": score.negative,
        "neutral": score.neutral,
        "score": score.score,
        "engine": score.engine.name,
        "engine_version": score.engine.version,
    }
