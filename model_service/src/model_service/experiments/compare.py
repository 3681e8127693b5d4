"""The lab: configurations against each other on validation windows, and never beyond them.

Every configuration is trained up to the end of each fold's training window and trades the window
after it on the terms of the TDQN protocol: a decision at t fills at the close of t + 1, the first
30 candles are flat, Sharpe = √252 · mean / standard deviation of the returns per candle.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest, TrainingDataError
from model_service.evaluation.baselines import buy_and_hold
from model_service.evaluation.configurations import ComparedRun
from model_service.evaluation.protocols.tdqn import (
    COSTS,
    FILL,
    PERIODS_PER_YEAR,
    STATE_CANDLES,
)
from model_service.evaluation.splits import Split
from model_service.experiments.candle_files import end_of_day, load_series
from model_service.experiments.process_pool import training_processes
from model_service.experiments.training_config import TrainingConfig
from model_service.market.candles import Candles
from model_service.quiet_tensorflow import load_tensorflow
from model_service.trading.ledger import STARTING_CASH, keep_ledger
from model_service.trading.metrics import sharpe, simple_returns

if TYPE_CHECKING:
    from model_service.dqn.policy import QFunction

LAST_DAY = dt.date(2017, 12, 31)
"""What lies after it is sealed: the lab does not read it."""

MIN_CANDLES = 60
"""Symbols with fewer candles to validate on are left out of a fold."""

_DATED_NAME = re.compile(r".+_(\d{4})-\d{1,2}-\d{1,2}_\d{4}-\d{1,2}-\d{1,2}\.csv(\.gz)?")


@dataclass(frozen=True)
class Fold:
    """A training window that ends, and the validation window that follows it."""

    train_end: dt.date
    validation_end: dt.date

    def __post_init__(self) -> None:
        if self.validation_end > LAST_DAY:
            raise InvalidRequest(
                f"The lab validates up to {LAST_DAY} at most, not up to {self.validation_end}.",
                field="fold",
            )

    @property
    def name(self) -> str:
        """``train end/validation end``."""
        return f"{self.train_end}/{self.validation_end}"

    @property
    def split(self) -> Split:
        """The windows by their last seconds."""
        return Split(end_of_day(self.train_end), end_of_day(self.validation_end))


FOLDS = (
    Fold(dt.date(2013, 12, 31), dt.date(2015, 12, 31)),
    Fold(dt.date(2015, 12, 31), dt.date(2017, 12, 31)),
)


@dataclass(frozen=True)
class Unit:
    """One configuration with one seed on one fold: what a process works on."""

    paths: tuple[Path, ...]
    place: int
    training: TrainingConfig
    fold: Fold
    seed: int


def may_open(file: Path) -> bool:
    """Whether the lab opens a file: not if its name says that it begins after `LAST_DAY`."""
    dated = _DATED_NAME.fullmatch(file.name)
    return dated is None or int(dated.group(1)) <= LAST_DAY.year


def compare(
    paths: Sequence[Path],
    trainings: Sequence[TrainingConfig],
    seeds: Sequence[int],
    *,
    folds: Sequence[Fold] = FOLDS,
    jobs: int = 1,
) -> Iterator[tuple[int, ComparedRun]]:
    """Train and score every configuration with every seed on every fold.

    Yields
    ------
    int, ComparedRun
        Place of the configuration, and what it came to, as they are done.

    Raises
    ------
    TrainingDataError
        If the candles are too few.
    """
    units = [
        Unit(tuple(paths), place, training, fold, seed)
        for seed in seeds
        for place, training in enumerate(trainings)
        for fold in folds
    ]
    with training_processes(jobs) as pool:
        pending = {pool.submit(run_unit, unit): unit for unit in units}
        for done in as_completed(pending):
            yield pending[done].place, done.result()


def run_unit(unit: Unit) -> ComparedRun:
    """Train one seed on one fold and score it, with one thread."""
    # Imported here: only the process that trains pays for TensorFlow.
    load_tensorflow(one_thread=True)
    from model_service.dqn.policy import make_q_function
    from model_service.dqn.samples import make_training_set
    from model_service.dqn.trainer import Trainer

    started = time.monotonic()
    config, split = unit.training.agent, unit.fold.split
    known = [part for one in _read(unit.paths) if (part := split.known(one)) is not None]
    learned = [part for one in known if (part := split.train(one)) is not None]
    data = make_training_set(learned, config)
    trainer = Trainer(config, data, unit.seed)
    trainer.train(unit.training.steps)
    q_function = make_q_function(trainer.target, data.features.shape[1])
    scores = [
        score(one, first, exposures(one, first, q_function, unit.training))
        for one in known
        if len(one) - (first := split.first_validation(one, 0)) >= MIN_CANDLES
    ]
    if not scores:
        raise TrainingDataError(
            f"No symbol has {MIN_CANDLES} candles to validate on in {unit.fold.name}.",
            field="data",
            limit=MIN_CANDLES,
        )
    return ComparedRun(
        fold=unit.fold.name,
        seed=unit.seed,
        symbols=len(scores),
        sharpe=float(np.mean([one.sharpe for one in scores])),
        buy_and_hold_sharpe=float(np.mean([one.buy_and_hold for one in scores])),
        total_return_fraction=float(np.mean([one.total for one in scores])),
        mean_exposure=float(np.mean([one.exposure for one in scores])),
        fills=float(np.mean([one.fills for one in scores])),
        seconds=time.monotonic() - started,
    )


@lru_cache(maxsize=1)
def _read(paths: tuple[Path, ...]) -> tuple[Candles, ...]:
    return load_series(paths, may_open=may_open).series


def exposures(
    candles: Candles, first: int, q_function: QFunction, training: TrainingConfig
) -> NDArray[np.float64]:
    """Target exposures from candle `first` on, the first `STATE_CANDLES` of them flat."""
    from model_service.dqn.policy import walk
    from model_service.market.features import compute_features

    config = training.agent
    table = q_function(compute_features(candles, config.features))
    start = max(first + STATE_CANDLES, config.features.warm_up_candles)
    decisions = walk(table, config.ladder, min(start, len(candles)))
    return config.ladder.exposures[decisions.rung[first:]]


@dataclass(frozen=True)
class Score:
    """What one symbol's validation window came to."""

    sharpe: float
    buy_and_hold: float
    total: float
    exposure: float
    fills: int


def score(candles: Candles, first: int, exposure: NDArray[np.float64]) -> Score:
    """Trade the candles from `first` on, on the protocol's terms, beside buy and hold."""
    window = candles.slice(first)
    everywhere = np.ones(len(window), dtype=np.bool_)
    passive = buy_and_hold(len(window)).astype(np.float64)
    passive[:STATE_CANDLES] = 0.0
    ratios, ledgers = [], []
    for target in (exposure, passive):
        ledger = keep_ledger(
            window, target, cash=STARTING_CASH, costs=COSTS, fill=FILL, can_trade=everywhere
        )
        returns = simple_returns(np.concatenate([[STARTING_CASH], ledger.net_worth]))
        ratios.append(sharpe(returns, PERIODS_PER_YEAR) or 0.0)
        ledgers.append(ledger)
    return Score(
        ratios[0],
        ratios[1],
        float(ledgers[0].net_worth[-1] / STARTING_CASH - 1.0),
        float(exposure.mean()),
        len(ledgers[0].fills),
    )
