"""News on its way to the model service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backend_service.agents.scored_news import ScoredNews


def describe_news(news: ScoredNews) -> dict[str, Any]:
    """`news` as the contract's ``News``."""
    return {
        "engine": news.engine,
        "engine_version": news.engine_version,
        "counts_from": news.counts_from,
        "score": news.score,
    }
