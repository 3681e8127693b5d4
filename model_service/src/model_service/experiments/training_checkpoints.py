"""Where a training saves itself, and goes on from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model_service.dqn.checkpoint import load_checkpoint, save_checkpoint
from model_service.dqn.trainer import TrainerState


class Checkpoints(Protocol):
    """Where a run saves itself, and goes on from."""

    def load(self, fingerprint: str) -> TrainerState | None:
        """The furthest state of this run that can be read, None where there is none."""
        ...

    def is_due(self, step: int) -> bool:
        """Whether the run should save itself at this step."""
        ...

    def save(self, state: TrainerState, fingerprint: str) -> None: ...


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint on disk, replaced every so many steps."""

    path: Path
    every_steps: int

    def load(self, fingerprint: str) -> TrainerState | None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return load_checkpoint(self.path, fingerprint)

    def is_due(self, step: int) -> bool:
        return step % self.every_steps == 0

    def save(self, state: TrainerState, fingerprint: str) -> None:
        save_checkpoint(self.path, state, fingerprint)
