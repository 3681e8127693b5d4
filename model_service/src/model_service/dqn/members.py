"""The network of all members of an agent, from its weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.network import QNetwork


def make_network(config: AgentConfig, weights: list[NDArray[np.float32]]) -> QNetwork:
    """The network of all members with their weights.

    Raises
    ------
    ValueError
        If the weights are not those of such an agent.
    """
    network = QNetwork(config.network, config.ladder, len(config.features.names), 0, config.members)
    network.load_arrays(weights)
    return network
