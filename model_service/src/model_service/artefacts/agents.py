"""All agents at hand: those in folders, those in the artefact store, and which one is `default`."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from model_service.artefacts.agent_artefacts import (
    DEFAULT_AGENT,
    AgentArtefacts,
    remove_agent,
    write_agent_to_store,
)
from model_service.artefacts.agent_folders import (
    AgentFolders,
    check_agent_folder,
    read_agent,
    write_agent,
)
from model_service.artefacts.promotion import NAME, Promotion, read_promotion, write_promotion
from model_service.artefacts.store import ArtefactStore
from model_service.artefacts.stored_agent import MANIFEST, WEIGHTS, StoredAgent, split_moment
from model_service.errors import (
    AgentNotFound,
    ArtefactStoreUnavailable,
    CorruptAgent,
    InvalidRequest,
)

__all__ = [
    "DEFAULT_AGENT",
    "MANIFEST",
    "SHIPPED_AGENT",
    "WEIGHTS",
    "AgentStore",
    "StoredAgent",
    "check_agent_folder",
    "read_agent",
    "remove_agent",
    "write_agent",
    "write_agent_to_store",
]

SHIPPED_AGENT = "bellwether-2017"
"""The one that comes with the package: the default until another is promoted."""

_log = structlog.get_logger(__name__)


class AgentStore:
    """Agents by their id.

    Folders win over the artefact store, and the first folder over the others. `default` is the
    agent that was promoted last, where it is still there; else a person's own agent in a folder of
    that name; else the one that ships.

    Parameters
    ----------
    folders : sequence of Path
        Need not exist.
    artefacts : ArtefactStore, optional
        Where experiments keep agents, and where it is kept which one was promoted.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        artefacts: ArtefactStore | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folders = AgentFolders(folders)
        self._store = artefacts
        self._artefacts = None if artefacts is None else AgentArtefacts(artefacts, clock=clock)
        self._lock = threading.Lock()
        self._promotion: tuple[str, Promotion | None] | None = None

    def ids(self) -> list[str]:
        """Ids of all agents, sorted; moments of trainings are none."""
        found = self._folders.ids()
        if self._artefacts is not None:
            found |= self._artefacts.ids()
        if self.promoted_agent() not in (None, DEFAULT_AGENT):
            # It cannot be asked for: its name means another agent.
            found.discard(DEFAULT_AGENT)
        return sorted(found)

    def get(self, agent_id: str) -> StoredAgent:
        """One agent, or with ``ID@STEP`` one as it was at a moment of its training.

        Of `default` the answer has the id of the agent that it means.

        Raises
        ------
        AgentNotFound
            If nothing holds it.
        CorruptAgent
            If its manifest cannot be read.
        ArtefactStoreUnavailable
            If it may be in an artefact store that cannot be read now.
        """
        found = self._find(self.default_agent() if agent_id == DEFAULT_AGENT else agent_id)
        if found is None:
            raise AgentNotFound(
                f"There is no agent {agent_id!r}; there are: {', '.join(self.ids()) or 'none'}.",
                field="agent",
            )
        return found

    def kept_steps(self, agent_id: str) -> list[int]:
        """Steps of an agent's training at which it was kept, in order."""
        return [] if self._artefacts is None else self._artefacts.kept_steps(agent_id)

    def default_agent(self) -> str:
        """Id of the agent that `default` means, whether there is one or not."""
        promoted = self.promoted_agent()
        if promoted is not None:
            return promoted
        return DEFAULT_AGENT if self._folders.holds(DEFAULT_AGENT) else SHIPPED_AGENT

    def promoted_agent(self) -> str | None:
        """Id of the agent that was promoted last and is still there, None where there is none.

        Raises
        ------
        ArtefactStoreUnavailable
            If the artefact store could never be read.
        """
        promotion = self._last_promotion()
        if promotion is None or not self._holds(promotion.agent):
            return None
        return promotion.agent

    def promote(self, agent_id: str, at: dt.datetime) -> StoredAgent:
        """Make an agent the one that `default` means.

        Raises
        ------
        AgentNotFound, CorruptAgent
            If the agent cannot be had.
        InvalidRequest
            If it is a moment of a training.
        ArtefactStoreUnavailable
        """
        if split_moment(agent_id) is not None:
            raise InvalidRequest(
                f"{agent_id} is a moment of a training and cannot be promoted; the agent that the "
                "training ended with can.",
                field="agent_id",
            )
        stored = self.get(agent_id)
        if self._store is None or self._artefacts is None:
            raise ArtefactStoreUnavailable("There is no artefact store to keep a promotion in.")
        write_promotion(self._store, Promotion(stored.id, at))
        self._artefacts.refresh()
        return stored

    def _find(self, agent_id: str) -> StoredAgent | None:
        found = self._folders.find(agent_id)
        if found is None and self._artefacts is not None:
            found = self._artefacts.find(agent_id)
        return found

    def _holds(self, agent_id: str) -> bool:
        if self._folders.holds(agent_id):
            return True
        return self._artefacts is not None and self._artefacts.holds(agent_id)

    def _last_promotion(self) -> Promotion | None:
        if self._store is None or self._artefacts is None:
            return None
        version = self._artefacts.version_of(NAME)
        if version is None:
            return None
        with self._lock:
            known = self._promotion
        if known is None or known[0] != version:
            try:
                known = (version, read_promotion(self._store))
            except CorruptAgent as error:
                _log.warning("promotion left out", detail=error.detail)
                known = (version, None)
            with self._lock:
                self._promotion = known
        return known[1]
