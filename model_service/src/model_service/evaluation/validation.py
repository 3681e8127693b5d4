"""Validation: how a network in training would have traded the window that choices are made on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.dqn.config import AgentConfig
from model_service.dqn.policy import QFunction, walk
from model_service.evaluation.baselines import buy_and_hold
from model_service.evaluation.splits import Split
from model_service.market.candles import Candles
from model_service.market.features import compute_features
from model_service.trading.ledger import STARTING_CASH, Ledger, keep_ledger, tradeable, usable_fill
from model_service.trading.metrics import Metrics, measure, periods_per_year

PURGE_CANDLES = 5
"""Candles between training and validation that belong to neither (one trading week)."""

TRACED_CANDLES = 120
"""Of a trace at most: as many as a small chart has points."""

MIN_CANDLES = 20
"""Symbols with fewer candles to validate on say nothing and are left out."""


@dataclass(frozen=True)
class ValidationSymbol:
    """One symbol up to the end of validation; decisions begin at candle `first`."""

    candles: Candles
    features: NDArray[np.float32]
    first: int


@dataclass(frozen=True)
class ValidationResult:
    """Means over the symbols, each with equal weight; None where no symbol defines the value."""

    symbols: int
    sharpe: float | None
    buy_and_hold_sharpe: float | None
    total_return_fraction: float | None
    buy_and_hold_total_return_fraction: float | None
    time_in_market_fraction: float | None
    trades: float | None

    def to_dict(self) -> dict[str, float | None]:
        """The result by name, for a manifest."""
        return dict(vars(self))


@dataclass(frozen=True)
class ValidationTrace:
    """How a policy traded the validation window, to be looked at.

    Attributes
    ----------
    exposures : tuple of float
        The rungs of the ladder.
    exposure_fractions : tuple of float
        Share of all symbols' candles at each rung.
    time : int64 array, shape (n,)
        Some candles of the first symbol's window, the first and the last among them.
    net_worth, buy_and_hold_net_worth : float64 arrays, shape (n,)
        Of the first symbol, 100 at the start.
    """

    exposures: tuple[float, ...]
    exposure_fractions: tuple[float, ...]
    time: NDArray[np.int64]
    net_worth: NDArray[np.float64]
    buy_and_hold_net_worth: NDArray[np.float64]


def make_validation_symbols(
    series: Sequence[Candles], config: AgentConfig, split: Split
) -> list[ValidationSymbol]:
    """Features up to the end of validation, of the symbols that reach into it."""
    symbols: list[ValidationSymbol] = []
    for candles in series:
        known = split.known(candles)
        if known is None:
            continue
        first = max(split.first_validation(known, PURGE_CANDLES), config.features.warm_up_candles)
        if len(known) - first >= MIN_CANDLES:
            symbols.append(ValidationSymbol(known, compute_features(known, config.features), first))
    return symbols


def validate(
    q_function: QFunction, config: AgentConfig, symbols: Sequence[ValidationSymbol]
) -> ValidationResult:
    """Trade every symbol's validation window greedily, on the configuration's costs."""
    agent: list[Metrics] = []
    passive: list[Metrics] = []
    for symbol in symbols:
        decisions = walk(q_function(symbol.features), config.ladder, symbol.first)
        exposure = config.ladder.exposures[decisions.rung][symbol.first :]
        agent.append(_trade(symbol, exposure, config))
        passive.append(_trade(symbol, buy_and_hold(exposure.shape[0]), config))
    return ValidationResult(
        symbols=len(symbols),
        sharpe=_mean([metrics.sharpe or 0.0 for metrics in agent]),
        buy_and_hold_sharpe=_mean([metrics.sharpe or 0.0 for metrics in passive]),
        total_return_fraction=_mean([metrics.total_return_fraction for metrics in agent]),
        buy_and_hold_total_return_fraction=_mean(
            [metrics.total_return_fraction for metrics in passive]
        ),
        time_in_market_fraction=_mean([metrics.time_in_market_fraction for metrics in agent]),
        trades=_mean([float(metrics.trades) for metrics in agent]),
    )


def trace_validation(
    q_function: QFunction, config: AgentConfig, symbols: Sequence[ValidationSymbol]
) -> ValidationTrace | None:
    """The trades that `validate` sums up; None where no symbol has enough candles."""
    if not symbols:
        return None
    rungs = [
        walk(q_function(symbol.features), config.ladder, symbol.first).rung[symbol.first :]
        for symbol in symbols
    ]
    at_rung = np.bincount(np.concatenate(rungs), minlength=len(config.ladder.rungs))
    first = symbols[0]
    agent = _keep(first, config.ladder.exposures[rungs[0]], config)
    passive = _keep(first, buy_and_hold(rungs[0].shape[0]), config)
    shown = np.unique(
        np.linspace(0, rungs[0].shape[0] - 1, min(TRACED_CANDLES, rungs[0].shape[0])).astype(int)
    )
    return ValidationTrace(
        exposures=config.ladder.rungs,
        exposure_fractions=tuple((at_rung / at_rung.sum()).tolist()),
        time=first.candles.time[first.first :][shown],
        net_worth=agent.net_worth[shown] / STARTING_CASH * 100.0,
        buy_and_hold_net_worth=passive.net_worth[shown] / STARTING_CASH * 100.0,
    )


def _trade(symbol: ValidationSymbol, exposure: NDArray[np.float64], config: AgentConfig) -> Metrics:
    ledger = _keep(symbol, exposure, config)
    return measure(ledger, cash=STARTING_CASH, periods=periods_per_year(symbol.candles))


def _keep(symbol: ValidationSymbol, exposure: NDArray[np.float64], config: AgentConfig) -> Ledger:
    window = symbol.candles.slice(symbol.first)
    fill = usable_fill(window, config.fill)
    can_trade = tradeable(symbol.candles.volume)[symbol.first :]
    return keep_ledger(
        window, exposure, cash=STARTING_CASH, costs=config.costs, fill=fill, can_trade=can_trade
    )


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
