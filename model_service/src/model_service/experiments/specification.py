"""What an experiment is: everything that fixes its result but the code, filled in and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import orjson

from model_service.errors import InvalidRequest
from model_service.experiments.canonical_json import canonical_json
from model_service.experiments.experiment_config import (
    ExperimentConfig,
    complete_config,
    default_steps,
    read_config,
    with_values,
)
from model_service.experiments.sweep_grid import Grid, grid_points, read_grid
from model_service.experiments.training_config import MAX_STEPS
from model_service.market.candles import PriceBasis

Kind = Literal["train", "evaluate", "walk-forward", "sweep"]

LONGEST_BUDGET_SECONDS = 7 * 86_400.0
MAX_SEEDS = 100
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class SpecifiedSeries:
    """Candles by their hash, and what the hash does not hold.

    Attributes
    ----------
    symbol : str
    data_hash : str
        SHA-256 (hex) of the whole series, of which the experiment may use a part.
    price_basis : {'raw', 'adjusted', 'mixed'}
    news_hash : str or None
        SHA-256 (hex) of the scored headlines that the agents may read.
    """

    symbol: str
    data_hash: str
    price_basis: PriceBasis
    news_hash: str | None = None


@dataclass(frozen=True)
class Specification:
    """What is done, with everything that was left out filled in.

    Attributes
    ----------
    kind : {'train', 'evaluate', 'walk-forward', 'sweep'}
    series : tuple of SpecifiedSeries
    agent : str or None
        Id, of evaluate alone.
    start, end : int or None
        First and last candle time that is used, epoch seconds; None for all.
    seeds : tuple of int
    steps : int or None
        Training steps of every unit; None where a budget stands instead, and for evaluate.
    budget_seconds : float or None
        Time for all units together, turned into steps when the experiment starts.
    config : mapping
        Plain values of an `ExperimentConfig`, complete.
    grid : Grid or None
        Of sweep alone.

    Raises
    ------
    InvalidRequest
        Naming the field that does not fit.
    """

    kind: Kind
    series: tuple[SpecifiedSeries, ...]
    config: Mapping[str, Any]
    agent: str | None = None
    start: int | None = None
    end: int | None = None
    seeds: tuple[int, ...] = (0,)
    steps: int | None = None
    budget_seconds: float | None = None
    grid: Grid | None = None

    def __post_init__(self) -> None:
        _check_series(self.series)
        _check_members(self)
        _check_training(self)
        _check_seeds(self.seeds)
        if self.start is not None and self.end is not None and self.start > self.end:
            raise InvalidRequest("`start` lies after `end`.", field="start")
        self.parts()

    def parts(self, point: Mapping[str, Any] | None = None) -> ExperimentConfig:
        """The configuration, with the values of a point of the grid where one is given."""
        return read_config(self.config if point is None else with_values(self.config, point))

    def points(self) -> list[dict[str, Any]]:
        """The points of the grid, in order; one without values where there is no grid."""
        return [{}] if self.grid is None else grid_points(self.grid)

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(one.symbol for one in self.series)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as `read_specification` takes them."""
        return orjson.loads(orjson.dumps(asdict(self)))  # type: ignore[no-any-return]

    def hash_with(self, code_version: str) -> str:
        """SHA-256 (hex): the same specification run by the same code has the same result."""
        plain = {"specification": self.to_dict(), "code_version": code_version}
        return hashlib.sha256(canonical_json(plain)).hexdigest()

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """What `to_dict` gave."""
        series = tuple(SpecifiedSeries(**one) for one in plain["series"])
        return cls(**{**plain, "series": series, "seeds": tuple(plain["seeds"])})


def specify(
    *,
    kind: Kind,
    series: Sequence[SpecifiedSeries],
    config: Mapping[str, Any],
    steps: int | None,
    budget_seconds: float | None,
    grid: Mapping[str, Any] | None,
    **others: Any,
) -> Specification:
    """A specification from what a person gave: defaults filled in, names and values checked."""
    complete = complete_config(config)
    if kind != "evaluate" and steps is None and budget_seconds is None:
        steps = default_steps()
    return Specification(
        kind=kind,
        series=tuple(series),
        config=complete,
        steps=steps,
        budget_seconds=budget_seconds,
        grid=None if grid is None else read_grid(grid, complete),
        **others,
    )


def _check_series(series: tuple[SpecifiedSeries, ...]) -> None:
    symbols = [one.symbol for one in series]
    for place, symbol in enumerate(symbols):
        if symbol in symbols[:place]:
            raise InvalidRequest(f"{symbol} is named twice.", field=f"series.{place}.symbol")


def _check_seeds(seeds: tuple[int, ...]) -> None:
    if not 1 <= len(seeds) <= MAX_SEEDS or len(set(seeds)) != len(seeds):
        raise InvalidRequest(
            f"`seeds` are 1 to {MAX_SEEDS} numbers, each once.", field="seeds", limit=MAX_SEEDS
        )
    for seed in seeds:
        if not 0 <= seed <= MAX_SEED:
            raise InvalidRequest(
                f"`seeds` has {seed}, not between 0 and {MAX_SEED}.", field="seeds", limit=MAX_SEED
            )


def _check_members(spec: Specification) -> None:
    """Members that belong to one kind alone."""
    if (spec.kind == "evaluate") != (spec.agent is not None):
        raise InvalidRequest(
            "`agent` is named for an experiment of the kind evaluate, and for no other.",
            field="agent",
        )
    if (spec.kind == "sweep") != (spec.grid is not None):
        raise InvalidRequest(
            "`grid` is given for an experiment of the kind sweep, and for no other.", field="grid"
        )


def _check_training(spec: Specification) -> None:
    if spec.kind == "evaluate":
        for name in ("steps", "budget_seconds"):
            if getattr(spec, name) is not None:
                raise InvalidRequest(
                    f"`{name}` has no meaning for evaluate, which trains nothing.", field=name
                )
        return
    if (spec.steps is None) == (spec.budget_seconds is None):
        raise InvalidRequest("Give either `steps` or `budget_seconds`.", field="budget_seconds")
    if spec.steps is not None and not 1 <= spec.steps <= MAX_STEPS:
        raise InvalidRequest(
            f"`steps` is {spec.steps}, not between 1 and {MAX_STEPS}.",
            field="steps",
            limit=MAX_STEPS,
        )
    budget = spec.budget_seconds
    if budget is not None and not 1.0 <= budget <= LONGEST_BUDGET_SECONDS:
        raise InvalidRequest(
            f"`budget_seconds` is {budget:g}, not between 1 s and {LONGEST_BUDGET_SECONDS:g} s, "
            "which is a week.",
            field="budget_seconds",
            limit=LONGEST_BUDGET_SECONDS,
        )
