"""Our side of the conversation with Stable-Baselines3's DQN."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.peer import Peer, write_arrays
from model_service.dqn.config import AgentConfig
from model_service.dqn.samples import TrainingSet


@dataclass(frozen=True)
class Schedule:
    """How the peer spreads its training over environment steps.

    Attributes
    ----------
    environments : int
        Stepped together; a step of all of them is that many environment steps.
    vectorised : bool
        In NumPy at once, else one after another as `DummyVecEnv` does.
    train_every : int
        Steps of all environments between two gradient steps; the batch follows from it.
    threads : int
        Of torch.
    """

    environments: int
    vectorised: bool
    train_every: int
    threads: int

    @property
    def name(self) -> str:
        """The schedule in words."""
        how = "vectorised" if self.vectorised else "DummyVecEnv"
        return (
            f"{how} of {self.environments}, train_freq {self.train_every}, "
            f"batch {8 * self.train_every * self.environments}, {self.threads} threads"
        )


DEFAULT = (Schedule(1, False, 4, 1), Schedule(1, False, 4, 2))
"""Stable-Baselines3's own: train_freq 4, gradient_steps 1, batch_size 32."""

LARGE_BATCHES = (
    Schedule(32, False, 1, 1),
    Schedule(32, False, 1, 2),
    Schedule(256, True, 1, 1),
    Schedule(256, True, 1, 2),
    Schedule(1_024, True, 1, 1),
    Schedule(1_024, True, 1, 2),
)
"""The same samples a step in larger batches, with environments written for the purpose."""


def write_market(path: Path, data: TrainingSet, config: AgentConfig) -> str:
    """Write what the peer's environment steps through; the path as text."""
    return write_arrays(
        path,
        features=data.features,
        rewards=data.rewards,
        samples=data.samples,
        next_rung=config.ladder.next_rung,
        exposures=config.ladder.exposures,
    )


class Sb3Learner:
    """One learner in the peer's process."""

    def __init__(
        self,
        peer: Peer,
        name: str,
        market: str,
        config: AgentConfig,
        schedule: Schedule,
        *,
        seed: int = 0,
        explore_seconds: float = 0.0,
    ) -> None:
        self._peer = peer
        self._name = name
        peer.ask(
            "build",
            name=name,
            market=market,
            environments=schedule.environments,
            vectorised=schedule.vectorised,
            train_every=schedule.train_every,
            threads=schedule.threads,
            samples_per_step=8,
            hidden=list(config.network.hidden),
            learning_rate=config.learning.learning_rate,
            discount=config.learning.discount,
            seed=seed,
            explore_seconds=explore_seconds,
        )

    def rate(self, seconds: float) -> float:
        """Train for about `seconds`; environment steps a second."""
        taken = self._peer.ask("train", name=self._name, seconds=seconds, timeout=seconds + 60.0)
        return float(taken["steps"] / taken["seconds"])

    def write_q_table(self, features: str, output: str) -> None:
        """Have the Q-values of a file of features written."""
        self._peer.ask("q_table", name=self._name, features=features, output=output)
