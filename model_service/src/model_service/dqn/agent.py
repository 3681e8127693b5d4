"""A trained agent: its manifest read, its network built, ready to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.artefacts.agents import StoredAgent
from model_service.dqn.config import AgentConfig
from model_service.dqn.network import QNetwork
from model_service.dqn.policy import Decisions, QFunction, make_q_function, walk
from model_service.errors import BellwetherError, CorruptAgent
from model_service.market.candles import Candles
from model_service.market.features import compute_features


@dataclass(frozen=True)
class Agent:
    """A network with its feature recipe, exposure ladder and manifest."""

    stored: StoredAgent
    config: AgentConfig
    q_function: QFunction

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def last_seen_time(self) -> int:
        """Last candle that this agent was trained or chosen on, epoch seconds."""
        return int(self.stored.manifest["validation"]["end"])

    def q_table(self, candles: Candles) -> NDArray[np.float32]:
        """Q-values of all candles, rungs and actions, shape (n, rungs, actions)."""
        return self.q_function(compute_features(candles, self.config.features))

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
        feature_count = len(config.features.names)
        network = QNetwork(config.network, config.ladder, feature_count, seed=0)
        network.load_arrays(weights)
    except (KeyError, ValueError, BellwetherError) as error:
        raise CorruptAgent(
            f"Manifest and weights of agent {stored.id} do not fit each other."
        ) from error
    return Agent(stored, config, make_q_function(network, feature_count))
