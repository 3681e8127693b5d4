"""All members of an agent, trained at a stretch: the unit of work of lab and protocols."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.network import QNetwork
from model_service.dqn.samples import TrainingSet
from model_service.dqn.trainer import Trainer

REPORT_STEPS = 100


def train_members(
    config: AgentConfig,
    data: TrainingSet,
    seed: int,
    steps: int,
    on_steps: Callable[[int], None] = lambda _: None,
) -> list[NDArray[np.float32]]:
    """Train the members of one seed; call `threads.use_one_thread` first in the process.

    Parameters
    ----------
    config : AgentConfig
    data : TrainingSet
    seed : int
        Member m starts from ``seed * members + m``.
    steps : int
        Of every member.
    on_steps : callable
        Called with the steps taken so far, every `REPORT_STEPS`.

    Returns
    -------
    list of float32 arrays
        The weights, as `make_network` and an agent's folder take them.
    """
    trainer = Trainer(config, data, seed)
    while trainer.step < steps:
        trainer.train(min(REPORT_STEPS, steps - trainer.step))
        on_steps(trainer.step)
    return trainer.target.arrays()


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
