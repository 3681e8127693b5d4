"""A unit of an evaluation: one network, trained on one fold, and its Q-values on the test candles.

Units are independent of each other, so they run in any order, on any number of processes, and a
killed evaluation repeats only those that were not finished.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
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

_KEPT = "kept."
_KEPT_POINT = "kept_point"

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
class UnitProgress:
    """Steps taken so far, and the mean loss since the report before."""

    step: int
    loss: float


@dataclass(frozen=True)
class Saving:
    """Where a unit's training goes on from, and where and when it saves itself."""

    is_due: Callable[[int], bool]
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
    """`train_unit` from its first step to its last.

    Parameters
    ----------
    on_step : callable
        Called with the number of steps taken so far.
    """
    steps_taken = train_unit(
        fold, config, seed=seed, steps=steps, saving=saving, report_steps=report_steps
    )
    while True:
        try:
            on_step(next(steps_taken).step)
        except StopIteration as end:
            result: UnitResult = end.value
            return result


def train_unit(
    fold: Fold,
    config: AgentConfig,
    *,
    seed: int,
    steps: int,
    saving: Saving | None = None,
    report_steps: int = 50,
) -> Generator[UnitProgress, None, UnitResult]:
    """Train one network on a fold, step by step as it is iterated, and ask it about the fold's
    test candles.

    Parameters
    ----------
    fold : Fold
    config : AgentConfig
    seed : int
        Of this one network.
    steps : int
    saving : Saving, optional
    report_steps : int

    Yields
    ------
    UnitProgress

    Returns
    -------
    UnitResult

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
    choice = _Choice(trainer, ask, on_validation, steps)
    if saving is not None:
        state = saving.load(data)
        if state is not None and state.step <= steps:
            choice.restore(state)
    while trainer.step < steps:
        stop = min(trainer.step + report_steps, choice.next_point(trainer.step))
        loss = trainer.train(stop - trainer.step)
        choice.consider()
        if saving is not None and saving.is_due(trainer.step):
            saving.save(data, choice.state())
        yield UnitProgress(trainer.step, loss)
    kept = choice.take()
    return UnitResult(test_tables(fold, ask, config), train_excess_sharpe(fold, ask, config), kept)


def test_tables(fold: Fold, ask: QFunction, config: AgentConfig) -> dict[str, Floats32]:
    """Q-values on a fold's test candles by symbol, each of shape (n, rungs, actions)."""
    return {
        symbol.symbol: ask(compute_features(symbol.scored, config.features))[symbol.first :]
        for symbol in fold.symbols
        if symbol.scored is not None
    }


class _Choice:
    """The point of a training that did best on validation; the last one without a validation.

    Parameters
    ----------
    trainer : Trainer
    ask : callable
        The Q-values of the trainer's target network.
    symbols : sequence of ValidationSymbol
    steps : int
        Of the whole training.
    """

    def __init__(
        self,
        trainer: Trainer,
        ask: QFunction,
        symbols: Sequence[ValidationSymbol],
        steps: int,
    ) -> None:
        self._trainer = trainer
        self._ask = ask
        self._symbols = symbols
        self._steps = steps
        self._points: list[int] = (
            np.unique(np.linspace(0, steps, CHOICES + 1).astype(int)[1:]).tolist()
            if symbols
            else [steps]
        )
        self._best = -np.inf
        self._kept = steps if not symbols else 0
        self._arrays = trainer.target.arrays()

    def next_point(self, step: int) -> int:
        """The next step at which the network is looked at."""
        return next(point for point in self._points if point > step)

    def consider(self) -> None:
        """Look at the network where this is one of the points."""
        if not self._symbols or self._trainer.step not in self._points:
            return
        reached = validate(self._ask, self._trainer.config, self._symbols).sharpe
        if reached is not None and reached > self._best:
            self._best, self._kept = reached, self._trainer.step
            self._arrays = self._trainer.target.arrays()

    def take(self) -> int:
        """Put the best weights into the target network; the step that they are from."""
        if self._symbols:
            self._trainer.target.load_arrays(self._arrays)
        return self._kept

    def state(self) -> TrainerState:
        """The trainer's state with what was kept so far."""
        state = self._trainer.state()
        if not self._symbols:
            return state
        kept: dict[str, NDArray[np.generic]] = {
            f"{_KEPT}{position}": array for position, array in enumerate(self._arrays)
        }
        point = np.array([self._best, self._kept], dtype=np.float64)
        return TrainerState(state.step, {**state.arrays, **kept, _KEPT_POINT: point})

    def restore(self, state: TrainerState) -> None:
        """Go on from `state`."""
        self._trainer.restore(state)
        if self._symbols:
            best, kept = state.arrays[_KEPT_POINT].tolist()
            self._best, self._kept = float(best), int(kept)
            self._arrays = [
                np.asarray(state.arrays[f"{_KEPT}{position}"], dtype=np.float32)
                for position in range(len(self._arrays))
            ]


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


def train_excess_sharpe(fold: Fold, ask: QFunction, config: AgentConfig) -> float | None:
    """Sharpe ratio above buy and hold on what was learned from, mean over the symbols."""
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
