"""A symbol's test candles, and everything that is run on them on the same terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.assessment.subject import Floats, Subject, WindowPair
from model_service.evaluation.baselines import (
    LONGEST_WINDOW,
    Rule,
    best_pair,
    buy_and_hold,
    random_exposures,
    sell_and_hold,
)
from model_service.evaluation.scored_run import ScoredRun, score_run
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule

MIN_CANDLES_TO_CHOOSE = 60
"""With fewer known candles moving averages are not chosen."""

USUAL_WINDOWS: WindowPair = (5, 20)

RANDOM_DRAWS = 10
"""Runs of the random baseline at least; their mean is shown."""


@dataclass(frozen=True)
class SignSeries:
    """What a moving-average rule does on the test candles, and with which averages.

    Attributes
    ----------
    exposure : float64 array, shape (n,)
        In {-1, 0, 1}.
    windows : (int, int) or None
        None where they change on the way.
    """

    exposure: Floats
    windows: WindowPair | None


@dataclass(frozen=True)
class ScoredWindow:
    """Test candles with the terms of every run on them.

    Attributes
    ----------
    candles : Candles
        n test candles.
    history : Candles or None
        What came before.
    can_trade : bool array, shape (n,)
    fill : {'next_open', 'next_close'}
    cash : float
    costs : Costs
    periods : float
        Candles a year.
    first_decision : int
        Everything is flat before this row.
    """

    candles: Candles
    history: Candles | None
    can_trade: NDArray[np.bool_]
    fill: FillRule
    cash: float
    costs: Costs
    periods: float
    first_decision: int = 0

    def score(self, exposure: Floats, seed: int = 0) -> ScoredRun:
        """Book target exposures, shape (n,)."""
        return score_run(
            self.candles,
            exposure,
            seed=seed,
            cash=self.cash,
            costs=self.costs,
            fill=self.fill,
            can_trade=self.can_trade,
            periods=self.periods,
        )

    def choose_windows(
        self, known: Candles | None, can_trade: NDArray[np.bool_], rule: Rule
    ) -> WindowPair:
        """The moving averages that did best on known candles, on the terms of this window.

        With fewer than `MIN_CANDLES_TO_CHOOSE` of them `USUAL_WINDOWS`.
        """
        if known is None or len(known) < MIN_CANDLES_TO_CHOOSE:
            return USUAL_WINDOWS
        return best_pair(
            known,
            rule,
            cash=self.cash,
            costs=self.costs,
            fill=self.fill,
            can_trade=can_trade,
            first=max(self.first_decision, LONGEST_WINDOW - 1),
        )

    def subject(
        self,
        *,
        agent: Mapping[int, Floats],
        members: Mapping[int, Floats],
        signs: Mapping[Rule, SignSeries],
    ) -> Subject:
        """Run everything.

        Parameters
        ----------
        agent : mapping of int to float64 array, shape (n,)
            Exposures by seed; empty where baselines alone are asked for.
        members : mapping of int to float64 array, shape (n,)
            Exposures that the fan shows; those of `agent` where it is empty.
        signs : mapping of str to SignSeries
            Of `trend_following` and `mean_reversion`.
        """
        runs = self._score_all(agent)
        count, first = len(self.candles), self.first_decision
        baselines: dict[str, tuple[ScoredRun, ...]] = {
            "buy_and_hold": (self.score(buy_and_hold(count, first)),),
            "sell_and_hold": (self.score(sell_and_hold(count, first)),),
            **{name: (self.score(series.exposure),) for name, series in signs.items()},
            "random": self._random(list(agent.values()) or [signs["trend_following"].exposure]),
        }
        return Subject(
            candles=self.candles,
            history=self.history,
            agent=runs,
            members=self._score_all(members) if members else runs,
            baselines=baselines,
            windows={name: series.windows for name, series in signs.items()},
        )

    def _score_all(self, exposures: Mapping[int, Floats]) -> tuple[ScoredRun, ...]:
        return tuple(self.score(exposure, seed) for seed, exposure in exposures.items())

    def _random(self, models: Sequence[Floats]) -> tuple[ScoredRun, ...]:
        """Runs with the turnover of the models, each as often as the others."""
        times = -(-RANDOM_DRAWS // len(models))
        draws = [model for model in models for _ in range(times)]
        return tuple(
            self.score(random_exposures(model, seed, self.first_decision), seed)
            for seed, model in enumerate(draws)
        )
