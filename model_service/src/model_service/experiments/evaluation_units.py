"""Units of an evaluation on disk: each is written once and whole, so that a killed run goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from model_service.dqn.config import AgentConfig
from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.unit import UnitResult

SCHEMA_VERSION = 1


@dataclass(frozen=True, order=True)
class Unit:
    """One training: of which fold, from which seed."""

    fold: int
    seed: int

    @property
    def name(self) -> str:
        return f"fold-{self.fold:03d}-seed-{self.seed:05d}"


class UnitStore:
    """A folder with the units of one evaluation.

    Parameters
    ----------
    folder : Path
        Made where it is missing. What another evaluation left there is not read.
    fingerprint : str
        Of all that fixes a unit; see `evaluation_fingerprint`.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._fingerprint = fingerprint

    def checkpoint(self, unit: Unit) -> Path:
        """Where a unit in training saves itself."""
        return self.folder / f"{unit.name}.checkpoint"

    def save(self, unit: Unit, result: UnitResult) -> None:
        """Write a finished unit; its checkpoint goes."""
        temporary = self.folder / f"{unit.name}.{os.getpid()}.partial"
        save_file(
            # The format writes memory as it lies, which is wrong for a view.
            {name: np.ascontiguousarray(table) for name, table in result.tables.items()},
            temporary,
            metadata={
                "schema_version": str(SCHEMA_VERSION),
                "fingerprint": self._fingerprint,
                "train_excess_sharpe": json.dumps(result.train_excess_sharpe),
                "steps": str(result.steps),
                "tables_hash": _hash_tables(result.tables),
            },
        )
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(self._path(unit))
        self.checkpoint(unit).unlink(missing_ok=True)

    def load(self, unit: Unit) -> UnitResult | None:
        """A finished unit; None where there is none of this evaluation that can be read."""
        path = self._path(unit)
        if not path.is_file():
            return None
        try:
            with safe_open(path, framework="numpy") as file:
                metadata: dict[str, str] = file.metadata() or {}
                if metadata.get("fingerprint") != self._fingerprint:
                    return None
                tables = {name: np.array(file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
            if metadata["tables_hash"] != _hash_tables(tables):
                return None
            return UnitResult(
                tables, json.loads(metadata["train_excess_sharpe"]), int(metadata["steps"])
            )
        except (SafetensorError, KeyError, ValueError):
            # A unit that cannot be read is trained again: it holds nothing that cannot be made.
            return None

    def remember(self, name: str, value: object) -> None:
        """Keep a small value that must not change when the run goes on."""
        path = self.folder / f"{name}.json"
        temporary = path.with_suffix(".partial")
        temporary.write_text(json.dumps({"fingerprint": self._fingerprint, "value": value}))
        temporary.replace(path)

    def recall(self, name: str) -> object:
        """A remembered value of this evaluation, None where there is none."""
        try:
            kept = json.loads((self.folder / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None
        return kept["value"] if kept.get("fingerprint") == self._fingerprint else None

    def remove(self) -> None:
        """Remove all that this evaluation wrote, and the folder if nothing else is there."""
        for pattern in ("fold-*", "looks.*"):
            for path in self.folder.glob(pattern):
                path.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _path(self, unit: Unit) -> Path:
        return self.folder / f"{unit.name}.safetensors"


def _hash_tables(tables: Mapping[str, NDArray[np.float32]]) -> str:
    """SHA-256 (hex): a safetensors file with a bit gone wrong is read without complaint."""
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"{name}{tables[name].shape}".encode())
        digest.update(np.ascontiguousarray(tables[name], dtype="<f4").tobytes())
    return digest.hexdigest()


def evaluation_fingerprint(plan: Plan, config: AgentConfig, steps: int, code_version: str) -> str:
    """SHA-256 (hex) of all that fixes a unit but its fold and seed."""
    plain_config = json.dumps(config.to_dict(), sort_keys=True)
    parts = (plan.protocol, plan.data_hash, plain_config, steps, code_version)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
