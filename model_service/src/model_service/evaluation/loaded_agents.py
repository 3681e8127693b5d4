"""Agents in memory: built when they are first asked for, built anew when their files change."""

from __future__ import annotations

import datetime as dt
import threading

from model_service.artefacts.agents import AgentStore, StoredAgent
from model_service.dqn.agent import Agent, build_agent
from model_service.errors import CorruptAgent
from model_service.evaluation.bounded_cache import BoundedCache

MAX_LOADED_AGENTS = 8


class LoadedAgents:
    """Built agents by id and manifest, at most `MAX_LOADED_AGENTS` of them.

    Parameters
    ----------
    store : AgentStore
    """

    def __init__(self, store: AgentStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self.cache: BoundedCache[tuple[str, str], Agent] = BoundedCache(
            MAX_LOADED_AGENTS, lambda _: 1
        )

    def get(self, agent_id: str) -> Agent:
        """The agent as it is kept now.

        Raises
        ------
        AgentNotFound
            If there is none of that id.
        CorruptAgent
            If its files do not fit each other.
        """
        stored = self._store.get(agent_id)
        try:
            return self._built(stored)
        except CorruptAgent:
            # It may have been replaced between its manifest and its weights.
            current = self._store.get(agent_id)
            if current.agent_hash == stored.agent_hash:
                raise
            return self._built(current)

    def promote(self, agent_id: str, at: dt.datetime) -> StoredAgent:
        """Make an agent the one that `default` means, once it has proved that it can be loaded.

        Raises
        ------
        AgentNotFound
            If there is none of that id.
        CorruptAgent
            If its files do not fit each other.
        InvalidRequest
            If it is a moment of a training.
        ArtefactStoreUnavailable
        """
        self.get(agent_id)
        return self._store.promote(agent_id, at)

    def _built(self, stored: StoredAgent) -> Agent:
        # One build at a time: TensorFlow traces a graph, and two of the same agent help nobody.
        with self._lock:
            return self.cache.get((stored.id, stored.agent_hash), lambda: build_agent(stored))
