"""The TDQN protocol (Théate & Ernst, 2021): its terms, and its plan of one fold.

Orders fill at closes, 100,000 of capital, 10 bps a side, no slippage, and every candle can be
traded. The first `STATE_CANDLES` candles of a file are flat: the decision at the last of them is
the first one, and it fills at the next close. That is what the protocol calls seeing up to t - 1
and filling at the close of t. Ratios are annualised by 252 candles a year.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model_service.evaluation.baselines import (
    WINDOW_PAIRS,
    Rule,
    moving_averages,
    pair_signs,
    pick_pair,
)
from model_service.evaluation.protocols.plan import Fold, FoldSymbol, Plan, PlanSymbol
from model_service.evaluation.protocols.tdqn_data import TdqnSymbol
from model_service.evaluation.protocols.tdqn_environment import environment_net_worth
from model_service.evaluation.splits import Segment
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import STARTING_CASH, FillRule

COSTS = Costs(commission_bps=10.0, slippage_bps=0.0)
FILL: FillRule = "next_close"
PERIODS_PER_YEAR = 252.0
STATE_CANDLES = 30
FIRST_DECISION = STATE_CANDLES - 1
"""Row of a file whose decision is the first one."""

_TEST_END = 1_577_836_799
"""Last second of 2019, where the test ends."""


def choose_windows(train: Candles, rule: Rule) -> tuple[int, int]:
    """Short and long window of a rule with the best Sharpe ratio on a training file.

    By the books of the paper's environment, in which a run goes on after ruin.
    """
    signs = pair_signs(moving_averages(train.close), WINDOW_PAIRS, rule, FIRST_DECISION)
    net_worth = environment_net_worth(train.close, signs, STARTING_CASH, COSTS.commission)
    returns = np.zeros_like(net_worth)
    returns[:, 1:] = net_worth[:, 1:] / net_worth[:, :-1] - 1.0
    return pick_pair(returns)


def plan_tdqn(symbols: Sequence[TdqnSymbol]) -> Plan:
    """The plan for these symbols, at least one."""
    return Plan(
        protocol="tdqn",
        symbols=tuple(
            PlanSymbol(
                symbol=symbol.symbol,
                test=symbol.test,
                # The protocol takes each file as it is: averages begin anew with the test file.
                averaged=symbol.test,
                read=symbol.joined,
                first_decision=FIRST_DECISION,
                fold_starts=((0, 0),),
            )
            for symbol in symbols
        ),
        folds=(Fold(0, tuple(_fold_symbol(symbol) for symbol in symbols)),),
        fill=FILL,
        periods_per_year=PERIODS_PER_YEAR,
        fills_without_volume=True,
        segments=(
            Segment(
                "train",
                min(int(symbol.context.time[0]) for symbol in symbols),
                max(int(symbol.context.time[-1]) for symbol in symbols),
            ),
            Segment(
                "test",
                min(int(symbol.test.time[0]) for symbol in symbols),
                max(int(symbol.test.time[-1]) for symbol in symbols),
            ),
        ),
        notes=_notes(symbols),
    )


def _notes(symbols: Sequence[TdqnSymbol]) -> tuple[str, ...]:
    flat = (
        f"For the first {STATE_CANDLES} candles of the test the protocol holds nothing, in the "
        "baselines as in the agent."
    )
    late = [symbol.symbol for symbol in symbols if symbol.test.time[-1] > _TEST_END]
    if not late:
        return (flat,)
    return flat, f"The test files of {', '.join(late)} go on into 2020 and are taken as they are."


def _fold_symbol(symbol: TdqnSymbol) -> FoldSymbol:
    return FoldSymbol(
        symbol=symbol.symbol,
        # Training files of Tokyo and Hong Kong repeat the first dates of the test: an agent does
        # not learn from those, the baselines choose on the file as it is.
        train=symbol.context,
        validation=None,
        validation_first=0,
        scored=symbol.joined,
        first=symbol.test_first,
        known=symbol.train,
    )
