"""Scored headlines as columns of JSON into arrays, as `News` of the contract."""

from __future__ import annotations

from typing import Any

from model_service.http.json_columns import read_numbers, read_times
from model_service.market.news import ScoredNews

FIELD = "news"
COLUMNS = ("counts_from", "score")
MAX_HEADLINES = 1_000_000


def empty_columns(columns: Any) -> Any:
    """The same object with empty columns, for whoever checks the rest of a request."""
    if not isinstance(columns, dict):
        return columns
    return {name: [] if name in COLUMNS else value for name, value in columns.items()}


def read_news(columns: dict[str, Any], engine: str, engine_version: str) -> ScoredNews:
    """Headlines from parsed JSON.

    Raises
    ------
    InvalidRequest
        If a column holds something that is no number or no time, or they differ in length.
    PayloadTooLarge
        If there are more than `MAX_HEADLINES`.
    """
    return ScoredNews.of(
        read_times(f"{FIELD}.counts_from", columns["counts_from"], MAX_HEADLINES),
        read_numbers(f"{FIELD}.score", columns["score"], MAX_HEADLINES),
        engine,
        engine_version,
    )
