"""The TDQN protocol as a plan: who learns from which file, and where dates overlap."""

from __future__ import annotations

import numpy as np

from model_service.evaluation.protocols.tdqn import COSTS, plan_tdqn
from model_service.evaluation.protocols.tdqn_data import TdqnSymbol
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import STARTING_CASH


def candles(symbol: str, first: int, count: int) -> Candles:
    days = first + np.arange(count, dtype=np.int64)
    price = 20.0 + days % 13
    return Candles(symbol, days * SECONDS_PER_DAY, price, price, price, price, np.zeros(count))


def test_an_agent_does_not_learn_from_dates_that_the_test_repeats() -> None:
    """The training file of OVER ends three days into its test, as those of Tokyo do."""
    over = TdqnSymbol("OVER", candles("OVER", 0, 103), candles("OVER", 100, 80))
    plan = plan_tdqn([over])
    (fold,) = plan.folds
    one = fold.of("OVER")
    assert one.train is not None
    assert one.train.time[-1] == 99 * SECONDS_PER_DAY
    assert one.scored is not None
    np.testing.assert_array_equal(one.scored.time[one.first :], over.test.time)
    assert one.known is over.train
    assert one.validation is None
    (symbol,) = plan.symbols
    assert symbol.averaged is symbol.test
    assert symbol.history is not None
    assert len(symbol.history) == 100


def test_terms_of_the_protocol() -> None:
    early = TdqnSymbol("EARLY", candles("EARLY", 0, 100), candles("EARLY", 110, 70))
    late = TdqnSymbol("LATE", candles("LATE", 40, 64), candles("LATE", 105, 80))
    plan = plan_tdqn([early, late])
    assert (plan.fill, plan.periods_per_year, plan.fills_without_volume) == (
        "next_close", 252.0, True,
    )  # fmt: skip
    assert (100_000.0, Costs(10.0, 0.0)) == (STARTING_CASH, COSTS)
    assert {symbol.first_decision for symbol in plan.symbols} == {29}
    assert {symbol.fold_starts for symbol in plan.symbols} == {((0, 0),)}
    assert plan.can_trade(early.test).all()
    days = [(s.kind, s.start // SECONDS_PER_DAY, s.end // SECONDS_PER_DAY) for s in plan.segments]
    assert days == [("train", 0, 103), ("test", 105, 184)]
    assert (plan.start // SECONDS_PER_DAY, plan.end // SECONDS_PER_DAY) == (105, 184)


def test_a_reader_is_told_of_the_flat_start_and_of_files_that_go_on_too_long() -> None:
    last_day = 18_261  # 2019-12-31
    within = TdqnSymbol("WITHIN", candles("WITHIN", 0, 100), candles("WITHIN", last_day - 79, 80))
    beyond = TdqnSymbol("BEYOND", candles("BEYOND", 0, 100), candles("BEYOND", last_day - 79, 81))
    (flat,) = plan_tdqn([within]).notes
    assert flat.startswith("For the first 30 candles")
    again, late = plan_tdqn([beyond, within]).notes
    assert again == flat
    assert late.startswith("The test files of BEYOND go on into 2020")
