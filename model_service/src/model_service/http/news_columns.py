"""Scored headlines as columns of JSON into arrays, as `News` of the contract."""

from __future__ import annotations

from typing import Any

import numpy as np

from model_service.errors import InvalidRequest, PayloadTooLarge
from model_service.market.news import ScoredNews

FIELD = "news"
COLUMNS = ("counts_from", "score")
MAX_HEADLINES = 1_000_000
MAX_TIME = 253_402_300_799


def empty_columns(columns: Any) -> Any:
    """The same object with empty columns, for whoever checks the rest of a request."""
    if not isinstance(columns, dict):
        return columns
    return {name: [] if name in COLUMNS else value for name, value in columns.items()}


def read_news(columns: dict[str, Any], engine: str, engine_version: str) -> ScoredNews:
    """Headlines from parsed JSON, checked a column at a time.

    Raises
    ------
    InvalidRequest
        If a column holds something that is no number, or they differ in length.
    PayloadTooLarge
        If there are more than `MAX_HEADLINES`.
    """
    times = _column("counts_from", columns, {int})
    scores = _column("score", columns, {int, float})
    far = next((index for index, time in enumerate(times) if abs(time) > MAX_TIME), None)
    if far is not None:
        raise InvalidRequest(
            f"Value {far + 1} of `{FIELD}.counts_from` is beyond the year 9999.",
            field=f"{FIELD}.counts_from",
            limit=MAX_TIME,
        )
    return ScoredNews.of(
        np.array(times, dtype=np.int64), np.array(scores, dtype=np.float64), engine, engine_version
    )


def _column(name: str, columns: dict[str, Any], kinds: set[type]) -> list[Any]:
    field = f"{FIELD}.{name}"
    values = columns[name]
    if not isinstance(values, list):
        raise InvalidRequest(f"`{field}` has to be a list of numbers.", field=field)
    if len(values) > MAX_HEADLINES:
        raise PayloadTooLarge(
            f"`{field}` has {len(values):,} values, more than {MAX_HEADLINES:,}.",
            field=field,
            limit=MAX_HEADLINES,
        )
    # JSON's true is an int in Python and would pass for 1.
    if not set(map(type, values)) <= kinds:
        index = next(index for index, value in enumerate(values) if type(value) not in kinds)
        raise InvalidRequest(
            f"Value {index + 1} of `{field}` is not {'a number' if float in kinds else 'a time'}.",
            field=field,
        )
    return values
