"""Holdout: trained and validated up to a date, tested once on everything after it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model_service.evaluation.protocols.plan import Fold, FoldSymbol, Plan, PlanSymbol
from model_service.evaluation.protocols.walk_forward import MIN_TEST_CANDLES
from model_service.evaluation.splits import Segment, Split
from model_service.market.candles import Candles
from model_service.trading.ledger import FillRule
from model_service.trading.metrics import periods_per_year


def plan_holdout(series: Sequence[Candles], split: Split, fill: FillRule) -> Plan | None:
    """The plan for these series; None where no symbol has enough candles behind the split.

    The test begins with the first candle after the validation. What was learned reads no price
    beyond the training window and what was chosen none beyond the validation, so that no gap
    between validation and test is needed.
    """
    tested = [candles for candles in series if _test_candles(candles, split) >= MIN_TEST_CANDLES]
    if not tested:
        return None
    last = max(int(candles.time[-1]) for candles in tested)
    first = min(int(candles.time[_first_test(candles, split)]) for candles in tested)
    start = min(int(candles.time[0]) for candles in series)
    return Plan(
        protocol="holdout",
        symbols=tuple(_plan_symbol(candles, split) for candles in tested),
        folds=(Fold(0, tuple(_fold_symbol(candles, split) for candles in tested)),),
        fill=fill,
        periods_per_year=float(np.median([periods_per_year(candles) for candles in tested])),
        fills_without_volume=False,
        segments=(
            Segment("train", start, split.train_end),
            Segment("validation", split.train_end + 1, split.validation_end),
            Segment("test", first, last),
        ),
        notes=_notes(series, tested),
    )


def _plan_symbol(candles: Candles, split: Split) -> PlanSymbol:
    return PlanSymbol(
        symbol=candles.symbol,
        test=candles.slice(_first_test(candles, split)),
        averaged=candles,
        read=candles,
        first_decision=0,
        fold_starts=((0, 0),),
    )


def _fold_symbol(candles: Candles, split: Split) -> FoldSymbol:
    known = split.known(candles)
    return FoldSymbol(
        symbol=candles.symbol,
        train=split.train(candles),
        validation=None,
        validation_first=0,
        scored=candles,
        first=_first_test(candles, split),
        known=known,
    )


def _first_test(candles: Candles, split: Split) -> int:
    return int(np.searchsorted(candles.time, split.validation_end, side="right"))


def _test_candles(candles: Candles, split: Split) -> int:
    return len(candles) - _first_test(candles, split)


def _notes(series: Sequence[Candles], tested: Sequence[Candles]) -> tuple[str, ...]:
    out = [one.symbol for one in series if all(one.symbol != kept.symbol for kept in tested)]
    if not out:
        return ()
    return (f"{', '.join(out)} has too few candles after the validation and is not tested.",)
