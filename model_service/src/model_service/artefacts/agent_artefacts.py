"""Agents in the artefact store, and moments of their training.

``agents/ID/manifest.json`` and ``agents/ID/weights.safetensors``; a moment has the same files under
``agents/ID@STEP``. The manifest is written last and removed first: an agent is there with it, and
not before. What was once written is not changed, so manifests are remembered and predictions ask
nothing of the store.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from model_service.artefacts.recent_listing import RecentListing
from model_service.artefacts.store import ArtefactStore
from model_service.artefacts.stored_agent import (
    MANIFEST,
    WEIGHTS,
    StoredAgent,
    Weights,
    encode_agent,
    is_agent_id,
    parse_agent,
    split_moment,
)
from model_service.errors import ArtefactNotFound, CorruptAgent, InvalidRequest

PREFIX = "agents"
DEFAULT_AGENT = "default"
"""The id that means whichever agent was promoted; no agent of the store may have it."""


@dataclass
class _Kept:
    """What one listing says.

    Attributes
    ----------
    versions : dict
        Version of the manifest by id, moments included.
    steps : dict
        Steps of an agent's moments by its id, in order.
    """

    versions: dict[str, str] = field(default_factory=dict)
    steps: dict[str, list[int]] = field(default_factory=dict)


class AgentArtefacts:
    """The agents of an artefact store.

    Another process's agent is found at once, a removed one missed after two seconds.

    Parameters
    ----------
    store : ArtefactStore
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self, store: ArtefactStore, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._listing = RecentListing(store, PREFIX, clock=clock)
        self._lock = threading.Lock()
        self._parsed: tuple[Mapping[str, str], _Kept] = ({}, _Kept())
        self._agents: dict[str, tuple[str, StoredAgent | CorruptAgent]] = {}

    def ids(self) -> set[str]:
        """Ids of all agents, without moments."""
        return {agent_id for agent_id in self._kept().versions if is_agent_id(agent_id)}

    def holds(self, agent_id: str) -> bool:
        """Whether there is such an agent, be it broken."""
        return agent_id in self._kept().versions

    def kept_steps(self, agent_id: str) -> list[int]:
        """Steps of an agent's training at which it was kept, in order."""
        return list(self._kept().steps.get(agent_id, []))

    def find(self, agent_id: str) -> StoredAgent | None:
        """One agent or moment, None where there is none.

        Raises
        ------
        CorruptAgent
            If its manifest cannot be read.
        ArtefactStoreUnavailable
        """
        if not (is_agent_id(agent_id) or split_moment(agent_id)):
            return None
        version = self._kept().versions.get(agent_id)
        if version is None:
            # It may be younger than the listing.
            version = self._parse(self._listing.current()).versions.get(agent_id)
        return None if version is None else self._read(agent_id, version)

    def version_of(self, name: str) -> str | None:
        """Version of anything else below ``agents/``, None where it is not there."""
        return self._listing.versions().get(name)

    def refresh(self) -> None:
        """Look at the store now; for whoever has just changed it."""
        self._parse(self._listing.current())

    def _kept(self) -> _Kept:
        return self._parse(self._listing.versions())

    def _parse(self, versions: Mapping[str, str]) -> _Kept:
        with self._lock:
            if self._parsed[0] is not versions:
                kept = _parse_names(versions)
                self._parsed = (versions, kept)
                self._agents = {
                    agent_id: known
                    for agent_id, known in self._agents.items()
                    if kept.versions.get(agent_id) == known[0]
                }
            return self._parsed[1]

    def _read(self, agent_id: str, version: str) -> StoredAgent | None:
        with self._lock:
            known = self._agents.get(agent_id)
        if known is None or known[0] != version:
            try:
                known = (version, _read_agent(self._store, agent_id))
            except ArtefactNotFound:
                return None
            except CorruptAgent as error:
                known = (version, error)
            with self._lock:
                self._agents[agent_id] = known
        if isinstance(known[1], CorruptAgent):
            raise CorruptAgent(known[1].detail)
        return known[1]


def write_agent_to_store(
    store: ArtefactStore, agent_id: str, manifest: Mapping[str, Any], weights: Weights
) -> StoredAgent:
    """Write an agent, or with the id ``ID@STEP`` a moment of its training.

    Raises
    ------
    InvalidRequest
        If `agent_id` is no id, or `default`, which is no agent's own.
    ArtefactStoreUnavailable
    """
    moment = split_moment(agent_id)
    if not (moment or is_agent_id(agent_id)) or DEFAULT_AGENT in (agent_id, moment and moment[0]):
        raise InvalidRequest(
            f"{agent_id[:80]!r} is not an id that an agent can be written under.", field="agent"
        )
    text, content = encode_agent(manifest, weights)
    store.write(_name(agent_id, WEIGHTS), content)
    store.write(_name(agent_id, MANIFEST), text)
    return parse_agent(agent_id, text, lambda: store.read(_name(agent_id, WEIGHTS)))


def remove_agent(store: ArtefactStore, agent_id: str) -> None:
    """Remove an agent with its moments; one that is not there is no error.

    Raises
    ------
    InvalidRequest
        If `agent_id` is no agent's id.
    ArtefactStoreUnavailable
    """
    if not is_agent_id(agent_id):
        raise InvalidRequest(f"{agent_id[:80]!r} is not an agent id.", field="agent")
    store.remove(_name(agent_id, MANIFEST))
    folders = {name.split("/")[1] for name in store.versions(PREFIX)}
    for folder in sorted(folders):
        moment = split_moment(folder)
        if folder == agent_id or (moment is not None and moment[0] == agent_id):
            store.remove(f"{PREFIX}/{folder}")


def _read_agent(store: ArtefactStore, agent_id: str) -> StoredAgent:
    content = store.read(_name(agent_id, MANIFEST))
    return parse_agent(agent_id, content, lambda: store.read(_name(agent_id, WEIGHTS)))


def _parse_names(versions: Mapping[str, str]) -> _Kept:
    kept = _Kept()
    for name, version in versions.items():
        parts = name.split("/")
        if len(parts) != 3 or parts[2] != MANIFEST:
            continue
        moment = split_moment(parts[1])
        if moment is not None:
            kept.steps.setdefault(moment[0], []).append(moment[1])
        if moment is not None or is_agent_id(parts[1]):
            kept.versions[parts[1]] = version
    for steps in kept.steps.values():
        steps.sort()
    return kept


def _name(agent_id: str, file: str) -> str:
    return f"{PREFIX}/{agent_id}/{file}"
