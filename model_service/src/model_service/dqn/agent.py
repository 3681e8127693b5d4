"""A trained agent: its manifest read, its network built, ready to decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.artefacts.agents import StoredAgent
from model_service.dqn.config import AgentConfig
from model_service.dqn.members import make_network
from model_service.dqn.policy import (
    Decisions,
    QFunction,
    make_member_function,
    mean_table,
    walk,
)
from model_service.errors import BellwetherError, CorruptAgent
from model_service.market.candles import Candles
from model_service.market.features import compute_features


@dataclass(frozen=True)
class Agent:
    """One network or an ensemble, with feature recipe, exposure ladder and manifest."""

    stored: StoredAgent
    config: AgentConfig
    member_function: QFunction

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def last_seen_time(self) -> int:
        """Last candle that this agent was trained or chosen on, epoch seconds."""
        return int(self.stored.manifest["validation"]["end"])

    @property
    def sentiment_engine(self) -> str | None:
        """Engine and version of the scores that it was trained on; None where it reads no news."""
        engine = self.stored.manifest.get("sentiment_engine")
        return None if engine is None else str(engine)

    def sees(self, candles: Candles) -> Candles:
        """The candles with the news that this agent reads: all of it, or none."""
        return candles if self.config.reads_news else replace(candles, news=None)

    def q_table(self, candles: Candles) -> NDArray[np.float32]:
        """Q-values of all candles, rungs and actions, shape (n, rungs, actions).

        Of an ensemble they are the means over its members.
        """
        return self.q_function(compute_features(candles, self.config.features))

    def member_tables(self, candles: Candles) -> NDArray[np.float32]:
        """Q-values of every member by itself, shape (members, n, rungs, actions)."""
        return self.member_function(compute_features(candles, self.config.features))

    def q_function(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Q-values (n, rungs, actions) of features (n, F)."""
        return mean_table(self.member_function(features))

    def decide(self, table: NDArray[np.float32], first: int) -> Decisions:
        """Greedy decisions from candle `first` on, starting flat; warm-up candles hold."""
        start = max(first, self.config.features.warm_up_candles)
        return walk(table, self.config.ladder, min(start, table.shape[0]))


def build_agent(stored: StoredAgent) -> Agent:
    """Build the network in code and load its weights; nothing is unpickled.

    Raises
    ------
    CorruptAgent
        If manifest and weights do not fit each other.
    """
    manifest: Any = stored.manifest
    weights = stored.weights()
    try:
        config = AgentConfig.from_dict(manifest["config"])
        network = make_network(config, weights)
    except (KeyError, ValueError, BellwetherError) as error:
        raise CorruptAgent(
            f"Manifest and weights of agent {stored.id} do not fit each other."
        ) from error
    return Agent(stored, config, make_member_function(network, len(config.features.names)))
