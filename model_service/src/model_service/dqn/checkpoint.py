"""Checkpoints of a training run: one safetensors file, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from model_service.dqn.config import AgentConfig
from model_service.dqn.samples import TrainingSet
from model_service.dqn.trainer import TrainerState
from model_service.errors import CorruptAgent

SCHEMA_VERSION = 1


def run_fingerprint(config: AgentConfig, data: TrainingSet, seed: int) -> str:
    """SHA-256 of what fixes a run; a checkpoint of another run is refused by it."""
    digest = hashlib.sha256(json.dumps(config.to_dict(), sort_keys=True).encode())
    digest.update(str(seed).encode())
    for array in (data.features, data.rewards, data.samples):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def save_checkpoint(path: Path, state: TrainerState, fingerprint: str) -> None:
    """Write a state; an existing file is replaced atomically."""
    temporary = path.with_suffix(".partial")
    save_file(
        {name: np.atleast_1d(array) for name, array in state.arrays.items()},
        temporary,
        metadata={
            "schema_version": str(SCHEMA_VERSION),
            "step": str(state.step),
            "fingerprint": fingerprint,
            "shapes": json.dumps({name: array.shape for name, array in state.arrays.items()}),
        },
    )
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def load_checkpoint(path: Path, fingerprint: str) -> TrainerState | None:
    """Read a state back; None where there is none or it belongs to another run.

    Raises
    ------
    CorruptAgent
        If the file is there and cannot be read.
    """
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            metadata: dict[str, str] = file.metadata() or {}
            if metadata.get("fingerprint") != fingerprint:
                return None
            shapes: dict[str, list[int]] = json.loads(metadata["shapes"])
            arrays: dict[str, NDArray[np.generic]] = {
                name: file.get_tensor(name).reshape(shape) for name, shape in shapes.items()
            }
            return TrainerState(int(metadata["step"]), arrays)
    except (SafetensorError, KeyError, ValueError) as error:
        raise CorruptAgent(f"The checkpoint {path.name} cannot be read: {error}.") from error
