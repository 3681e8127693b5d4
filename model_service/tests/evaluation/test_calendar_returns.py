"""Years and months by hand."""

from collections.abc import Callable

import numpy as np
import pytest

from model_service.evaluation.calendar_returns import calendar_returns
from model_service.evaluation.scored_run import ScoredRun

RunMaker = Callable[..., ScoredRun]


def test_two_months_and_two_years_by_hand(make_run: RunMaker) -> None:
    # 30 and 31 December 1970, 1 and 2 January 1971.
    prices = [100.0, 110.0, 121.0, 60.5]
    hold = make_run(prices, [1.0] * 4, first_day=363, cash=1_000.0)
    flat = make_run(prices, [0.0] * 4, first_day=363, seed=1)
    found = calendar_returns([hold, flat], [hold])
    assert [(part.year, part.month) for part in found] == [
        (1970, None),
        (1970, 12),
        (1971, None),
        (1971, 1),
    ]
    # 9 shares at 110: 10 of cash; 1,099 and 554.5 at the closes of January.
    assert found[1].buy_and_hold_total_return_fraction == pytest.approx(0.0)
    assert found[3].buy_and_hold_total_return_fraction == pytest.approx(554.5 / 1_000.0 - 1.0)
    assert found[3].total_return_fraction == pytest.approx((554.5 / 1_000.0 - 1.0) / 2)
    assert found[3].to_dict() == {
        "year": 1971,
        "month": 1,
        "total_return_fraction": found[3].total_return_fraction,
        "buy_and_hold_total_return_fraction": found[3].buy_and_hold_total_return_fraction,
    }


def test_months_compound_to_years_and_years_to_the_whole(make_run: RunMaker) -> None:
    random = np.random.default_rng(0)
    prices = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.02, 900)))
    run = make_run(prices, random.choice([0.0, 1.0], 900), first_day=100, cash=1e6)
    found = calendar_returns([run], [run])
    years = [part for part in found if part.month is None]
    assert np.prod([1.0 + part.total_return_fraction for part in years]) == pytest.approx(
        1.0 + run.total_return_fraction
    )
    for year in years:
        months = [
            1.0 + part.total_return_fraction
            for part in found
            if part.year == year.year and part.month is not None
        ]
        assert np.prod(months) == pytest.approx(1.0 + year.total_return_fraction)


def test_a_symbol_counts_in_the_months_it_has(make_run: RunMaker) -> None:
    early = make_run([100.0, 100.0, 200.0], [1.0] * 3, first_day=0)
    late = make_run([100.0, 100.0, 300.0], [1.0] * 3, first_day=31, symbol="LATE")
    found = {
        part.month: part.total_return_fraction
        for part in calendar_returns([early, late], [early, late])
    }
    assert found == pytest.approx({None: 1.5, 1: 1.0, 2: 2.0})
