"""Agents as folders: a manifest and weights, each file hashed, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save_file

from model_service.errors import AgentNotFound, CorruptAgent, InvalidRequest

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class StoredAgent:
    """An agent as it lies on disk.

    Attributes
    ----------
    id : str
        Name of its folder.
    manifest : mapping
        Plain values, as in ``manifest.json``.
    agent_hash : str
        SHA-256 of the manifest file, which holds the hash of the weights.
    folder : Path
    """

    id: str
    manifest: Mapping[str, Any]
    agent_hash: str
    folder: Path

    def weights(self) -> list[NDArray[np.float32]]:
        """The weights in the order in which they were saved.

        Raises
        ------
        CorruptAgent
            If the file is missing, unreadable or not the one that the manifest names.
        """
        try:
            content = (self.folder / WEIGHTS).read_bytes()
        except OSError as error:
            raise CorruptAgent(f"The weights of agent {self.id} cannot be read.") from error
        if hashlib.sha256(content).hexdigest() != self.manifest["files"][WEIGHTS]:
            raise CorruptAgent(f"The weights of agent {self.id} are not those of its manifest.")
        try:
            arrays = load(content)
            return [arrays[str(position)] for position in range(len(arrays))]
        except (SafetensorError, KeyError) as error:
            raise CorruptAgent(f"The weights of agent {self.id} cannot be read.") from error


class AgentStore:
    """Folders that hold agents; the first folder wins where two hold the same id.

    Parameters
    ----------
    folders : sequence of Path
        Need not exist.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def ids(self) -> list[str]:
        """Ids of all agents, sorted."""
        return sorted({folder.name for folder in self._agent_folders()})

    def get(self, agent_id: str) -> StoredAgent:
        """One agent.

        Raises
        ------
        AgentNotFound
            If no folder holds it.
        CorruptAgent
            If its manifest cannot be read.
        """
        for parent in self._folders:
            folder = parent / agent_id
            if _ID.fullmatch(agent_id) and (folder / MANIFEST).is_file():
                return read_agent(folder)
        raise AgentNotFound(
            f"There is no agent {agent_id!r}; there are: {', '.join(self.ids()) or 'none'}.",
            field="agent",
        )

    def _agent_folders(self) -> Iterator[Path]:
        for parent in self._folders:
            if parent.is_dir():
                yield from (
                    folder
                    for folder in parent.iterdir()
                    if _ID.fullmatch(folder.name) and (folder / MANIFEST).is_file()
                )


def read_agent(folder: Path) -> StoredAgent:
    """The agent in a folder.

    Raises
    ------
    AgentNotFound
        If there is no manifest.
    CorruptAgent
        If the manifest is not one of this schema.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise AgentNotFound(f"There is no agent in {folder.name!r}.", field="agent") from error
    try:
        manifest = json.loads(content)
        version = manifest["schema_version"]
        known = isinstance(manifest["files"][WEIGHTS], str)
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptAgent(f"The manifest of agent {folder.name} cannot be read.") from error
    if version != SCHEMA_VERSION or not known:
        raise CorruptAgent(
            f"The manifest of agent {folder.name} has schema version {version}, "
            f"this service reads {SCHEMA_VERSION}."
        )
    return StoredAgent(folder.name, manifest, hashlib.sha256(content).hexdigest(), folder)


def check_agent_folder(folder: Path) -> None:
    """Make sure that an agent can be written here; makes the folder's parent.

    Raises
    ------
    InvalidRequest
        If the folder's name is not an agent id, the folder holds something else, or it cannot be
        written to.
    """
    if not _ID.fullmatch(folder.name):
        raise InvalidRequest(
            f"{folder.name!r} is not an agent id: lower-case letters, digits, `_` and `-`.",
            field="agent",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        occupied = folder.exists() and not (folder / MANIFEST).is_file()
        if occupied and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidRequest(
                f"{folder.name!r} holds something that is no agent.", field="agent"
            )
    except OSError as error:
        raise InvalidRequest(
            f"The agent's folder {folder.name!r} cannot be made: {error.strerror}.", field="agent"
        ) from error
    if not os.access(folder.parent, os.W_OK):
        raise InvalidRequest(
            f"The folder that would hold {folder.name!r} cannot be written to.", field="agent"
        )


def write_agent(
    folder: Path, manifest: Mapping[str, Any], weights: Sequence[NDArray[np.float32]]
) -> StoredAgent:
    """Write an agent's folder; an agent that is there is replaced.

    Raises
    ------
    InvalidRequest
        As `check_agent_folder`.
    """
    check_agent_folder(folder)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        save_file(
            {str(position): np.ascontiguousarray(array) for position, array in enumerate(weights)},
            building / WEIGHTS,
        )
        digest = hashlib.sha256((building / WEIGHTS).read_bytes()).hexdigest()
        complete = {**manifest, "schema_version": SCHEMA_VERSION, "files": {WEIGHTS: digest}}
        (building / MANIFEST).write_text(
            json.dumps(complete, indent=2, sort_keys=True, allow_nan=False) + "\n"
        )
        # A service that runs as another user reads what a person trained.
        (building / WEIGHTS).chmod(0o644)
        building.chmod(0o755)
        _swap(building, folder)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return read_agent(folder)


def _swap(building: Path, folder: Path) -> None:
    """Put a finished folder in place; the old one goes only when the new one is there."""
    if not folder.exists():
        building.replace(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    folder.rename(old / "agent")
    building.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
