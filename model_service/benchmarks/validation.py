"""Sharpe ratio on validation candles after equal wall time, with the configuration that ships.

Both learn from the same candles (2012 to 2015) with the same features, network widths, rewards,
costs and discount; Stable-Baselines3's DQN has no dueling head, no noise on its inputs and no
weight decay, and keeps its own defaults otherwise, at our learning rate. It is measured with its
own schedule and with one of large batches (256 environments). Both are then followed greedily over
2016 and 2017 by the same code on the same ledger. Seeds are rounds: the sides take turns.

The Sharpe ratio of two years is a noisy number, and both sides train on a clock: of another machine
or another minute the numbers differ.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.market import SPLIT, training_series
from benchmarks.measurement import Line, say, skip, take_turns
from benchmarks.peer import Peer, write_arrays
from benchmarks.settings import FIRST_AGENT_CONFIG
from benchmarks.stable_baselines import Sb3Learner, Schedule, write_market
from model_service.dqn.config import AgentConfig
from model_service.dqn.policy import QFunction, make_q_function
from model_service.dqn.samples import TrainingSet, make_training_set
from model_service.dqn.trainer import Trainer
from model_service.evaluation.validation import (
    ValidationSymbol,
    make_validation_symbols,
    validate,
)
from model_service.experiments.training_config import read_training_config

SECONDS = 40.0
SEEDS = (0, 1, 2)
EXPLORING = 0.1
"""Share of the time over which the peer explores less and less: its own default."""

SCHEDULES = {
    "sb3_default": Schedule(1, False, 4, 1),
    "sb3_large_batches": Schedule(256, True, 1, 1),
}


@dataclass(frozen=True)
class Task:
    """What both sides learn from and are judged on."""

    config: AgentConfig
    data: TrainingSet
    symbols: Sequence[ValidationSymbol]

    @property
    def features(self) -> int:
        """Features of a candle."""
        return int(self.data.features.shape[1])

    def sharpe(self, q_function: QFunction) -> float:
        """Mean Sharpe ratio of the greedy policy over the symbols."""
        return validate(q_function, self.config, self.symbols).sharpe or 0.0


def run(data: Path, *, quick: bool) -> None:
    """Measure, and print the lines."""
    seconds, seeds = (1.0, (0,)) if quick else (SECONDS, SEEDS)
    say(f"validation: Sharpe ratio after {seconds:.0f} s of training")
    series = training_series(data)
    config = read_training_config(FIRST_AGENT_CONFIG).agent
    known = [part for candles in series.candles if (part := SPLIT.known(candles)) is not None]
    trained_on = [part for candles in known if (part := SPLIT.train(candles)) is not None]
    task = Task(
        config,
        make_training_set(trained_on, config),
        make_validation_symbols(known, config, SPLIT),
    )
    details = {
        "seconds": seconds,
        "symbols": len(task.symbols),
        "data": series.source,
        "buy_and_hold": validate(_holding(config), config, task.symbols).buy_and_hold_sharpe,
    }
    remaining = iter(seeds)
    sides: dict[str, Callable[[], float]] = {
        "ours": lambda: _train_ours(task, next(remaining), seconds)
    }
    if quick or not Peer.available():
        _report(take_turns(sides, len(seeds)), details)
        if not quick:
            skip("validation_against_sb3", "there is no environment of peers")
        return
    with Peer("sb3_dqn.py") as peer, tempfile.TemporaryDirectory() as folder:
        opponent = _Opponent(peer, Path(folder), task)
        for name, schedule in SCHEDULES.items():
            own = iter(seeds)
            sides[name] = lambda own=own, schedule=schedule: opponent.train(
                schedule, next(own), seconds
            )
        _report(take_turns(sides, len(seeds)), details)


def _holding(config: AgentConfig) -> QFunction:
    shape = (len(config.ladder), 3)

    def q_function(features: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.zeros((len(features), *shape), np.float32)

    return q_function


def _train_ours(task: Task, seed: int, seconds: float) -> float:
    trainer = Trainer(task.config, task.data, seed)
    # Tracing is the compilation of this side; that of the peer's interpreter is over as well.
    start = trainer.state()
    trainer.train(1)
    trainer.restore(start)
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        trainer.train(20)
    say(f"  ours, seed {seed}: {trainer.step:,} steps")
    return task.sharpe(make_q_function(trainer.target, task.features))


class _Opponent:
    """Stable-Baselines3 on the same task."""

    def __init__(self, peer: Peer, folder: Path, task: Task) -> None:
        self._peer = peer
        self._folder = folder
        self._task = task
        self._market = write_market(folder / "market.npz", task.data, task.config)

    def train(self, schedule: Schedule, seed: int, seconds: float) -> float:
        """Train a new learner; its Sharpe ratio."""
        learner = Sb3Learner(
            self._peer,
            "validation",
            self._market,
            self._task.config,
            schedule,
            seed=seed,
            explore_seconds=EXPLORING * seconds,
        )
        rate = learner.rate(seconds)
        say(f"  {schedule.name}, seed {seed}: {rate * seconds:,.0f} environment steps")

        def q_function(features: NDArray[np.float32]) -> NDArray[np.float32]:
            exposures = self._task.config.ladder.exposures
            path = write_arrays(
                self._folder / "features.npz", features=features, exposures=exposures
            )
            output = str(self._folder / "table.npz")
            learner.write_q_table(path, output)
            with np.load(output, allow_pickle=False) as arrays:
                table: NDArray[np.float32] = arrays["table"]
            return table

        return self._task.sharpe(q_function)


def _report(measured: dict[str, list[float]], details: dict[str, object]) -> None:
    ours = statistics.mean(measured["ours"])
    peers = {name: values for name, values in measured.items() if name != "ours"}
    best = max((statistics.mean(values) for values in peers.values()), default=None)
    Line(
        "validation_sharpe",
        ours,
        "Sharpe ratio, mean over seeds and symbols",
        details={
            "per_seed": measured["ours"],
            "peer": "Stable-Baselines3 DQN" if peers else None,
            "peer_value": best,
            "peers_per_seed": peers,
            **details,
        },
    ).emit()
