from pathlib import Path

import numpy as np
import pytest

from model_service.dqn.checkpoint import load_checkpoint, save_checkpoint
from model_service.dqn.trainer import TrainerState
from model_service.errors import CorruptAgent

STATE = TrainerState(
    12,
    {
        "online.0": np.arange(6, dtype=np.float32).reshape(2, 3),
        "optimizer.0": np.array(12, dtype=np.int64),
    },
)


def test_a_state_comes_back_with_its_shapes_and_types(tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    save_checkpoint(path, STATE, "abc")
    state = load_checkpoint(path, "abc")
    assert state is not None
    assert state.step == 12
    for name, array in STATE.arrays.items():
        np.testing.assert_array_equal(state.arrays[name], array)
        assert state.arrays[name].shape == array.shape
        assert state.arrays[name].dtype == array.dtype
    assert [file.name for file in tmp_path.iterdir()] == ["run.checkpoint"]


def test_a_checkpoint_of_another_run_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    save_checkpoint(path, STATE, "abc")
    assert load_checkpoint(path, "def") is None
    assert load_checkpoint(tmp_path / "none", "abc") is None


@pytest.mark.parametrize("size", [0, 7, 200])
def test_a_torn_checkpoint_is_named(tmp_path: Path, size: int) -> None:
    path = tmp_path / "run.checkpoint"
    save_checkpoint(path, STATE, "abc")
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(CorruptAgent, match=r"run\.checkpoint"):
        load_checkpoint(path, "abc")
