"""Units on disk: what was written comes back, and whatever else lies there does not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model_service.evaluation.protocols.unit import UnitResult
from model_service.experiments.evaluation_units import Unit, UnitStore

UNIT = Unit(2, 7)
NAME = "fold-002-seed-00007"


def result(train_excess: float | None = 0.1 + 0.2) -> UnitResult:
    table = np.random.default_rng(0).normal(size=(50, 2, 3)).astype(np.float32)
    table[0, 0, 0] = np.nan
    return UnitResult({"0700.HK": table, "A": table[:0]}, train_excess, 300)


@pytest.fixture
def store(tmp_path: Path) -> UnitStore:
    made = UnitStore(tmp_path / "work", "mine")
    made.save(UNIT, result())
    return made


@pytest.mark.parametrize("train_excess", [0.1 + 0.2, None])
def test_a_unit_comes_back_bit_for_bit(tmp_path: Path, train_excess: float | None) -> None:
    store = UnitStore(tmp_path / "deep" / "work", "mine")
    assert store.load(UNIT) is None
    store.checkpoint(UNIT).touch()
    written = result(train_excess)
    store.save(UNIT, written)
    read = UnitStore(store.folder, "mine").load(UNIT)
    assert read is not None
    assert (read.train_excess_sharpe, read.steps) == (train_excess, 300)
    assert read.tables.keys() == written.tables.keys()
    for name, table in written.tables.items():
        assert read.tables[name].tobytes() == table.tobytes()
        assert read.tables[name].shape == table.shape
    assert [path.name for path in store.folder.iterdir()] == [f"{NAME}.safetensors"]
    assert store.load(Unit(2, 8)) is None


def test_a_view_is_written_as_what_it_shows(store: UnitStore) -> None:
    table = np.arange(60, dtype=np.float32).reshape(10, 2, 3)[::-2]
    store.save(UNIT, UnitResult({"A": table}, None, 1))
    read = store.load(UNIT)
    assert read is not None
    np.testing.assert_array_equal(read.tables["A"], table)


def test_a_unit_of_another_evaluation_is_not_read(store: UnitStore) -> None:
    assert UnitStore(store.folder, "another").load(UNIT) is None


@pytest.mark.parametrize("damage", ["empty", "cut", "header", "bit", "text"])
def test_a_damaged_unit_is_not_read(store: UnitStore, damage: str) -> None:
    path = store.folder / f"{NAME}.safetensors"
    whole = bytearray(path.read_bytes())
    if damage == "bit":
        whole[-20] ^= 1
    path.write_bytes(
        {
            "empty": b"",
            "cut": bytes(whole[:-9]),
            "header": bytes(whole[:40]),
            "bit": bytes(whole),
            "text": b'{"fingerprint": "mine"}',
        }[damage]
    )
    assert store.load(UNIT) is None


def test_small_values_are_remembered_for_this_evaluation_alone(store: UnitStore) -> None:
    assert store.recall("looks") is None
    store.remember("looks", {"total": 3})
    assert store.recall("looks") == {"total": 3}
    assert UnitStore(store.folder, "another").recall("looks") is None
    (store.folder / "looks.json").write_text("{")
    assert store.recall("looks") is None


def test_a_folder_is_removed_with_all_that_a_killed_run_left(store: UnitStore) -> None:
    store.remember("looks", 1)
    for name in ("fold-000-seed-00000.checkpoint", f"{NAME}.1234.partial", "looks.partial"):
        (store.folder / name).touch()
    store.remove()
    assert not store.folder.exists()


def test_what_somebody_else_keeps_in_the_folder_stays(store: UnitStore) -> None:
    (store.folder / "notes.txt").write_text("mine")
    store.remove()
    assert [path.name for path in store.folder.iterdir()] == ["notes.txt"]
