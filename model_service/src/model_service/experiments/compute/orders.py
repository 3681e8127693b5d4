"""What a unit is made from: plain values, so that any process on any machine can make it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import orjson

from model_service.experiments.records.units import Task
from model_service.experiments.specification import Specification


@dataclass(frozen=True)
class FinishedUnit:
    """A unit whose outcome is committed, as the assessment reads it."""

    unit: int
    task: Task
    seed: int | None
    fold: int | None
    point: Mapping[str, Any]
    outcome: Mapping[str, Any]


@dataclass(frozen=True)
class UnitOrder:
    """One unit of work.

    Attributes
    ----------
    experiment_id : str
    name : str
        Of the experiment, for people.
    unit : int
        Index within the experiment.
    fence : int
        How often it was begun: part of the names of what it writes on the way.
    task : Task
    specification : mapping
        As `Specification.to_dict` gives it.
    seed, fold : int or None
    point : mapping
        Values of the grid by dotted name.
    steps : int or None
        Of training.
    created_at : float
        Of the experiment, epoch seconds: what is written into manifests.
    code_version : str
    artefacts_url : str
    agents_dir : str
        Folder of agents beside those of the artefact store.
    checkpoint_seconds : float
        Longest time between two checkpoints.
    side_by_side : int
        Units of an experiment that run at once, for the budget.
    units : sequence of FinishedUnit
        Of assess: everything before it.
    looks : mapping or None
        Of assess: the look that it is given.
    log_fields : mapping
        What each log line about it says, besides the experiment and the unit.
    """

    experiment_id: str
    name: str
    unit: int
    fence: int
    task: Task
    specification: Mapping[str, Any]
    seed: int | None
    fold: int | None
    point: Mapping[str, Any]
    steps: int | None
    created_at: float
    code_version: str
    artefacts_url: str
    agents_dir: str
    checkpoint_seconds: float
    side_by_side: int
    units: Sequence[FinishedUnit] = ()
    looks: Mapping[str, Any] | None = None
    log_fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def spec(self) -> Specification:
        """The specification, checked anew."""
        return Specification.from_dict(self.specification)

    def encode(self) -> bytes:
        """As JSON on one line."""
        return orjson.dumps(asdict(self))

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """What `encode` gave."""
        plain: dict[str, Any] = orjson.loads(content)
        units = tuple(FinishedUnit(**one) for one in plain.pop("units"))
        return cls(**plain, units=units)
