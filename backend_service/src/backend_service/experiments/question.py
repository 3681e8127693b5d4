"""What can be asked of experiments, on the way to the model service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.market_data.candles import PriceBasis
    from backend_service.market_data.ranges import TimeRange

ExperimentKind = Literal["train", "evaluate", "walk-forward", "sweep"]
ExperimentState = Literal["queued", "running", "cancelling", "cancelled", "failed", "done"]


@dataclass(frozen=True, slots=True)
class ExperimentSeries:
    """A symbol's candles, which the model service knows by their hash.

    Attributes
    ----------
    symbol, data_hash : str
    price_basis : {'raw', 'adjusted', 'mixed'}
    news : ScoredNews or None
        Where the agents of the experiment read news.
    """

    symbol: str
    data_hash: str
    price_basis: PriceBasis
    news: ScoredNews | None


@dataclass(frozen=True, slots=True)
class ExperimentQuestion:
    """An experiment that is asked for.

    Attributes
    ----------
    kind : {'train', 'evaluate', 'walk-forward', 'sweep'}
    series : sequence of ExperimentSeries
    limits : TimeRange
        Candle times that are used.
    seeds : sequence of int
    steps : int or None
        Training steps of every unit.
    budget_seconds : float or None
        Instead of steps: time for all units together.
    config : mapping
        What differs from the default configuration.
    grid : mapping or None
        Of a sweep: dotted names of the configuration, each with the values to try.
    agent : str or None
        Of an evaluation.
    name, idempotency_key : str or None
    """

    kind: ExperimentKind
    series: Sequence[ExperimentSeries]
    limits: TimeRange
    seeds: Sequence[int]
    steps: int | None
    budget_seconds: float | None
    config: Mapping[str, Any]
    grid: Mapping[str, Sequence[Any]] | None
    agent: str | None
    name: str | None
    idempotency_key: str | None
