"""Checkpoints of a unit in the artefact store: one place for each time that it was begun.

A unit that was begun anew elsewhere must not lose its checkpoint to the one that is still being
made by somebody who does not know yet. So each writes under its own fence and reads all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from model_service.artefacts.store import ArtefactStore
from model_service.dqn.checkpoint import decode_state, encode_state
from model_service.dqn.trainer import TrainerState
from model_service.errors import ArtefactNotFound, BellwetherError, CorruptAgent
from model_service.experiments.artefact_names import checkpoint_prefix


class StoredCheckpoints:
    """`Checkpoints` of one unit.

    Parameters
    ----------
    store : ArtefactStore
    experiment_id : str
    unit : int
    fence : int
    every_seconds : float
        Of running time between two checkpoints.
    note : callable
        Told what a person should know: what could not be saved or read.
    """

    def __init__(
        self,
        store: ArtefactStore,
        experiment_id: str,
        unit: int,
        fence: int,
        *,
        every_seconds: float,
        note: Callable[[str], None],
    ) -> None:
        self._store = store
        self._prefix = checkpoint_prefix(experiment_id, unit)
        self._name = f"{self._prefix}/{fence}.safetensors"
        self._every_seconds = every_seconds
        self._note = note
        self._saved_at = time.monotonic()

    def load(self, fingerprint: str) -> TrainerState | None:
        """The furthest state of this run that can be read."""
        found: TrainerState | None = None
        for name in self._store.names(self._prefix):
            try:
                state = decode_state(self._store.read(name), fingerprint, name)
            except ArtefactNotFound:
                continue  # removed meanwhile
            except CorruptAgent as error:
                # It holds nothing that cannot be made again.
                self._note(f"{error.detail} It is left aside.")
                continue
            if state is not None and (found is None or state.step > found.step):
                found = state
        if found is not None:
            self._note(f"Goes on from step {found.step:,}.")
        self._saved_at = time.monotonic()
        return found

    def is_due(self, step: int) -> bool:  # noqa: ARG002 - of the Protocol
        return time.monotonic() - self._saved_at >= self._every_seconds

    def save(self, state: TrainerState, fingerprint: str) -> None:
        """Save a state; a store that is away or full costs a checkpoint, not the training."""
        try:
            self._store.write(self._name, encode_state(state, fingerprint))
        except BellwetherError as error:
            self._note(f"No checkpoint at step {state.step:,}: {error.detail}")
        self._saved_at = time.monotonic()
