"""The TDQN protocol (Théate & Ernst, 2021): its terms, and the baselines under them.

Orders fill at closes, 100,000 of capital, 10 bps a side, no slippage, and every candle can be
traded. The first `STATE_CANDLES` candles of a file are flat: the decision at the last of them is
the first one, and it fills at the next close. Ratios are annualised by 252 candles a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.evaluation.baselines import (
    MOVING_AVERAGE_RULES,
    WINDOW_PAIRS,
    Rule,
    buy_and_hold,
    moving_average_signs,
    moving_averages,
    pair_signs,
    pick_pair,
    sell_and_hold,
)
from model_service.evaluation.protocols.tdqn_data import TdqnSymbol
from model_service.evaluation.protocols.tdqn_environment import environment_net_worth
from model_service.evaluation.scored_run import ScoredRun, score_run
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule

CASH = 100_000.0
COSTS = Costs(commission_bps=10.0, slippage_bps=0.0)
FILL: FillRule = "next_close"
PERIODS_PER_YEAR = 252.0
STATE_CANDLES = 30
FIRST_DECISION = STATE_CANDLES - 1
"""Row of a file whose decision is the first one."""


@dataclass(frozen=True)
class BaselineRun:
    """A baseline on a symbol's test candles.

    Attributes
    ----------
    run : ScoredRun
        Exposure, ledger, returns and Sharpe ratio.
    windows : tuple of (int, int) or None
        Short and long window that were chosen on the training file.
    """

    run: ScoredRun
    windows: tuple[int, int] | None = None

    @property
    def exposure(self) -> NDArray[np.float64]:
        """Target exposure after each candle, shape (n,)."""
        return self.run.exposure

    @property
    def net_worth(self) -> NDArray[np.float64]:
        """Money at the close of each candle, shape (n,)."""
        return self.run.net_worth

    @property
    def returns(self) -> NDArray[np.float64]:
        """Simple returns, shape (n,)."""
        return self.run.returns

    @property
    def sharpe(self) -> float:
        """Annualised Sharpe ratio."""
        return self.run.sharpe


def score(candles: Candles, exposure: NDArray[np.float64], *, seed: int = 0) -> ScoredRun:
    """Keep the books of target exposures, shape (n,), under the protocol's terms."""
    return score_run(
        candles,
        exposure,
        seed=seed,
        cash=CASH,
        costs=COSTS,
        fill=FILL,
        can_trade=everywhere(candles),
        periods=PERIODS_PER_YEAR,
    )


def everywhere(candles: Candles) -> NDArray[np.bool_]:
    """The protocol trades on every candle, also on those without volume; shape (n,)."""
    return np.ones(len(candles), dtype=np.bool_)


def choose_windows(train: Candles, rule: Rule) -> tuple[int, int]:
    """Short and long window of a rule with the best Sharpe ratio on a training file.

    By the books of the paper's environment, in which a run goes on after ruin.
    """
    signs = pair_signs(moving_averages(train.close), WINDOW_PAIRS, rule, FIRST_DECISION)
    net_worth = environment_net_worth(train.close, signs, CASH, COSTS.commission)
    returns = np.zeros_like(net_worth)
    returns[:, 1:] = net_worth[:, 1:] / net_worth[:, :-1] - 1.0
    return pick_pair(returns)


def score_baselines(symbol: TdqnSymbol) -> dict[str, BaselineRun]:
    """The four deterministic baselines on the test file of a symbol, in their usual order.

    The windows of the moving averages are chosen on the training file.
    """
    test = symbol.test
    count = len(test)
    baselines = {
        "buy_and_hold": BaselineRun(score(test, buy_and_hold(count, FIRST_DECISION))),
        "sell_and_hold": BaselineRun(score(test, sell_and_hold(count, FIRST_DECISION))),
    }
    for rule in MOVING_AVERAGE_RULES:
        windows = choose_windows(symbol.train, rule)
        exposure = moving_average_signs(test.close, *windows, rule, FIRST_DECISION)
        baselines[rule] = BaselineRun(score(test, exposure), windows)
    return baselines
