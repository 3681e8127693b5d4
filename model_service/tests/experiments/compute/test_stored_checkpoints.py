"""Checkpoints in the artefact store: one place for each time that a unit was begun."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.dqn.trainer import TrainerState
from model_service.errors import ArtefactStoreUnavailable
from model_service.experiments.compute.stored_checkpoints import StoredCheckpoints


class FullStore(ArtefactStore):
    """A store that takes nothing."""

    def write(self, name: str, content: bytes) -> None:  # noqa: ARG002 - it takes nothing
        raise ArtefactStoreUnavailable("The artefact store is full.")


def state(step: int) -> TrainerState:
    return TrainerState(step, {"online.0": np.full((2, 3), step, dtype=np.float32)})


class Unit:
    """A unit that is begun with one fence after another."""

    def __init__(self, store: ArtefactStore) -> None:
        self.store = store
        self.notes: list[str] = []

    def begin(self, fence: int, *, unit: int = 0, every: float = 60.0) -> StoredCheckpoints:
        return StoredCheckpoints(
            self.store, "train-1", unit, fence, every_seconds=every, note=self.notes.append
        )


@pytest.fixture
def unit(artefact_store: ArtefactStore) -> Unit:
    return Unit(artefact_store)


def test_a_unit_goes_on_from_the_furthest_that_anyone_came(unit: Unit) -> None:
    assert unit.begin(1).load("run") is None
    assert unit.notes == []
    unit.begin(1).save(state(300), "run")
    unit.begin(2).save(state(100), "run")
    unit.begin(1, unit=1).save(state(900), "run")
    found = unit.begin(3).load("run")
    assert found is not None
    assert found.step == 300
    np.testing.assert_array_equal(found.arrays["online.0"], state(300).arrays["online.0"])
    assert unit.notes == ["Goes on from step 300."]


def test_a_checkpoint_of_another_run_is_not_taken(unit: Unit) -> None:
    unit.begin(1).save(state(300), "another")
    assert unit.begin(2).load("run") is None


def test_who_is_slower_does_not_overwrite_who_began_later(unit: Unit) -> None:
    first, second = unit.begin(1), unit.begin(2)
    second.save(state(500), "run")
    first.save(state(400), "run")
    found = unit.begin(3).load("run")
    assert found is not None
    assert found.step == 500


@pytest.mark.parametrize("damage", ["empty", "torn", "one bit", "other"])
def test_a_corrupt_one_is_left_aside_with_a_note(unit: Unit, damage: str) -> None:
    unit.begin(1).save(state(100), "run")
    unit.begin(2).save(state(300), "run")
    name = "checkpoints/train-1/0/2.safetensors"
    content = bytearray(unit.store.read(name))
    if damage == "one bit":
        content[-1] ^= 1
    changed = {"empty": b"", "torn": content[:-7], "one bit": content, "other": b"x" * 500}[damage]
    unit.store.write(name, bytes(changed))
    found = unit.begin(3).load("run")
    assert found is not None
    assert found.step == 100
    assert len(unit.notes) == 2
    assert name in unit.notes[0]
    assert unit.notes[0].endswith("It is left aside.")


def test_a_full_store_costs_a_checkpoint_and_not_the_training(tmp_path: Path) -> None:
    unit = Unit(FullStore(str(tmp_path / "artefacts")))
    checkpoints = unit.begin(1)
    checkpoints.save(state(1_200), "run")
    assert unit.notes == ["No checkpoint at step 1,200: The artefact store is full."]
    assert not checkpoints.is_due(1_201)


def test_a_checkpoint_is_due_after_a_while(tmp_path: Path) -> None:
    unit = Unit(ArtefactStore(str(tmp_path / "artefacts")))
    assert not unit.begin(1, every=1_000.0).is_due(50)
    often = unit.begin(1, every=1e-9)
    assert often.is_due(1)
