"""Round trips by hand, and the sum that they keep."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.evaluation.attribution import attribute, round_trips
from model_service.evaluation.scored_run import ScoredRun
from model_service.market.candles import SECONDS_PER_DAY
from model_service.trading.costs import Costs

RunMaker = Callable[..., ScoredRun]
CENT = Costs(100.0, 0.0)


def test_a_round_trip_by_hand(make_run: RunMaker) -> None:
    run = make_run([10.0, 10.0, 12.0, 12.0], [1.0, 0.0, 0.0, 0.0], costs=CENT)
    (trip,) = round_trips(run)
    # 99 shares: 99 * 2 of gain, 9.90 and 11.88 of commission.
    assert trip.profit == pytest.approx(198.0 - 9.9 - 11.88)
    assert (trip.side, trip.start, trip.end) == ("long", SECONDS_PER_DAY, 2 * SECONDS_PER_DAY)


def test_a_fill_across_zero_closes_one_trip_and_opens_another(make_run: RunMaker) -> None:
    run = make_run([10.0, 10.0, 12.0, 9.0], [1.0, -1.0, -1.0, -1.0], costs=CENT)
    long, short = round_trips(run)
    assert (long.side, short.side) == ("long", "short")
    assert long.profit == pytest.approx(198.0 - 9.9 - 11.88)
    assert long.end == short.start == 2 * SECONDS_PER_DAY
    sold = -int(run.ledger.quantity[-1])
    # Still open: valued at the last close, 9.
    assert short.profit == pytest.approx(sold * (12.0 * 0.99 - 9.0))
    assert short.end == 3 * SECONDS_PER_DAY


def test_partial_sales_belong_to_one_trip(make_run: RunMaker) -> None:
    run = make_run([10.0, 10.0, 20.0, 30.0], [1.0, 0.5, 0.0, 0.0])
    (trip,) = round_trips(run)
    assert trip.profit == pytest.approx(run.profit)
    assert trip.end == 3 * SECONDS_PER_DAY


@given(
    seed=st.integers(0, 2**20),
    rungs=st.sampled_from([(0.0, 1.0), (0.0, 0.5, 1.0), (-1.0, 0.0, 1.0), (-1.0, -0.5, 0.5)]),
    costs=st.sampled_from([Costs(0.0, 0.0), Costs(10.0, 5.0), CENT]),
)
def test_trips_add_up_to_the_profit(
    make_run: RunMaker, seed: int, rungs: tuple[float, ...], costs: Costs
) -> None:
    random = np.random.default_rng(seed)
    prices = 50.0 * np.exp(np.cumsum(random.normal(0.0, 0.03, 60)))
    run = make_run(prices, random.choice(rungs, 60), costs=costs, cash=1e5)
    trips = round_trips(run)
    assert sum(trip.profit for trip in trips) == pytest.approx(run.profit, abs=1e-6)
    assert all(first.end <= second.start for first, second in itertools.pairwise(trips))


def test_shares_of_time_and_the_best_trips(make_run: RunMaker) -> None:
    prices = [10.0, 10.0, 12.0, 12.0, 11.0, 11.0, 13.0, 13.0]
    held = [1.0, 0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    run = make_run(prices, held)
    other = make_run(prices, [0.0] * 8, seed=1)
    found = attribute([run, other])
    assert found.long_fraction == 2 / 16
    assert found.short_fraction == 1 / 16
    assert found.flat_fraction == 13 / 16
    assert found.profit == pytest.approx(run.profit)
    assert [trip.side for trip in found.best] == ["long", "long", "short"]
    assert [trip.profit for trip in found.best] == sorted(
        (trip.profit for trip in found.best), reverse=True
    )
    assert found.profit_without_best == pytest.approx(0.0)
    plain = found.to_dict()
    assert list(plain) == [
        "long_fraction",
        "flat_fraction",
        "short_fraction",
        "profit",
        "profit_without_best",
        "best",
    ]
    assert set(plain["best"][0]) == {
        "symbol",
        "seed",
        "side",
        "start",
        "end",
        "profit",
        "profit_fraction",
    }
    assert sum(trip["profit_fraction"] for trip in plain["best"]) == pytest.approx(1.0)


def test_no_more_than_five_and_only_winners(make_run: RunMaker) -> None:
    prices = [10.0, 10.0, 11.0] * 8
    winning = make_run(prices, [1.0, 0.0, 0.0] * 8)
    found = attribute([winning])
    assert len(found.best) == 5
    assert found.profit_without_best == pytest.approx(
        winning.profit - sum(trip.profit for trip in found.best)
    )
    losing = make_run([10.0, 10.0, 9.0, 9.0], [1.0, 0.0, 0.0, 0.0])
    assert attribute([losing]).best == ()
    assert attribute([losing]).profit_without_best == attribute([losing]).profit


def test_a_loss_has_no_fractions(make_run: RunMaker) -> None:
    prices = [10.0, 10.0, 11.0, 11.0, 5.0, 5.0]
    found = attribute([make_run(prices, [1.0, 0.0, 1.0, 0.0, 0.0, 0.0])])
    assert found.profit < 0.0
    assert [trip["profit_fraction"] for trip in found.to_dict()["best"]] == [None]
