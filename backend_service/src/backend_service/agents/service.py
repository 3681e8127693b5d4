"""Trained agents, known for a short time so that a repeated question costs nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from backend_service.model_client.generated import Agent
    from backend_service.model_client.service import ModelService

_SETTLING_SECONDS: Final = 3.0
"""The model service believes its own list for 2 s."""


class AgentService:
    """The model service's agents.

    Parameters
    ----------
    model : ModelService
    fresh_seconds : float
        How long the list is believed; a new default agent is noticed after at most this time.
    """

    def __init__(self, model: ModelService, fresh_seconds: float) -> None:
        self._model = model
        self._fresh_seconds = fresh_seconds
        self._listed: tuple[list[Agent], float] | None = None
        self._listing: SingleFlight[list[Agent]] = SingleFlight()
        self._edition = 0
        self._settled_at = 0.0

    async def all(self) -> list[Agent]:
        """All agents, the default first."""
        listed = self._fresh_list()
        if listed is not None:
            return listed
        # A list that was asked for before a change is not waited for after it.
        return await self._listing.run(self._edition, self._list)

    async def one(self, agent_id: str) -> Agent:
        """The agent of that id; ``default`` is the default agent whatever its id."""
        agent = _find(await self.all(), agent_id)
        if agent is not None:
            return agent
        # The list may be a few seconds old, and the refusal is the model service's to word.
        return await self._model.agent(agent_id)

    def known(self, agent_id: str) -> Agent | None:
        """What :meth:`one` would return without asking anybody, where it is known."""
        listed = self._fresh_list()
        return _find(listed, agent_id) if listed is not None else None

    async def promote(self, agent_id: str) -> Agent:
        """Make that agent the default one."""
        agent = await self._model.promote_agent(agent_id)
        self.forget()
        return agent

    def forget(self) -> None:
        """Ask the model service anew: its agents have changed.

        What it says is not kept for a short time, because its own list may be as old.
        """
        self._edition += 1
        self._listed = None
        self._settled_at = time.monotonic() + _SETTLING_SECONDS

    def _fresh_list(self) -> list[Agent] | None:
        if self._listed is not None and time.monotonic() < self._listed[1]:
            return self._listed[0]
        return None

    async def _list(self) -> list[Agent]:
        edition = self._edition
        agents = await self._model.agents()
        now = time.monotonic()
        if edition == self._edition and now >= self._settled_at:
            self._listed = (agents, now + self._fresh_seconds)
        return agents


def _find(agents: list[Agent], agent_id: str) -> Agent | None:
    for agent in agents:
        if agent.id == agent_id or (agent_id == "default" and agent.is_default):
            return agent
    return None
