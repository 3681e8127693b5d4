"""Checkpoints of a training run: one safetensors file, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

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


def encode_state(state: TrainerState, fingerprint: str) -> bytes:
    """A state as the bytes of a safetensors file."""
    return save(
        {name: np.atleast_1d(array) for name, array in state.arrays.items()},
        metadata={
            "schema_version": str(SCHEMA_VERSION),
            "step": str(state.step),
            "fingerprint": fingerprint,
            "shapes": json.dumps({name: array.shape for name, array in state.arrays.items()}),
            "digest": _digest_of(state.arrays),
        },
    )


def decode_state(content: bytes, fingerprint: str, name: str) -> TrainerState | None:
    """A state from bytes; None where it belongs to another run.

    Raises
    ------
    CorruptAgent
        If the bytes cannot be read; the sentence tells their `name`.
    """
    try:
        metadata = read_metadata(content)
        if metadata.get("fingerprint") != fingerprint:
            return None
        shapes: dict[str, list[int]] = json.loads(metadata["shapes"])
        loaded = load(content)
        arrays: dict[str, NDArray[np.generic]] = {
            key: loaded[key].reshape(shape) for key, shape in shapes.items()
        }
        # One flipped bit would make other numbers of the run, and nobody would know.
        if _digest_of(arrays) != metadata["digest"]:
            raise ValueError("its content has changed")
        return TrainerState(int(metadata["step"]), arrays)
    except (SafetensorError, AttributeError, KeyError, ValueError, struct.error) as error:
        raise CorruptAgent(f"The checkpoint {name} cannot be read: {error}.") from error


def save_checkpoint(path: Path, state: TrainerState, fingerprint: str) -> None:
    """Write a state; an existing file is replaced atomically."""
    temporary = path.with_suffix(".partial")
    with temporary.open("wb") as file:
        file.write(encode_state(state, fingerprint))
        file.flush()
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
    return decode_state(path.read_bytes(), fingerprint, path.name)


def _digest_of(arrays: Mapping[str, NDArray[np.generic]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def read_metadata(content: bytes) -> dict[str, str]:
    """The metadata in a safetensors file's header, which the library reads from files alone.

    Raises
    ------
    ValueError, struct.error
        If there is no such header.
    """
    (length,) = struct.unpack_from("<Q", content)
    header: dict[str, dict[str, str]] = json.loads(content[8 : 8 + length])
    return header.get("__metadata__", {})
