"""What a training leaves behind: weights and Q-values in one safetensors file of the store."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from model_service.artefacts.store import ArtefactStore
from model_service.dqn.checkpoint import read_metadata
from model_service.errors import CorruptDataset
from model_service.experiments.artefact_names import result_name

SCHEMA_VERSION = 1

_TABLE = "table."
_WEIGHTS = "weights."


@dataclass(frozen=True)
class TrainingResult:
    """A trained network.

    Attributes
    ----------
    tables : mapping of str to float32 array, shape (n, rungs, actions)
        Q-values on the test candles, by symbol; empty where there are none.
    weights : sequence of float32 arrays
        Empty where no agent is made of it.
    manifest : mapping
        Of the agent, without its id; empty where no agent is made of it.
    train_excess_sharpe : float or None
    """

    tables: Mapping[str, NDArray[np.float32]]
    weights: Sequence[NDArray[np.float32]]
    manifest: Mapping[str, Any]
    train_excess_sharpe: float | None

    @property
    def numbers_hash(self) -> str:
        """SHA-256 (hex) over all weights and Q-values."""
        digest = hashlib.sha256()
        for name, array in self._arrays().items():
            digest.update(f"{name}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array, dtype="<f4").tobytes())
        return digest.hexdigest()

    def _arrays(self) -> dict[str, NDArray[np.float32]]:
        tables = {f"{_TABLE}{name}": self.tables[name] for name in sorted(self.tables)}
        weights = {f"{_WEIGHTS}{place}": array for place, array in enumerate(self.weights)}
        return {name: np.ascontiguousarray(array) for name, array in {**tables, **weights}.items()}

    def write(self, store: ArtefactStore, experiment_id: str, unit: int) -> dict[str, Any]:
        """Write it under a name made of its numbers; what an outcome says of it."""
        numbers_hash = self.numbers_hash
        name = result_name(experiment_id, unit, numbers_hash)
        content = save(
            self._arrays(),
            metadata={
                "schema_version": str(SCHEMA_VERSION),
                "manifest": json.dumps(dict(self.manifest), sort_keys=True),
                "train_excess_sharpe": json.dumps(self.train_excess_sharpe),
            },
        )
        store.write(name, content)
        return {"result": name, "numbers_hash": numbers_hash}


def read_result(store: ArtefactStore, outcome: Mapping[str, Any]) -> TrainingResult:
    """What a unit's outcome names.

    Raises
    ------
    CorruptDataset
        If the file is not the one that was committed.
    """
    name = outcome["result"]
    content = store.read(name)
    try:
        metadata = read_metadata(content)
        arrays = load(content)
        weights = sum(one.startswith(_WEIGHTS) for one in arrays)
        result = TrainingResult(
            tables={
                one.removeprefix(_TABLE): array
                # The library gives them in any order.
                for one, array in sorted(arrays.items())
                if one.startswith(_TABLE)
            },
            weights=[arrays[f"{_WEIGHTS}{place}"] for place in range(weights)],
            manifest=json.loads(metadata["manifest"]),
            train_excess_sharpe=json.loads(metadata["train_excess_sharpe"]),
        )
    except (SafetensorError, KeyError, ValueError, struct.error) as error:
        raise CorruptDataset(f"The result {name} cannot be read: {error}.") from error
    if result.numbers_hash != outcome["numbers_hash"]:
        raise CorruptDataset(f"The result {name} is not the one that was committed.")
    return result
