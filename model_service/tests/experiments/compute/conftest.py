"""Orders of units on candles that are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.specification import Specification, SpecifiedSeries

Stocked = tuple[ArtefactStore, tuple[SpecifiedSeries, ...]]


@pytest.fixture
def make_order(
    stocked: Stocked, make_specification: Callable[..., Specification], tmp_path: Path
) -> Callable[..., UnitOrder]:
    """``make_order("train", seed=3)``: of an experiment on one series of 500 candles."""
    store, series = stocked

    def make(task: str = "train", spec: Specification | None = None, **others: Any) -> UnitOrder:
        spec = spec or make_specification(series=series[:1])
        values: dict[str, Any] = {
            "experiment_id": "train-1",
            "name": "Mine",
            "unit": 0,
            "fence": 1,
            "task": task,
            "specification": spec.to_dict(),
            "seed": 3,
            "fold": None,
            "point": {},
            "steps": spec.steps,
            "created_at": 1_750_000_000.0,
            "code_version": "1",
            "artefacts_url": store.url,
            "agents_dir": str(tmp_path / "agents"),
            "checkpoint_seconds": 60.0,
            "side_by_side": 2,
        }
        return UnitOrder(**values | others)

    return make
