"""The plan of an evaluation: its folds, what each learns from, and the candles it is scored on.

A plan is made from candles alone and is the same on every machine; what a fold's networks say about
its test candles is put together again by `Plan.tables`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.splits import Segment
from model_service.market.candles import Candles
from model_service.trading.ledger import FillRule, tradeable

ProtocolName = Literal["tdqn", "walk-forward", "ablation", "holdout"]


@dataclass(frozen=True)
class FoldSymbol:
    """A symbol in one fold.

    Attributes
    ----------
    symbol : str
    train : Candles or None
        What the fold's networks learn from; None where the symbol was not listed yet.
    validation : Candles or None
        Candles up to the end of the validation window, None where nothing is chosen on it.
    validation_first : int
        Row of `validation` where the window begins.
    scored : Candles or None
        Context and the fold's test candles; None where the symbol has no test candle.
    first : int
        Row of `scored` where the test begins.
    known : Candles or None
        What the baselines choose their moving averages on.
    """

    symbol: str
    train: Candles | None
    validation: Candles | None
    validation_first: int
    scored: Candles | None
    first: int
    known: Candles | None


@dataclass(frozen=True)
class Fold:
    """One training and the stretch that it is tested on.

    Attributes
    ----------
    index : int
    symbols : tuple of FoldSymbol
    reads_news : bool
        Whether its networks see the news that the candles know, where their recipe has any.
    """

    index: int
    symbols: tuple[FoldSymbol, ...]
    reads_news: bool = True

    def of(self, symbol: str) -> FoldSymbol:
        """One symbol of the fold."""
        return next(one for one in self.symbols if one.symbol == symbol)


@dataclass(frozen=True)
class PlanSymbol:
    """A symbol's test candles, all folds behind one another.

    Attributes
    ----------
    symbol : str
    test : Candles
    averaged : Candles
        What the baselines' moving averages are taken of; ends with `test`.
    read : Candles
        All that is learned from, seen before the test, or scored on; ends with `test`.
    first_decision : int
        Row of `test` that is decided on first; everything is flat before.
    fold_starts : tuple of (int, int)
        Index of each fold that tests this symbol, with the row of `test` where it begins.
    """

    symbol: str
    test: Candles
    averaged: Candles
    read: Candles
    first_decision: int
    fold_starts: tuple[tuple[int, int], ...]

    @cached_property
    def history(self) -> Candles | None:
        """What came before the test, None where nothing did."""
        known = len(self.read) - len(self.test)
        return self.read.slice(0, known) if known else None

    def stretches(self) -> list[tuple[int, int, int]]:
        """Fold, first row and stop row of each stretch of `test`."""
        starts = [start for _, start in self.fold_starts]
        stops = [*starts[1:], len(self.test)]
        return [
            (fold, start, stop) for (fold, start), stop in zip(self.fold_starts, stops, strict=True)
        ]


@dataclass(frozen=True)
class Plan:
    """All that a protocol prescribes for these candles.

    Attributes
    ----------
    protocol : {'tdqn', 'walk-forward', 'ablation', 'holdout'}
    symbols : tuple of PlanSymbol
    folds : tuple of Fold
    fill : {'next_open', 'next_close'}
    periods_per_year : float
        For annualised ratios.
    fills_without_volume : bool
        Whether orders fill on candles of zero volume too.
    segments : tuple of Segment
        Train, validation and test of the whole evaluation.
    notes : tuple of str
        Sentences on this protocol and these candles that a reader of a result has to know.
    """

    protocol: ProtocolName
    symbols: tuple[PlanSymbol, ...]
    folds: tuple[Fold, ...]
    fill: FillRule
    periods_per_year: float
    fills_without_volume: bool
    segments: tuple[Segment, ...]
    notes: tuple[str, ...] = ()

    def can_trade(self, candles: Candles) -> NDArray[np.bool_]:
        """Where orders on a series can be filled, shape (n,)."""
        if self.fills_without_volume:
            return np.ones(len(candles), dtype=np.bool_)
        return tradeable(candles.volume)

    @property
    def start(self) -> int:
        """First test candle of any symbol, epoch seconds."""
        return min(int(symbol.test.time[0]) for symbol in self.symbols)

    @property
    def end(self) -> int:
        """Last test candle of any symbol, epoch seconds."""
        return max(int(symbol.test.time[-1]) for symbol in self.symbols)

    @property
    def data_hash(self) -> str:
        """SHA-256 (hex) over everything that is learned from or scored on, and where it begins.

        The news that the candles know is part of it.
        """
        digest = hashlib.sha256()
        for fold in self.folds:
            for symbol in fold.symbols:
                digest.update(f"{symbol.symbol},{symbol.validation_first},{symbol.first};".encode())
                for candles in (symbol.train, symbol.validation, symbol.scored):
                    digest.update((candles.data_hash if candles is not None else "-").encode())
                    if candles is not None and candles.news_hash is not None:
                        digest.update(candles.news_hash.encode())
        return digest.hexdigest()

    def table(
        self, symbol: PlanSymbol, of_fold: Mapping[int, Mapping[str, NDArray[np.float32]]]
    ) -> NDArray[np.float32]:
        """A symbol's Q-values on its test candles from those of the folds, (n, rungs, actions)."""
        joined: NDArray[np.float32] = np.concatenate(
            [of_fold[fold][symbol.symbol] for fold, _ in symbol.fold_starts]
        )
        return joined
