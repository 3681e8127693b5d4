"""The TDQN protocol (Théate & Ernst, 2021) as a plan: learn 2012-2017, test 2018-2019, one fold.

An agent decides at a candle, seeing no later one, and its order fills at the next close: what the
protocol calls seeing up to t - 1 and filling at the close of t.
"""

from __future__ import annotations

from collections.abc import Sequence

from model_service.evaluation.protocols.plan import Fold, FoldSymbol, Plan, PlanSymbol
from model_service.evaluation.protocols.tdqn import FILL, FIRST_DECISION, PERIODS_PER_YEAR
from model_service.evaluation.protocols.tdqn_data import TdqnSymbol
from model_service.evaluation.splits import Segment


def plan_tdqn(symbols: Sequence[TdqnSymbol]) -> Plan:
    """The plan for these symbols, at least one."""
    return Plan(
        protocol="tdqn",
        symbols=tuple(
            PlanSymbol(
                symbol=symbol.symbol,
                test=symbol.test,
                history=symbol.context,
                # The protocol takes each file as it is: averages begin anew with the test file.
                averaged=symbol.test,
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
    )


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
