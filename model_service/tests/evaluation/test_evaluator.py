"""One agent on what it never saw: the window, the terms, the count of looks, and the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import pytest
import yaml

from model_service.artefacts.agents import AgentStore
from model_service.dqn.agent import Agent
from model_service.errors import InvalidCandles
from model_service.evaluation.assessment.significance import Configurations
from model_service.evaluation.backtest import Terms
from model_service.evaluation.evaluator import Evaluator
from model_service.evaluation.loaded_agents import LoadedAgents
from model_service.evaluation.sealed import LookCounter, open_looks
from model_service.market.candles import Candles
from model_service.trading.costs import Costs

CONTRACT = Path(__file__).parents[3] / "contracts" / "model_service.openapi.yaml"
SEEN = 400
"""Candles that the tiny agent has seen."""

Judge = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Draft202012Validator:
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/EvaluationReport", "components": contract["components"]}
    )


@pytest.fixture
def looks(tmp_path: Path) -> Iterator[LookCounter]:
    made = open_looks(f"sqlite:///{tmp_path / 'looks.sqlite3'}")
    yield made
    made.close()


@pytest.fixture
def judge(tiny_agent_folder: Path, looks: LookCounter) -> Judge:
    """``judge(candles, terms=Terms())``: a report of the tiny agent."""
    agents = LoadedAgents(AgentStore([tiny_agent_folder / "agents"]))
    evaluator = Evaluator(agents, looks, Configurations(12, 0.04))

    def report(candles: Candles, terms: Terms = Terms()) -> dict[str, Any]:  # noqa: B008
        return evaluator.evaluate("default", candles, terms, code_version="1.2.3")

    return report


@pytest.fixture(scope="module")
def candles(random_candles: Callable[..., Candles]) -> Candles:
    return random_candles(SEEN + 120)


def test_a_report_of_unseen_candles_is_as_the_contract_says(
    judge: Judge, candles: Candles, validator: jsonschema_rs.Draft202012Validator
) -> None:
    report = judge(candles)
    validator.validate(report)
    (row,) = report["rows"]
    assert (row["candles"], row["start"]) == (120, int(candles.time[SEEN]))
    assert report["verdict"] in ("beats", "indistinguishable", "loses")
    assert [curve["symbol"] for curve in report["curves"]] == [None, "TEST"]
    curve = report["curves"][1]
    assert curve["close"] == np.round(candles.close[SEEN:], 6).tolist()
    assert curve["history"]["close"] == np.round(candles.close[:SEEN], 6).tolist()
    assert curve["agent"] == curve["median"] == curve["worst"]
    assert report["passport"]["command"] is None
    assert report["passport"]["code_version"] == "1.2.3"
    assert {alarm["kind"]: alarm["raised"] for alarm in report["alarms"]}["one_seed"]


def test_the_same_question_has_the_same_answer_and_is_another_look(
    judge: Judge, candles: Candles
) -> None:
    first, again = judge(candles), judge(candles)
    assert again["passport"] == first["passport"]
    assert (first["looks"]["this_window"], again["looks"]["this_window"]) == (1, 2)
    assert {**first, "looks": None} == {**again, "looks": None}
    dearer = judge(candles, Terms(costs=Costs(commission_bps=60.0)))
    assert dearer["passport"]["result_hash"] != first["passport"]["result_hash"]


def test_a_later_candle_changes_nothing_before_it(judge: Judge, candles: Candles) -> None:
    """Cut after 100 unseen candles: net worth up to there is the same, for agent and baselines."""
    whole, cut = judge(candles)["curves"][1], judge(candles.slice(0, SEEN + 100))["curves"][1]
    names: Sequence[str] = ("agent", "buy_and_hold", "trend_following", "mean_reversion")
    for name in names:
        assert whole[name][:100] == cut[name]


@pytest.mark.parametrize(("count", "unseen"), [(SEEN, 0), (SEEN + 1, 1), (SEEN + 7, 7)])
def test_where_too_little_is_unseen_nothing_is_said_and_no_look_counted(
    judge: Judge,
    candles: Candles,
    looks: LookCounter,
    validator: jsonschema_rs.Draft202012Validator,
    count: int,
    unseen: int,
) -> None:
    report = judge(candles.slice(0, count))
    validator.validate(report)
    assert report["verdict"] is None
    assert str(unseen) in report["sentence"] or unseen == 0
    assert report["rows"] == report["curves"] == report["alarms"] == []
    assert report["averages"] is report["paired"] is report["significance"] is None
    assert looks.count("tiny", 0, 2**40).total == 0


def test_59_unseen_candles_are_shown_and_not_judged(
    judge: Judge, candles: Candles, validator: jsonschema_rs.Draft202012Validator
) -> None:
    report = judge(candles.slice(0, SEEN + 59))
    validator.validate(report)
    assert report["verdict"] is None
    assert "59" in report["sentence"]
    assert report["rows"][0]["candles"] == 59
    assert report["looks"]["total"] == 1


def test_60_unseen_candles_are_judged(judge: Judge, candles: Candles) -> None:
    report = judge(candles.slice(0, SEEN + 60))
    assert report["verdict"] is not None
    assert report["paired"]["buy_and_hold"]["dates"] == 60
    assert report["looks"]["total"] == 1


def test_an_agent_is_not_judged_while_its_features_warm_up(
    judge: Judge,
    candles: Candles,
    validator: jsonschema_rs.Draft202012Validator,
    tiny_agent: Agent,
) -> None:
    """All of it is unseen: everything begins when the agent can decide."""
    warm_up = tiny_agent.config.features.warm_up_candles
    report = judge(candles.slice(SEEN))
    validator.validate(report)
    (row,) = report["rows"]
    assert (row["candles"], row["start"]) == (120 - warm_up, int(candles.time[SEEN + warm_up]))
    assert len(report["curves"][1]["history"]["close"]) == warm_up
    assert any(
        f"The first {warm_up} unseen candles only warm" in note for note in report["warnings"]
    )
    if warm_up < 60:
        assert row["trend_following_windows"] == [5, 20]


def test_a_buy_and_hold_that_cannot_buy_is_no_measure(judge: Judge, candles: Candles) -> None:
    report = judge(candles, Terms(cash=1e-3))
    assert report["verdict"] is None
    assert "buy and hold could not buy in TEST" in report["sentence"]


def test_prices_whose_returns_no_number_can_square_are_refused(
    judge: Judge, candles: Candles
) -> None:
    close = candles.close.copy()
    close[SEEN + 50] = 1e300
    with pytest.raises(InvalidCandles, match="prices of TEST lead to amounts beyond"):
        judge(replace(candles, close=close, high=np.maximum(candles.high, close)))


def test_prices_of_two_bases_fill_at_the_close_whatever_was_asked_for(
    judge: Judge, candles: Candles
) -> None:
    mixed = replace(candles, price_basis="mixed")
    opened, closed = (judge(mixed, Terms(fill=fill)) for fill in ("next_open", "next_close"))
    assert opened["rows"] == closed["rows"]
    assert opened["passport"]["series"][0]["price_basis"] == "mixed"


def test_candles_without_volume_in_the_test_fill_nothing(judge: Judge, candles: Candles) -> None:
    """Buy and hold waits for the first unseen candle that trades."""
    volume = candles.volume.copy()
    volume[SEEN : SEEN + 5] = 0.0
    curve = judge(replace(candles, volume=volume))["curves"][1]
    assert curve["buy_and_hold"][:5] == [100_000.0] * 5
    assert curve["buy_and_hold"][5] != 100_000.0


def test_the_passport_tells_the_terms(judge: Judge, candles: Candles) -> None:
    terms = Terms(cash=5_000.0, costs=Costs(1.0, 2.0), fill="next_close")
    passport = judge(candles, terms)["passport"]
    told = {name: passport[name] for name in ("cash", "commission_bps", "slippage_bps", "fill")}
    assert told == {
        "cash": 5_000.0, "commission_bps": 1.0, "slippage_bps": 2.0, "fill": "next_close",
    }  # fmt: skip
    assert passport["series"] == [
        {
            "symbol": "TEST",
            "data_hash": candles.data_hash,
            "candles": len(candles),
            "price_basis": "raw",
        }
    ]
    assert (passport["may_trade"], passport["members"]) == ("long and flat", 1)
