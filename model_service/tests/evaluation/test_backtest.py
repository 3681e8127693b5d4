import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from model_service.dqn.agent import Agent
from model_service.errors import InvalidRequest
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.market.candles import Candles
from model_service.trading.costs import Costs

RandomCandles = Callable[..., Candles]


def test_candles_decisions_and_ledger_share_one_time(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = random_candles(450)
    result = run_backtest(tiny_agent, candles, Terms())
    assert len(result.candles) == 450
    assert result.decisions.action.shape == result.exposure.shape == (450,)
    assert result.run.ledger.net_worth.shape == (450,)
    warm_up = tiny_agent.config.features.warm_up_candles
    assert np.isnan(result.decisions.q[:warm_up]).all()
    assert not result.exposure[:warm_up].any()


def test_fills_follow_decisions_by_one_candle(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    result = run_backtest(tiny_agent, random_candles(450), Terms())
    changed = np.flatnonzero(np.diff(result.exposure, prepend=0.0))
    np.testing.assert_array_equal(result.run.ledger.fills.index, changed[changed < 449] + 1)


def test_a_window_uses_earlier_candles_as_context_only(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = random_candles(450)
    start, end = int(candles.time[200]), int(candles.time[299])
    result = run_backtest(tiny_agent, candles, Terms(start=start, end=end))
    assert result.candles.time[0] == start
    assert result.candles.time[-1] == end
    assert result.run.ledger.net_worth[0] == 100_000.0
    assert np.isfinite(result.decisions.q[0]).any()
    cut = run_backtest(tiny_agent, candles.slice(0, 300), Terms(start=start))
    np.testing.assert_array_equal(cut.decisions.action, result.decisions.action)
    np.testing.assert_array_equal(cut.run.ledger.net_worth, result.run.ledger.net_worth)


def test_costs_reprice_a_run_and_do_not_change_a_decision(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = random_candles(450)
    free = run_backtest(tiny_agent, candles, Terms(costs=Costs(0.0, 0.0)))
    dear = run_backtest(tiny_agent, candles, Terms(costs=Costs(50.0, 20.0)))
    np.testing.assert_array_equal(free.decisions.action, dear.decisions.action)
    assert dear.run.metrics.final_net_worth < free.run.metrics.final_net_worth
    assert dear.run.metrics.costs_paid > 0.0 == free.run.metrics.costs_paid
    assert any("not retrained" in warning for warning in dear.warnings)


def test_buy_and_hold_buys_once_at_the_same_costs(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = random_candles(450)
    result = run_backtest(tiny_agent, candles, Terms())
    passive = result.baselines["buy_and_hold"]
    assert passive.metrics.trades == 1
    quantity = int(100_000.0 // (candles.open[1] * 1.001))
    assert passive.ledger.quantity[1:].tolist() == [quantity] * 449


def test_mixed_prices_use_the_next_close_and_say_so(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = dataclasses.replace(random_candles(450), price_basis="mixed")
    result = run_backtest(tiny_agent, candles, Terms())
    assert (result.fill_requested, result.fill_used) == ("next_open", "next_close")
    fills = result.run.ledger.fills
    np.testing.assert_array_equal(fills.price, candles.close[fills.index] * 1.0)
    assert any("next close" in warning for warning in result.warnings)


def test_a_series_shorter_than_the_warm_up_holds_and_says_so(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    result = run_backtest(tiny_agent, random_candles(5), Terms())
    assert not result.exposure.any()
    assert result.run.metrics.sharpe is None
    assert any("holds throughout" in warning for warning in result.warnings)


@pytest.mark.parametrize(
    ("first", "stop", "words"),
    [(0, 400, "nothing here is a test"), (0, 450, "only what follows is a test"), (400, 450, "")],
)
def test_what_is_no_test_is_said(
    tiny_agent: Agent, random_candles: RandomCandles, first: int, stop: int, words: str
) -> None:
    candles = random_candles(450)
    terms = Terms(start=int(candles.time[first]), end=int(candles.time[stop - 1]))
    said = [w for w in run_backtest(tiny_agent, candles, terms).warnings if "is a test" in w]
    assert [words in warning for warning in said] == ([True] if words else [])


def test_a_single_candle_is_a_run(tiny_agent: Agent, random_candles: RandomCandles) -> None:
    result = run_backtest(tiny_agent, random_candles(1), Terms())
    assert result.run.metrics.final_net_worth == 100_000.0


def test_an_empty_window_is_refused(tiny_agent: Agent, random_candles: RandomCandles) -> None:
    candles = random_candles(50)
    with pytest.raises(InvalidRequest) as refusal:
        run_backtest(tiny_agent, candles, Terms(start=int(candles.time[-1]) + 1))
    assert refusal.value.field == "start"


@pytest.mark.parametrize("cash", [0.0, -1.0, 1e13, float("nan")])
def test_impossible_cash_is_refused(cash: float) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        Terms(cash=cash)
    assert refusal.value.field == "cash"


def test_a_window_without_volume_fills_nothing_where_the_series_trades(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = random_candles(450)
    volume = candles.volume.copy()
    volume[200:300] = 0.0
    quiet = dataclasses.replace(candles, volume=volume)
    terms = Terms(start=int(candles.time[200]), end=int(candles.time[299]))
    result = run_backtest(tiny_agent, quiet, terms)
    assert len(result.run.ledger.fills) == 0
    assert len(result.baselines["buy_and_hold"].ledger.fills) == 0
    without = dataclasses.replace(candles, volume=np.zeros(450))
    assert len(run_backtest(tiny_agent, without, terms).baselines["buy_and_hold"].ledger.fills) == 1


def test_candles_after_the_window_change_no_metric(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    candles = random_candles(450)
    later = dataclasses.replace(
        candles, time=np.where(np.arange(450) < 300, candles.time, candles.time + 10**8)
    )
    terms = Terms(end=int(candles.time[299]))
    assert (
        run_backtest(tiny_agent, later, terms).run.metrics
        == run_backtest(tiny_agent, candles, terms).run.metrics
    )


def test_candles_of_another_interval_are_told(
    tiny_agent: Agent, random_candles: RandomCandles
) -> None:
    manifest = {**tiny_agent.stored.manifest, "interval_seconds": 60}
    stored = dataclasses.replace(tiny_agent.stored, manifest=manifest)
    agent = dataclasses.replace(tiny_agent, stored=stored)
    said = run_backtest(agent, random_candles(100), Terms()).warnings
    assert any("learned from candles of 1m and these are of 1d" in warning for warning in said)
    same = run_backtest(tiny_agent, random_candles(100), Terms()).warnings
    assert not any("learned from candles" in warning for warning in same)
