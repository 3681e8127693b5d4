"""The report of a backtest: everything of it, nothing else, and no number that JSON lacks."""

from __future__ import annotations

import dataclasses

import numpy as np
import orjson
import pytest

from model_service.evaluation.backtest import Terms, run_backtest
from model_service.evaluation.report import ACTION_WORDS, report_backtest
from model_service.evaluation.sealed import Looks
from model_service.trading.costs import Costs
from model_service.trading.exposure import Action

LOOKS = Looks("tiny", 7, 2)


@pytest.fixture
def report(tiny_agent, random_candles):
    def make(count=600, **terms):
        candles = random_candles(count)
        asked = Terms(**terms)
        backtest = run_backtest(tiny_agent, candles, asked)
        return report_backtest(tiny_agent, candles, asked, backtest, LOOKS, code_version="1+a")

    return make


def on_the_wire(report):
    return orjson.loads(orjson.dumps(report, option=orjson.OPT_SERIALIZE_NUMPY))


def test_action_words_stand_at_their_actions_values():
    assert {action: ACTION_WORDS[action] for action in Action} == {
        Action.SELL: "sell",
        Action.HOLD: "hold",
        Action.BUY: "buy",
    }


def test_columns_share_one_time(report):
    body = on_the_wire(report())
    columns = [*body["decisions"].values(), *body["ledger"].values()]
    assert {len(column) for column in columns} == {600}
    assert body["decisions"]["time"] == body["ledger"]["time"]
    assert body["ledger"]["time"] == body["baselines"]["buy_and_hold"]["ledger"]["time"]


def test_exposure_follows_the_actions(report):
    decisions = on_the_wire(report())["decisions"]
    steps = {"buy": 1.0, "hold": 0.0, "sell": -1.0}
    moves = [steps[action] for action in decisions["action"]]
    assert np.cumsum(moves).tolist() == decisions["exposure"]


def test_q_of_impossible_actions_is_null(report, tiny_agent):
    decisions = on_the_wire(report())["decisions"]
    warm_up = tiny_agent.config.features.warm_up_candles
    before = [0.0, *decisions["exposure"][:-1]]
    for name, impossible_at in (("q_buy", 1.0), ("q_sell", 0.0)):
        expected = [
            index < warm_up or exposure == impossible_at for index, exposure in enumerate(before)
        ]
        assert [q is None for q in decisions[name]] == expected
    assert [q is None for q in decisions["q_hold"]] == [index < warm_up for index in range(600)]


def test_fills_explain_the_ledger(report):
    body = on_the_wire(report(costs=Costs(25.0, 5.0)))
    cash, quantity = 100_000.0, 0
    for fill in body["fills"]:
        side = 1 if fill["side"] == "buy" else -1
        assert fill["commission"] == pytest.approx(
            fill["quantity"] * fill["price"] * 25.0 / 1e4, rel=1e-12
        )
        cash -= side * fill["quantity"] * fill["price"] + fill["commission"]
        quantity += side * fill["quantity"]
        row = body["ledger"]["time"].index(fill["time"])
        assert body["ledger"]["cash"][row] == pytest.approx(cash, abs=1e-6)
        assert body["ledger"]["quantity"][row] == quantity
    assert body["metrics"]["commission_paid"] == pytest.approx(
        sum(fill["commission"] for fill in body["fills"])
    )


def test_passport_is_what_was_asked(report, tiny_agent, random_candles):
    candles = random_candles(600)
    terms = {"cash": 5_000.0, "costs": Costs(1.0, 2.0), "fill": "next_close"}
    passport = report(**terms, start=int(candles.time[50]))["passport"]
    assert passport == {
        "schema_version": 1,
        "agent": "default",
        "agent_hash": tiny_agent.stored.agent_hash,
        "data_hash": candles.data_hash,
        "price_basis": "raw",
        "cash": 5_000.0,
        "commission_bps": 1.0,
        "slippage_bps": 2.0,
        "fill": "next_close",
        "start": int(candles.time[50]),
        "end": int(candles.time[-1]),
        "news_hash": None,
        "code_version": "1+a",
    }


def test_looks_are_passed_on(report):
    assert report()["looks"] == {"lineage": "tiny", "total": 7, "this_window": 2}


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_short_series_give_nulls_and_no_nan(report, count):
    body = on_the_wire(report(count))
    assert body["fills"] == [] or count > 10
    assert body["metrics"]["sharpe"] is None or count > 10
    assert all(isinstance(worth, float) for worth in body["ledger"]["net_worth"])


def test_metric_that_is_no_number_is_null(tiny_agent, random_candles):
    candles = random_candles(50)
    backtest = run_backtest(tiny_agent, candles, Terms())
    metrics = dataclasses.replace(backtest.run.metrics, calmar=float("inf"), sharpe=float("nan"))
    broken = dataclasses.replace(backtest, run=dataclasses.replace(backtest.run, metrics=metrics))
    body = report_backtest(tiny_agent, candles, Terms(), broken, LOOKS)
    assert (body["metrics"]["calmar"], body["metrics"]["sharpe"]) == (None, None)
