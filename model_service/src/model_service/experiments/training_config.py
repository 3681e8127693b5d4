"""The TOML file of a training run: the agent's configuration, steps, where the windows end."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_service.dqn.config import AgentConfig
from model_service.errors import InvalidRequest
from model_service.evaluation.splits import Split, split_by_fraction
from model_service.experiments.candle_files import end_of_day
from model_service.market.candles import Candles

DEFAULT_STEPS = 10_000
MAX_STEPS = 100_000_000


@dataclass(frozen=True)
class SplitConfig:
    """Ends of the windows: as dates (inclusive), or as fractions of the candles."""

    train_end: dt.date | None = None
    validation_end: dt.date | None = None
    train_fraction: float = 0.7
    validation_fraction: float = 0.15

    def __post_init__(self) -> None:
        if (self.train_end is None) != (self.validation_end is None):
            raise InvalidRequest(
                "`split` needs both train_end and validation_end, or neither.", field="split"
            )
        fractions = (self.train_fraction, self.validation_fraction)
        if min(fractions) <= 0.0 or sum(fractions) > 1.0:
            raise InvalidRequest(
                "`split` fractions are above 0 and add up to 1 at most.", field="split", limit=1.0
            )

    def of(self, series: Sequence[Candles]) -> Split:
        """The split of these candles."""
        if self.train_end is None or self.validation_end is None:
            return split_by_fraction(series, self.train_fraction, self.validation_fraction)
        return Split(end_of_day(self.train_end), end_of_day(self.validation_end))


@dataclass(frozen=True)
class TrainingConfig:
    """What a training run is but its data and its seed.

    Attributes
    ----------
    agent : AgentConfig
    split : SplitConfig
    steps : int
        Training steps of every member.
    """

    agent: AgentConfig = field(default_factory=AgentConfig)
    split: SplitConfig = field(default_factory=SplitConfig)
    steps: int = DEFAULT_STEPS

    def __post_init__(self) -> None:
        whole = isinstance(self.steps, int) and not isinstance(self.steps, bool)
        if not whole or not 1 <= self.steps <= MAX_STEPS:
            raise InvalidRequest(
                f"`steps` is {self.steps}, not a whole number from 1 to {MAX_STEPS}.",
                field="steps",
                limit=MAX_STEPS,
            )


def read_training_config(path: Path) -> TrainingConfig:
    """Read a TOML file with `steps`, what `AgentConfig` knows and the section `[split]`.

    Raises
    ------
    InvalidRequest
        If it is no TOML, or names or values are not known; `field` says which.
    """
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text())
    except OSError as error:
        raise InvalidRequest(f"There is no file {path.name!r}.", field="config") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"{path.name} is not valid TOML: {error}.", field="config") from error
    section = values.pop("split", {})
    steps = values.pop("steps", DEFAULT_STEPS)
    try:
        split = SplitConfig(**section)
    except TypeError as error:
        raise InvalidRequest(f"Section `split` is not valid: {error}.", field="split") from error
    return TrainingConfig(AgentConfig.from_dict(values), split, steps)
