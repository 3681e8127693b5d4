"""Each alarm, once set off and once not."""

import dataclasses
from collections.abc import Callable

import pytest

from model_service.evaluation.alarms import (
    break_even,
    costs,
    few_trades,
    find_alarms,
    one_seed,
    policy_collapse,
    train_test_agreement,
)
from model_service.evaluation.cost_stress import CostStress, stress_costs
from model_service.evaluation.scored_run import ScoredRun
from model_service.trading.costs import Costs

RunMaker = Callable[..., ScoredRun]
FLAT = [100.0] * 100


def stress_with(point: float | None, *, earns: bool = True) -> CostStress:
    return CostStress((), (), point, None, earns)


def test_one_exposure_above_95_percent_is_a_collapse(make_run: RunMaker) -> None:
    held = make_run(FLAT, [1.0] * 96 + [0.0] * 4)
    alarm = policy_collapse([held])
    assert alarm.raised
    assert alarm.value == pytest.approx(0.96)
    assert "96.0%" in alarm.sentence


def test_one_exposure_on_95_percent_is_none_yet(make_run: RunMaker) -> None:
    alarm = policy_collapse([make_run(FLAT, [1.0] * 95 + [0.0] * 5)])
    assert not alarm.raised
    assert alarm.value == pytest.approx(0.95)


def test_collapse_is_told_seed_by_seed(make_run: RunMaker) -> None:
    # Two seeds stuck on opposite exposures are as stuck as two on the same.
    stuck = [make_run(FLAT, [0.0] * 100, seed=0), make_run(FLAT, [1.0] * 100, seed=1)]
    assert policy_collapse(stuck).value == 1.0
    # One seed long in one symbol and flat in the other does decide.
    apart = [make_run(FLAT, [0.0] * 100), make_run(FLAT, [1.0] * 100, symbol="OTHER")]
    assert policy_collapse(apart).value == 0.5


def test_warm_up_does_not_hide_a_collapse(make_run: RunMaker) -> None:
    run = make_run(FLAT, [0.0] * 10 + [1.0] * 90)
    assert not policy_collapse([run]).raised
    assert policy_collapse([run], warm_up_candles=10).raised


def test_fewer_than_30_trades_pooled_over_symbols(make_run: RunMaker) -> None:
    every_third = ([1.0, 0.0, 0.0] * 34)[:100]
    often = make_run(FLAT, every_third)
    rarely = make_run(FLAT, [1.0] * 50 + [0.0] * 50, symbol="OTHER")
    assert few_trades([rarely]).raised
    assert few_trades([rarely]).value == 2.0
    assert not few_trades([rarely, often]).raised
    # The mean over seeds: 2 and 66 trades are 34.
    mixed = [rarely, make_run(FLAT, every_third, seed=1)]
    assert few_trades(mixed).value == pytest.approx((2 + len(often.ledger.fills)) / 2)
    assert not few_trades(mixed).raised


def test_costs_above_a_third_of_the_gross_profit(make_run: RunMaker) -> None:
    prices = [100.0, 100.0, 101.0, 101.0]
    dear = make_run(prices, [1.0, 0.0, 0.0, 0.0], cash=1e6, costs=Costs(20.0, 0.0))
    alarm = costs([dear])
    # About 0.4 % of costs for 1 % of gain.
    assert alarm.raised
    assert alarm.value == pytest.approx(0.402, abs=0.001)
    cheap = make_run(prices, [1.0, 0.0, 0.0, 0.0], cash=1e6, costs=Costs(10.0, 0.0))
    assert not costs([cheap]).raised
    assert costs([cheap]).value == pytest.approx(0.201, abs=0.001)


def test_costs_without_a_gross_profit(make_run: RunMaker) -> None:
    losing = make_run([100.0, 100.0, 90.0], [1.0] * 3, costs=Costs(10.0, 0.0))
    assert costs([losing]).raised
    assert costs([losing]).value is None
    assert not costs([make_run([100.0, 100.0, 90.0], [0.0] * 3)]).raised


def test_costs_above_the_whole_gross_profit(make_run: RunMaker) -> None:
    prices = [100.0, 100.0, 101.0, 101.0]
    run = make_run(prices, [1.0, 0.0, 0.0, 0.0], cash=1e6, costs=Costs(100.0, 0.0))
    assert costs([run]).raised
    assert "more than the whole profit" in costs([run]).sentence


def test_break_even_below_twice_the_commission() -> None:
    assert "turn it into a loss" in break_even(stress_with(9.9), charged_bps=10.0).sentence
    assert "little room" in break_even(stress_with(19.9), charged_bps=10.0).sentence
    assert break_even(stress_with(19.9), charged_bps=10.0).raised
    assert not break_even(stress_with(20.0), charged_bps=10.0).raised
    assert break_even(stress_with(20.0), charged_bps=10.0).limit == 20.0


def test_break_even_that_is_not_there() -> None:
    assert break_even(stress_with(None, earns=False), charged_bps=10.0).raised
    assert not break_even(stress_with(None, earns=True), charged_bps=10.0).raised


def test_a_lead_that_does_not_shrink_outside_training() -> None:
    alarm = train_test_agreement(2.0, 1.8)
    assert alarm.raised
    assert alarm.value == pytest.approx(0.9)
    assert "2.00 above" in alarm.sentence


@pytest.mark.parametrize(
    ("train", "test"), [(2.0, 1.7), (0.5, 0.6), (-1.0, 1.0), (None, 1.0), (1.0, None)]
)
def test_a_lead_that_shrinks_or_is_none(train: float | None, test: float | None) -> None:
    assert not train_test_agreement(train, test).raised


def test_fewer_than_three_seeds(make_run: RunMaker) -> None:
    runs = [
        make_run(FLAT, [0.0] * 100, symbol=symbol, seed=seed)
        for symbol in ("A", "B")
        for seed in range(3)
    ]
    assert not one_seed(runs).raised
    assert one_seed([run for run in runs if run.seed < 2]).raised
    assert "one seed" in one_seed([run for run in runs if run.seed == 0]).sentence


def test_all_alarms_in_the_order_of_the_contract(make_run: RunMaker) -> None:
    run = make_run(FLAT, [1.0] * 50 + [0.0] * 50, costs=Costs(10.0, 0.0))
    hold = make_run(FLAT, [1.0] * 100, costs=Costs(10.0, 0.0))
    alarms = find_alarms([run], stress_costs([run], [hold]), train_excess=None, test_excess=-0.1)
    assert [alarm.kind for alarm in alarms] == [
        "policy_collapse",
        "few_trades",
        "costs",
        "break_even",
        "train_test_agreement",
        "one_seed",
    ]
    assert [alarm.raised for alarm in alarms] == [False, True, True, True, False, True]
    for alarm in alarms:
        assert alarm.sentence.endswith(".")
        assert alarm.to_dict() == dataclasses.asdict(alarm)
        assert list(alarm.to_dict()) == ["kind", "raised", "value", "limit", "sentence"]
