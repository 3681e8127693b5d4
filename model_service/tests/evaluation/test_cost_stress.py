"""Cost stress against the ledger, run by run, and its break-even points against algebra."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from model_service.evaluation.cost_stress import CostStress, StressPoint, stress_costs
from model_service.evaluation.scored_run import ScoredRun, score_run
from model_service.trading.costs import Costs

RunMaker = Callable[..., ScoredRun]
CHARGED = Costs(commission_bps=10.0, slippage_bps=3.0)
CANDLES = 200


def walk(seed: int) -> list[float]:
    steps = np.random.default_rng(seed).normal(0.0005, 0.02, CANDLES)
    return (100.0 * np.exp(np.cumsum(steps))).tolist()


def policy(seed: int) -> list[float]:
    return np.random.default_rng(seed).choice([-1.0, 0.0, 0.5, 1.0], CANDLES).tolist()


def booked_again(run: ScoredRun, costs: Costs) -> ScoredRun:
    return score_run(
        run.candles,
        run.exposure,
        seed=run.seed,
        cash=run.cash,
        costs=costs,
        fill=run.fill,
        can_trade=run.can_trade,
        periods=run.periods,
    )


@pytest.fixture(scope="module")
def runs(make_run: RunMaker) -> list[ScoredRun]:
    return [
        make_run(walk(symbol), policy(10 * symbol + seed), seed=seed, costs=CHARGED, cash=1e5)
        for symbol in range(3)
        for seed in range(2)
    ]


@pytest.fixture(scope="module")
def passive(make_run: RunMaker) -> list[ScoredRun]:
    return [make_run(walk(symbol), [1.0] * CANDLES, costs=CHARGED, cash=1e5) for symbol in range(3)]


@pytest.fixture(scope="module")
def stress(runs: list[ScoredRun], passive: list[ScoredRun]) -> CostStress:
    return stress_costs(runs, passive)


def expected(
    point: StressPoint, runs: list[ScoredRun], passive: list[ScoredRun], costs: Costs
) -> list[float]:
    ours = [booked_again(run, costs) for run in runs]
    theirs = [booked_again(run, costs) for run in passive]
    return [
        point.bps,
        float(np.mean([run.total_return_fraction for run in ours])),
        float(np.mean([run.sharpe for run in ours])),
        float(np.mean([run.total_return_fraction for run in theirs])),
        float(np.mean([run.sharpe for run in theirs])),
    ]


def test_every_point_is_what_the_ledger_says_at_these_costs(
    stress: CostStress, runs: list[ScoredRun], passive: list[ScoredRun]
) -> None:
    assert [point.bps for point in stress.commission] == [0.0, 5.0, 10.0, 20.0, 50.0]
    assert [point.bps for point in stress.slippage] == [0.0, 5.0, 10.0, 20.0, 50.0]
    for point in stress.commission:
        costs = Costs(point.bps, CHARGED.slippage_bps)
        assert dataclasses.astuple(point) == pytest.approx(
            expected(point, runs, passive, costs), rel=1e-9
        )
    for point in stress.slippage:
        costs = Costs(CHARGED.commission_bps, point.bps)
        assert dataclasses.astuple(point) == pytest.approx(
            expected(point, runs, passive, costs), rel=1e-9
        )


def test_costs_cost(stress: CostStress) -> None:
    for points in (stress.commission, stress.slippage):
        returns = [point.total_return_fraction for point in points]
        assert returns == sorted(returns, reverse=True)


def test_the_runs_own_fill_and_candles_without_trade_are_kept(make_run: RunMaker) -> None:
    base = make_run([10.0, 10.0, 20.0, 40.0], [1.0] * 4, cash=1e6)
    opens = dataclasses.replace(base.candles, open=np.array([10.0, 5.0, 10.0, 20.0]))
    blocked = np.array([True, False, True, True])
    run = score_run(
        opens,
        np.ones(4),
        seed=0,
        cash=1e6,
        costs=Costs(0.0, 0.0),
        fill="next_open",
        can_trade=blocked,
        periods=252.0,
    )
    # Filled at the open of the third candle, 10, and worth 40 at the end.
    stress = stress_costs([run], [base], levels_bps=(0.0,))
    assert stress.commission[0].total_return_fraction == pytest.approx(3.0)
    assert stress.commission[0].buy_and_hold_total_return_fraction == pytest.approx(3.0)


def test_break_even_is_where_a_round_trip_pays_for_itself(make_run: RunMaker) -> None:
    # Bought at 100 and sold at 110: 110 (1 - c) = 100 (1 + c) at c = 1 / 21.
    prices = [100.0, 100.0, 110.0, 110.0, 110.0]
    agent = make_run(prices, [1.0, 0.0, 0.0, 0.0, 0.0], cash=1e9, costs=Costs(10.0, 0.0))
    hold = make_run([100.0] * 5, [1.0] * 5, cash=1e9, costs=Costs(10.0, 0.0))
    stress = stress_costs([agent], [hold])
    assert stress.break_even_commission_bps == pytest.approx(1e4 / 21.0, abs=0.01)
    assert stress.earns_without_commission
    # Against holding at a flat price: 1.1 (1 - c) / (1 + c) = 1 / (1 + c) at c = 1 / 11.
    assert stress.break_even_against_buy_and_hold_bps == pytest.approx(1e4 / 11.0, abs=0.01)


@pytest.mark.parametrize(
    ("prices", "earns"), [([100.0, 100.0, 300.0, 300.0], True), ([100.0, 100.0, 90.0, 90.0], False)]
)
def test_no_break_even_where_profit_never_ends_or_never_begins(
    make_run: RunMaker, prices: list[float], earns: bool
) -> None:
    run = make_run(prices, [1.0, 0.0, 0.0, 0.0], cash=1e6)
    hold = make_run(prices, [1.0] * 4, cash=1e6)
    stress = stress_costs([run], [hold])
    assert stress.break_even_commission_bps is None
    assert stress.break_even_against_buy_and_hold_bps is None
    assert stress.earns_without_commission is earns


def test_plain_values_have_the_shape_of_the_contract(stress: CostStress) -> None:
    plain = stress.to_dict()
    assert list(plain) == [
        "commission",
        "slippage",
        "break_even_commission_bps",
        "break_even_against_buy_and_hold_bps",
    ]
    assert list(plain["commission"][0]) == [
        "bps",
        "total_return_fraction",
        "sharpe",
        "buy_and_hold_total_return_fraction",
        "buy_and_hold_sharpe",
    ]
    assert all(type(value) is float for value in plain["slippage"][4].values())
