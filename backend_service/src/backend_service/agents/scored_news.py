"""Scored headlines as an agent reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoredNews:
    """Scores of one version of one engine, in any order; as many as times.

    Attributes
    ----------
    engine, engine_version : str
    counts_from : sequence of int
        Time of the first candle whose decision may use the headline, epoch seconds UTC; none
        lies after the last candle.
    score : sequence of float
        Positive less negative probability.
    """

    engine: str
    engine_version: str
    counts_from: Sequence[int]
    score: Sequence[float]
