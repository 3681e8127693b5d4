"""What a training leaves behind: read back as it was written, or refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.errors import ArtefactNotFound, CorruptDataset
from model_service.experiments.compute.unit_results import TrainingResult, read_result

RESULT = TrainingResult(
    tables={
        "A": np.arange(24, dtype=np.float32).reshape(4, 2, 3),
        "B.C": np.ones((1, 2, 3), dtype=np.float32),
    },
    weights=[np.full((place + 1, 2), place, dtype=np.float32) for place in range(12)],
    manifest={"name": "Ü", "nested": {"a": [1, None]}},
    train_excess_sharpe=0.1 + 0.2,
)
EMPTY = TrainingResult({}, (), {}, None)


@pytest.mark.parametrize("result", [RESULT, EMPTY])
def test_a_result_is_read_back_bit_for_bit(
    artefact_store: ArtefactStore, result: TrainingResult
) -> None:
    outcome = result.write(artefact_store, "train-1", 3)
    again = read_result(artefact_store, outcome)
    assert list(again.tables) == list(result.tables)
    for name, table in result.tables.items():
        np.testing.assert_array_equal(again.tables[name], table)
    assert len(again.weights) == len(result.weights)
    for one, other in zip(again.weights, result.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.manifest == result.manifest
    assert again.train_excess_sharpe == result.train_excess_sharpe
    assert again.numbers_hash == outcome["numbers_hash"] == result.numbers_hash


def test_other_numbers_lie_beside_and_the_same_ones_on_top(artefact_store: ArtefactStore) -> None:
    first = RESULT.write(artefact_store, "train-1", 3)
    assert RESULT.write(artefact_store, "train-1", 3) == first
    other = replace(RESULT, weights=RESULT.weights[:-1]).write(artefact_store, "train-1", 3)
    assert artefact_store.names("results/train-1") == sorted([first["result"], other["result"]])


def test_the_hash_is_of_the_numbers_and_their_places() -> None:
    others = [
        replace(RESULT, tables={"A": RESULT.tables["A"]}),
        replace(RESULT, tables={"A": RESULT.tables["A"], "D": RESULT.tables["B.C"]}),
        replace(RESULT, tables={**RESULT.tables, "A": RESULT.tables["A"].reshape(2, 4, 3)}),
        replace(RESULT, weights=RESULT.weights[::-1]),
        replace(RESULT, tables={**RESULT.tables, "A": RESULT.tables["A"] + np.float32(1e-6)}),
    ]
    assert len({one.numbers_hash for one in (RESULT, *others)}) == len(others) + 1
    swapped = replace(RESULT, tables=dict(reversed(RESULT.tables.items())))
    assert swapped.numbers_hash == RESULT.numbers_hash
    assert replace(RESULT, manifest={}).numbers_hash == RESULT.numbers_hash


@pytest.mark.parametrize("damage", ["empty", "torn", "one bit", "header", "another"])
def test_what_has_rotted_is_refused(artefact_store: ArtefactStore, damage: str) -> None:
    outcome = RESULT.write(artefact_store, "train-1", 3)
    content = bytearray(artefact_store.read(outcome["result"]))
    if damage == "one bit":
        content[-1] ^= 1
    if damage == "header":
        content[20] ^= 0x80
    another = replace(RESULT, weights=()).write(artefact_store, "train-1", 4)
    changed = {
        "empty": b"",
        "torn": content[:-5],
        "another": artefact_store.read(another["result"]),
    }.get(damage, content)
    artefact_store.write(outcome["result"], bytes(changed))
    with pytest.raises(CorruptDataset, match="results/train-1/3-"):
        read_result(artefact_store, outcome)


def test_a_result_that_is_gone_is_missing(artefact_store: ArtefactStore) -> None:
    outcome = RESULT.write(artefact_store, "train-1", 3)
    artefact_store.remove("results/train-1")
    with pytest.raises(ArtefactNotFound):
        read_result(artefact_store, outcome)
