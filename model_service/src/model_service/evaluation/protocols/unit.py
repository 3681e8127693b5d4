"""A unit of an evaluation: one network, trained on one fold, and its Q-values on the test candles.

Units are independent of each other, so they run in any order, on any number of processes, and a
killed evaluation repeats only those that were not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.policy import QFunction, make_q_function, walk
from model_service.dqn.samples import TrainingSet, make_training_set
from model_service.dqn.trainer import Trainer, TrainerState
from model_service.evaluation.baselines import buy_and_hold
from model_service.evaluation.protocols.plan import Fold
from model_service.evaluation.validation import MIN_CANDLES, ValidationSymbol, validate
from model_service.market.candles import Candles
from model_service.market.features import compute_features
from model_service.trading.ledger import STARTING_CASH, keep_ledger, tradeable, usable_fill
from model_service.trading.metrics import periods_per_year, sharpe, simple_returns

Floats32 = NDArray[np.float32]

CHOICES = 4
"""Where a fold has a validation window, so many points of the training are compared on it."""


@dataclass(frozen=True)
class UnitResult:
    """What a unit leaves behind.

    Attributes
    ----------
    tables : mapping of str to float32 array, shape (n, rungs, actions)
        Q-values on the fold's test candles, by symbol.
    train_excess_sharpe : float or None
        Sharpe ratio above buy and hold on the candles that the network learned from, mean over the
        symbols: how well it knows them by heart.
    steps : int
        Steps of the network that was kept.
    """

    tables: Mapping[str, Floats32]
    train_excess_sharpe: float | None
    steps: int


@dataclass(frozen=True)
class Saving:
    """Where a unit's training goes on from, and where it saves itself."""

    every_steps: int
    load: Callable[[TrainingSet], TrainerState | None]
    save: Callable[[TrainingSet, TrainerState], None]


def run_unit(
    fold: Fold,
    config: AgentConfig,
    *,
    seed: int,
    steps: int,
    saving: Saving | None = None,
    report_steps: int = 50,
    on_step: Callable[[int], None] = lambda _: None,
) -> UnitResult:
    """Train one network on a fold and ask it about the fold's test candles.

    Parameters
    ----------
    fold : Fold
    config : AgentConfig
    seed : int
        Of this one network.
    steps : int
    saving : Saving, optional
        Only where nothing is chosen on validation: a choice needs the whole training.
    report_steps : int
    on_step : callable
        Called with the number of steps taken so far.

    Raises
    ------
    TrainingDataError
        If no symbol has enough candles to train on.
    """
    config = config if fold.reads_news else config.without_news()
    data = make_training_set([s.train for s in fold.symbols if s.train is not None], config)
    trainer = Trainer(config, data, seed)
    ask = make_q_function(trainer.target, data.features.shape[1])
    on_validation = _validation_symbols(fold, config)
    if on_validation:
        kept = _train_and_choose(trainer, ask, on_validation, steps, report_steps, on_step)
    else:
        _train(trainer, data, steps, saving, report_steps, on_step)
        kept = steps
    tables = {
        symbol.symbol: ask(compute_features(symbol.scored, config.features))[symbol.first :]
        for symbol in fold.symbols
        if symbol.scored is not None
    }
    return UnitResult(tables, _train_excess(fold, ask, config), kept)


def _train(
    trainer: Trainer,
    data: TrainingSet,
    steps: int,
    saving: Saving | None,
    report_steps: int,
    on_step: Callable[[int], None],
) -> None:
    state = saving.load(data) if saving is not None else None
    if state is not None and state.step <= steps:
        trainer.restore(state)
    while trainer.step < steps:
        trainer.train(min(report_steps, steps - trainer.step))
        on_step(trainer.step)
        if saving is not None and trainer.step % saving.every_steps == 0:
            saving.save(data, trainer.state())


def _train_and_choose(
    trainer: Trainer,
    ask: QFunction,
    symbols: list[ValidationSymbol],
    steps: int,
    report_steps: int,
    on_step: Callable[[int], None],
) -> int:
    """Train, and keep the weights of the point that did best on validation; returns its step."""
    best, kept, arrays = -np.inf, 0, trainer.target.arrays()
    for stop in np.unique(np.linspace(0, steps, CHOICES + 1).astype(int)[1:]).tolist():
        while trainer.step < stop:
            trainer.train(min(report_steps, stop - trainer.step))
            on_step(trainer.step)
        reached = validate(ask, trainer.config, symbols).sharpe
        if reached is not None and reached > best:
            best, kept, arrays = reached, stop, trainer.target.arrays()
    trainer.target.load_arrays(arrays)
    return kept


def _validation_symbols(fold: Fold, config: AgentConfig) -> list[ValidationSymbol]:
    found = []
    for symbol in fold.symbols:
        if symbol.validation is None:
            continue
        first = max(symbol.validation_first, config.features.warm_up_candles)
        if len(symbol.validation) - first >= MIN_CANDLES:
            features = compute_features(symbol.validation, config.features)
            found.append(ValidationSymbol(symbol.validation, features, first))
    return found


def _train_excess(fold: Fold, ask: QFunction, config: AgentConfig) -> float | None:
    excess = [
        _excess(symbol.train, ask, config)
        for symbol in fold.symbols
        if symbol.train is not None and len(symbol.train) > 2 * config.features.warm_up_candles
    ]
    return float(np.mean(excess)) if excess else None


def _excess(candles: Candles, ask: QFunction, config: AgentConfig) -> float:
    table = ask(compute_features(candles, config.features))
    decisions = walk(table, config.ladder, config.features.warm_up_candles)
    agent = config.ladder.exposures[decisions.rung]
    passive = buy_and_hold(len(candles))
    return _sharpe(candles, agent, config) - _sharpe(candles, passive, config)


def _sharpe(candles: Candles, exposure: NDArray[np.float64], config: AgentConfig) -> float:
    ledger = keep_ledger(
        candles,
        exposure,
        cash=STARTING_CASH,
        costs=config.costs,
        fill=usable_fill(candles, config.fill),
        can_trade=tradeable(candles.volume),
    )
    return sharpe(simple_returns(ledger.net_worth), periods_per_year(candles)) or 0.0
