"""Agents as folders: written whole or not at all, read anew whenever they are asked for."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from model_service.artefacts.stored_agent import (
    MANIFEST,
    WEIGHTS,
    StoredAgent,
    Weights,
    encode_agent,
    is_agent_id,
    parse_agent,
)
from model_service.errors import AgentNotFound, InvalidRequest


class AgentFolders:
    """Folders that hold agents; the first folder wins where two hold the same id.

    Parameters
    ----------
    folders : sequence of Path
        Need not exist.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def ids(self) -> set[str]:
        """Ids of all agents."""
        return {folder.name for folder in self._agent_folders()}

    def find(self, agent_id: str) -> StoredAgent | None:
        """One agent, None where no folder holds it.

        Raises
        ------
        CorruptAgent
            If its manifest cannot be read.
        """
        folder = self._folder_of(agent_id)
        return None if folder is None else read_agent(folder)

    def holds(self, agent_id: str) -> bool:
        """Whether there is such an agent, be it broken."""
        return self._folder_of(agent_id) is not None

    def _folder_of(self, agent_id: str) -> Path | None:
        if is_agent_id(agent_id):
            for parent in self._folders:
                if (parent / agent_id / MANIFEST).is_file():
                    return parent / agent_id
        return None

    def _agent_folders(self) -> Iterator[Path]:
        for parent in self._folders:
            if parent.is_dir():
                yield from (
                    folder
                    for folder in parent.iterdir()
                    if is_agent_id(folder.name) and (folder / MANIFEST).is_file()
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
    return parse_agent(folder.name, content, (folder / WEIGHTS).read_bytes)


def check_agent_folder(folder: Path) -> None:
    """Make sure that an agent can be written here; makes the folder's parent.

    Raises
    ------
    InvalidRequest
        If the folder's name is not an agent id, the folder holds something else, or it cannot be
        written to.
    """
    if not is_agent_id(folder.name):
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


def write_agent(folder: Path, manifest: Mapping[str, Any], weights: Weights) -> StoredAgent:
    """Write an agent's folder; an agent that is there is replaced.

    Raises
    ------
    InvalidRequest
        As `check_agent_folder`.
    """
    check_agent_folder(folder)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        text, content = encode_agent(manifest, weights)
        (building / WEIGHTS).write_bytes(content)
        (building / MANIFEST).write_bytes(text)
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
