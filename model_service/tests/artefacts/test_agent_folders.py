"""Agents as folders: written whole or not at all, and never trusted blindly."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_service.artefacts.agents import (
    MANIFEST,
    WEIGHTS,
    check_agent_folder,
    read_agent,
    write_agent,
)
from model_service.errors import CorruptAgent, InvalidRequest

WEIGHT_ARRAYS = [np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros(3, np.float32)]


def write(folder: Path, **manifest: Any) -> None:
    write_agent(folder, manifest, WEIGHT_ARRAYS)


def test_an_agent_comes_back_as_it_was(tmp_path: Path) -> None:
    write(tmp_path / "mine", seed=3)
    stored = read_agent(tmp_path / "mine")
    assert stored.id == "mine"
    assert stored.manifest["seed"] == 3
    for expected, array in zip(WEIGHT_ARRAYS, stored.weights(), strict=True):
        np.testing.assert_array_equal(array, expected)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_writing_again_replaces_the_agent_and_its_hash(tmp_path: Path) -> None:
    write(tmp_path / "mine", seed=3)
    first = read_agent(tmp_path / "mine").agent_hash
    write(tmp_path / "mine", seed=4)
    assert read_agent(tmp_path / "mine").manifest["seed"] == 4
    assert read_agent(tmp_path / "mine").agent_hash != first
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter").write_text("one")
    with pytest.raises(InvalidRequest):
        write(tmp_path / "thesis")
    assert (tmp_path / "thesis" / "chapter").read_text() == "one"


def test_a_folder_that_cannot_be_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    for folder in (tmp_path / "file", tmp_path / "file" / "agent"):
        with pytest.raises(InvalidRequest) as refusal:
            check_agent_folder(folder)
        assert refusal.value.field == "agent"
    check_agent_folder(tmp_path / "new" / "agent")
    assert (tmp_path / "new").is_dir()


@pytest.mark.parametrize("name", ["Upper", "has space", "..", "ä"])
def test_names_that_are_no_ids_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidRequest):
        write(tmp_path / "x" / name)


def test_altered_weights_are_noticed(tmp_path: Path) -> None:
    write(tmp_path / "mine")
    path = tmp_path / "mine" / WEIGHTS
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(CorruptAgent):
        read_agent(tmp_path / "mine").weights()


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"schema_version": 99, "files": {"weights.safetensors": "0"}}']
)
def test_a_broken_manifest_is_named(tmp_path: Path, content: str) -> None:
    write(tmp_path / "mine")
    (tmp_path / "mine" / MANIFEST).write_text(content)
    with pytest.raises(CorruptAgent, match="mine"):
        read_agent(tmp_path / "mine")
