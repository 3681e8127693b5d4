"""From Q tables to books: rows of a tiny table by hand, and when an agent's first order fills."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from model_service.dqn.config import AgentConfig
from model_service.evaluation.assessment.rows import report_averages, report_row
from model_service.evaluation.protocols.plan import Fold, FoldSymbol, Plan, PlanSymbol
from model_service.evaluation.protocols.scoring import score_plan
from model_service.evaluation.protocols.tdqn import plan_tdqn
from model_service.evaluation.protocols.tdqn_data import TdqnSymbol
from model_service.evaluation.protocols.walk_forward import Windows, plan_walk_forward
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import STARTING_CASH

CONFIG = AgentConfig()
"""Rungs flat and long, 63 candles to warm up."""
SELL, HOLD, BUY = 0, 1, 2
COST = 1.001


def candles(closes: np.ndarray, first: int = 0, symbol: str = "A") -> Candles:
    time = (first + np.arange(closes.shape[0], dtype=np.int64)) * SECONDS_PER_DAY
    return Candles(symbol, time, closes, closes, closes, closes, np.zeros_like(closes))


def table(count: int, **rows: int) -> np.ndarray:
    """Q-values that hold but for the named rows: ``buy=31`` buys at row 31, ``sell=35`` sells."""
    made = np.zeros((count, 2, 3), np.float32)
    made[:, :, HOLD] = 1.0
    if "buy" in rows:
        made[rows["buy"], :, BUY] = 2.0
    if "sell" in rows:
        made[rows["sell"], :, SELL] = 2.0
    return made


def symbol_of(test: np.ndarray, symbol: str = "A") -> TdqnSymbol:
    train = 100.0 + np.arange(100.0) % 5
    return TdqnSymbol(symbol, candles(train, symbol=symbol), candles(test, 100, symbol))


def test_a_row_by_hand() -> None:
    """Bought at row 31, filled at the close of 32; sold at row 34, filled at the close of 35."""
    closes = np.full(40, 100.0)
    closes[32:] = [100.0, 120.0, 90.0, 110.0, 110.0, 110.0, 110.0, 110.0]
    plan = plan_tdqn([symbol_of(closes)])
    made = {0: {"A": table(40, buy=31, sell=34)}}
    (subject,) = score_plan(plan, CONFIG, {0: made, 5: made}, Costs())
    agent, again = subject.agent
    assert (agent.seed, again.seed) == (0, 5)
    shares = math.floor(STARTING_CASH / (100.0 * COST))
    left = STARTING_CASH - shares * 100.0 * COST
    worth = np.full(40, STARTING_CASH)
    worth[32:35] = left + shares * closes[32:35]
    worth[35:] = left + shares * 110.0 * 0.999
    np.testing.assert_allclose(agent.net_worth, worth, rtol=1e-12)
    assert agent.ledger.fills.index.tolist() == [32, 35]
    returns = np.diff(worth, prepend=STARTING_CASH) / np.append(STARTING_CASH, worth[:-1])
    sharpe = math.sqrt(252.0) * returns.mean() / returns.std(ddof=1)
    row = report_row(subject)
    score = row["agent"]
    assert score["sharpe_seeds"] == pytest.approx([sharpe, sharpe])
    assert score["sharpe_mean"] == pytest.approx(sharpe)
    assert score["sharpe_std"] == 0.0
    assert score["final_net_worth_mean"] == pytest.approx(worth[-1])
    assert score["total_return_mean_fraction"] == pytest.approx(worth[-1] / STARTING_CASH - 1.0)
    assert score["max_drawdown_mean_fraction"] == pytest.approx(worth[34] / worth[33] - 1.0)
    assert score["trades_mean"] == 2.0
    assert score["time_in_market_mean_fraction"] == 3 / 40
    passive = math.floor(STARTING_CASH / (closes[30] * COST))
    assert row["buy_and_hold_final_net_worth"] == pytest.approx(
        STARTING_CASH - passive * 100.0 * COST + passive * 110.0
    )
    assert (row["symbol"], row["candles"]) == ("A", 40)
    assert row["start"] == 100 * SECONDS_PER_DAY


def test_the_first_order_of_an_agent_fills_at_the_31st_close() -> None:
    """However eager it is: 30 candles stay flat, as they do for the baselines."""
    closes = np.linspace(100.0, 139.0, 40)
    eager = table(40)
    eager[:, :, BUY] = 2.0
    plan = plan_tdqn([symbol_of(closes)])
    (subject,) = score_plan(plan, CONFIG, {0: {0: {"A": eager}}}, Costs())
    (agent,) = subject.agent
    assert agent.ledger.fills.index.tolist() == [30]
    assert agent.ledger.fills.price.tolist() == [closes[30]]
    assert not agent.returns[:30].any()
    np.testing.assert_array_equal(agent.net_worth, subject.buy_and_hold.net_worth)
    for runs in subject.baselines.values():
        for run in runs:
            assert not run.exposure[:29].any()
            assert (run.ledger.fills.index >= 30).all()


def test_averages_weigh_symbols_equally_and_seeds_by_their_means() -> None:
    rising, falling = np.linspace(100.0, 140.0, 40), np.linspace(140.0, 100.0, 40)
    plan = plan_tdqn([symbol_of(rising, "UP"), symbol_of(falling, "DOWN")])
    eager = {0: {"UP": table(40, buy=29), "DOWN": table(40, buy=29)}}
    idle = {0: {"UP": table(40), "DOWN": table(40)}}
    rows = [report_row(one) for one in score_plan(plan, CONFIG, {0: eager, 1: idle}, Costs())]
    up, down = (row["agent"]["sharpe_seeds"][0] for row in rows)
    assert up > 0.0 > down
    assert [row["agent"]["sharpe_seeds"][1] for row in rows] == [0.0, 0.0]
    averages = report_averages(rows)
    assert averages["agent"]["sharpe_seeds"] == pytest.approx([(up + down) / 2.0, 0.0])
    assert averages["agent"]["sharpe_mean"] == pytest.approx((up + down) / 4.0)
    assert averages["agent"]["sharpe_std"] == pytest.approx(abs(up + down) / 2.0 / math.sqrt(2.0))
    assert averages["buy_and_hold"] == pytest.approx((up + down) / 2.0)


def test_an_agent_waits_until_it_is_warmed_up_where_little_came_before() -> None:
    """12 candles of history and 63 to warm up: the first decision is at row 51."""
    closes = np.linspace(100.0, 190.0, 90)
    eager = table(90)
    eager[:, :, BUY] = 2.0
    plan = plan_tdqn([symbol_of(closes)])
    (symbol,) = plan.symbols
    short = replace(
        plan, symbols=(replace(symbol, read=symbol.read.slice(len(symbol.read) - 90 - 12)),)
    )
    (subject,) = score_plan(short, CONFIG, {0: {0: {"A": eager}}}, Costs())
    assert subject.agent[0].ledger.fills.index.tolist() == [52]


def test_walk_forward_trades_the_folds_as_one_stretch() -> None:
    """A position of one fold is held into the next, and orders wait for candles with volume."""
    count = 200
    closes = 100.0 + np.arange(count, dtype=np.float64)
    series = candles(closes)
    series.volume[:] = 1.0
    series.volume[151] = 0.0
    plan = plan_walk_forward([series], Windows(100, 30, 40, 5), "next_open")
    # Test candles 140-179 and 180-199: bought at candle 150, sold at candle 185.
    tables = {0: {"A": table(40, buy=10)}, 1: {"A": table(20, sell=5)}}
    (subject,) = score_plan(plan, CONFIG, {0: tables}, Costs(10.0, 0.0))
    (agent,) = subject.agent
    assert agent.ledger.fills.index.tolist() == [12, 46]
    assert agent.ledger.fills.side.tolist() == [1, -1]
    assert (agent.ledger.quantity[12:46] > 0).all()
    assert subject.candles.time[0] == 140 * SECONDS_PER_DAY


def test_windows_of_averages_are_told_only_where_all_folds_chose_the_same() -> None:
    """Each fold chooses on its own training candles: a rising one and a swinging one."""
    days = np.arange(120.0)
    rising = candles(100.0 * 1.01**days)
    swinging = candles(100.0 + 10.0 * np.sin(days * 2.0 * np.pi / 24.0))
    test = candles(100.0 + days % 9, 300)

    def plan_of(*known: Candles) -> Plan:
        folds = tuple(
            Fold(index, (FoldSymbol("A", one, None, 0, test, 0, one),))
            for index, one in enumerate(known)
        )
        symbol = PlanSymbol("A", test, test, test, 0, ((0, 0), (1, 60)))
        return Plan("walk-forward", (symbol,), folds, "next_close", 252.0, False, ())

    (same,) = score_plan(plan_of(swinging, swinging), None, {}, Costs())
    (other,) = score_plan(plan_of(swinging, rising), None, {}, Costs())
    assert same.windows["trend_following"] is not None
    assert other.windows["trend_following"] is None
    assert report_row(other)["trend_following_windows"] is None
    first = same.baselines["trend_following"][0].exposure
    mixed = other.baselines["trend_following"][0].exposure
    np.testing.assert_array_equal(mixed[:60], first[:60])
    assert (mixed[60:] != first[60:]).any()
