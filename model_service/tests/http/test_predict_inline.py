"""/predict with candles in the request."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path
from typing import Any

import jsonschema_rs
import numpy as np
import orjson
import pytest
import yaml

from model_service.evaluation.backtest import Terms, run_backtest

CONTRACT = Path(__file__).parents[3] / "contracts" / "model_service.openapi.yaml"
DAY = 86_400


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["components"]


def test_answer_is_what_the_contract_says(ask, random_candles, schemas):
    answer = ask(random_candles(600))
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/PredictResponse", "components": schemas}
    ).validate(orjson.loads(answer.data))


def test_answer_carries_the_backtest(ask, random_candles, tiny_agent):
    candles = random_candles(600)
    expected = run_backtest(tiny_agent, candles, Terms())
    body = ask(candles).get_json()
    assert body["decisions"]["time"] == candles.time.tolist() == body["ledger"]["time"]
    assert body["ledger"]["net_worth"] == expected.run.ledger.net_worth.tolist()
    assert body["metrics"]["trades"] == len(body["fills"]) == len(expected.run.ledger.fills) > 0
    assert body["decisions"]["q_hold"][0] is None
    assert body["baselines"]["buy_and_hold"]["ledger"]["quantity"][-1] > 0


def test_same_question_gives_the_same_answer_from_cache(ask, random_candles):
    first, second = (ask(random_candles(300)).get_json() for _ in range(2))
    assert first == second


def test_other_terms_reprice_the_same_decisions(ask, random_candles):
    candles = random_candles(600)
    free = ask(candles, costs={"commission_bps": 0}, cash=1_000).get_json()
    dear = ask(candles, costs={"commission_bps": 100, "slippage_bps": 5}, cash=1_000).get_json()
    assert free["decisions"] == dear["decisions"]
    assert free["metrics"]["costs_paid"] == 0 < dear["metrics"]["slippage_paid"]
    assert any(warning.startswith("Re-priced, not retrained") for warning in dear["warnings"])
    assert (
        dear["passport"] | {"commission_bps": 100, "slippage_bps": 5, "cash": 1_000}
        == (dear["passport"])
    )


def test_window_trades_only_inside_it(ask, random_candles):
    candles = random_candles(600)
    start, end = int(candles.time[100]), int(candles.time[400])
    body = ask(candles, start=start, end=end).get_json()
    assert body["ledger"]["time"] == candles.time[100:401].tolist()
    assert (body["passport"]["start"], body["passport"]["end"]) == (start, end)
    assert body["data_hash"] == body["passport"]["data_hash"] == candles.data_hash


def test_mixed_basis_fills_at_the_next_close_and_says_so(ask, random_candles):
    body = ask(random_candles(300), price_basis="mixed").get_json()
    assert (body["fill_requested"], body["fill_used"]) == ("next_open", "next_close")
    assert any("Closes are adjusted" in warning for warning in body["warnings"])


def test_passport_names_agent_code_and_data(ask, random_candles, tiny_agent):
    passport = ask(random_candles(300)).get_json()["passport"]
    assert passport["agent_hash"] == tiny_agent.stored.agent_hash
    assert passport["code_version"] == "0.1.0+abc1234"
    assert passport["schema_version"] == 1


def test_looks_are_counted_for_unseen_candles_alone(ask, random_candles):
    seen, unseen = random_candles(400), random_candles(450)
    assert ask(seen).get_json()["looks"] == {"lineage": "tiny", "total": 0, "this_window": 0}
    assert ask(unseen).get_json()["looks"]["this_window"] == 1
    assert ask(unseen).get_json()["looks"]["total"] == 2
    assert ask(seen).get_json()["looks"] == {"lineage": "tiny", "total": 2, "this_window": 0}


def test_segments_tell_what_the_agent_knew(ask, random_candles):
    kinds = [segment["kind"] for segment in ask(random_candles(500)).get_json()["segments"]]
    assert kinds == ["train", "validation", "test"]
    other = [
        segment["kind"] for segment in ask(random_candles(500, 0, "OTHER")).get_json()["segments"]
    ]
    assert other == ["seen", "test"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"symbol": "no spaces"}, "symbol"),
        ({"symbol": None}, "symbol"),
        ({"cash": 0}, "cash"),
        ({"cash": "100000"}, "cash"),
        ({"cash": True}, "cash"),
        ({"cash": 1e13}, "cash"),
        ({"costs": {"commission_bps": -1}}, "costs.commission_bps"),
        ({"costs": {"fee": 1}}, "costs.fee"),
        ({"fill": "now"}, "fill"),
        ({"price_basis": "none"}, "price_basis"),
        ({"agent": "../default"}, "agent"),
        ({"start": "2010"}, "start"),
        ({"start": 10**12}, "start"),
        ({"surprise": 1}, "surprise"),
        ({"candles": 5}, "candles"),
        ({"candles": {"time": []}}, "candles.open"),
        ({"input_file": "NHPC.csv"}, "candles"),
    ],
)
def test_refusal_names_the_field(client, problem_of, columns_of, random_candles, change, field):
    body = {"symbol": "TEST", "candles": columns_of(random_candles(50)), **change}
    response = client.post("/predict", json=body)
    problem = problem_of(response, 422, "invalid-request")
    assert problem["field"] == field
    assert field.split(".")[0] in problem["detail"]


@pytest.mark.parametrize(
    ("column", "values", "slug"),
    [
        ("close", [1.0, 0.0, 1.0], "invalid-candles"),
        ("close", [1.0, -1.0, 1.0], "invalid-candles"),
        ("close", [1.0, True, 1.0], "invalid-request"),
        ("close", [1.0, None, 1.0], "invalid-request"),
        ("close", [1.0, "1", 1.0], "invalid-request"),
        ("close", [1.0, [1], 1.0], "invalid-request"),
        ("close", {"0": 1.0}, "invalid-request"),
        ("close", [1.0, 1.0], "invalid-candles"),
        ("volume", [0, -1, 0], "invalid-candles"),
        ("time", [0, DAY, DAY], "invalid-candles"),
        ("time", [2 * DAY, DAY, 0], "invalid-candles"),
        ("time", [0, 0.5, DAY], "invalid-request"),
        ("time", [0, DAY, 2**63], "invalid-request"),
        ("time", [], "invalid-candles"),
    ],
)
def test_column_at_fault_is_named(client, problem_of, column, values, slug):
    columns = {
        "time": [0, DAY, 2 * DAY],
        "volume": [1, 1, 1],
        **{name: [1.0, 1.0, 1.0] for name in ("open", "high", "low", "close")},
    }
    columns[column] = values
    response = client.post("/predict", json={"symbol": "TEST", "candles": columns})
    problem = problem_of(response, 422, slug)
    assert problem["field"] == f"candles.{column}"


def test_unknown_agent_is_named_with_those_there_are(ask, problem_of, random_candles):
    problem = problem_of(ask(random_candles(50), agent="nobody"), 404, "agent-not-found")
    assert "nobody" in problem["detail"]
    assert "default" in problem["detail"]


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"symbol": NaN}', "[" * 5_000, "\xff"])
def test_what_is_not_json_is_refused(client, problem_of, text):
    response = client.post("/predict", data=text.encode("latin-1"), content_type="application/json")
    problem_of(response, 400, "malformed-json")


@pytest.mark.parametrize("text", ["[]", "1", "null", '"text"'])
def test_body_has_to_be_an_object(client, problem_of, text):
    response = client.post("/predict", data=text, content_type="application/json")
    assert problem_of(response, 422, "invalid-request")["field"] == "body"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_other_media_types_are_refused(client, problem_of, content_type):
    response = client.post("/predict", data="{}", content_type=content_type)
    problem_of(response, 415, "unsupported-media-type")


def test_too_large_a_body_is_refused_with_the_limit(client, problem_of, settings):
    response = client.post(
        "/predict", data=b" " * (settings.max_body_bytes + 1), content_type="application/json"
    )
    problem = problem_of(response, 413, "payload-too-large")
    assert problem["limit"] == settings.max_body_bytes


def test_too_many_candles_are_refused_with_the_limit(ask, problem_of, settings, random_candles):
    problem = problem_of(ask(random_candles(settings.max_candles + 1)), 413, "payload-too-large")
    assert problem["limit"] == settings.max_candles


def test_compressed_body_is_not_unpacked(client, problem_of):
    response = client.post(
        "/predict",
        data=gzip.compress(b"{}"),
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )
    problem_of(response, 400, "malformed-json")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1e300])
def test_absurd_prices_never_put_an_impossible_number_on_the_wire(client, scale):
    random = np.random.default_rng(1)
    close = scale * np.exp(np.cumsum(random.normal(0.0, 2.0, 60)))
    prices = close.tolist()
    columns = {
        "time": (DAY * np.arange(60)).tolist(),
        "volume": [1.0] * 60,
        **dict.fromkeys(("open", "high", "low", "close"), prices),
    }
    response = client.post(
        "/predict",
        data=orjson.dumps({"symbol": "TEST", "candles": columns}),
        content_type="application/json",
    )
    body = orjson.loads(response.data)
    if response.status_code == 422:
        assert body["type"] == "urn:bellwether:problem:invalid-candles"
        return
    assert response.status_code == 200
    for run in (body, body["baselines"]["buy_and_hold"]):
        assert None not in run["ledger"]["net_worth"]
        assert min(run["ledger"]["quantity"]) >= 0
        assert min(run["ledger"]["cash"]) >= 0
        assert isinstance(run["metrics"]["final_net_worth"], float)


def test_without_a_price_basis_the_closes_tell_it(ask, random_candles):
    candles = random_candles(300)
    adjusted = dataclasses.replace(candles, close=candles.low * 0.9)
    assert ask(adjusted, price_basis=None).get_json()["price_basis"] == "mixed"
    assert ask(candles, price_basis=None).get_json()["price_basis"] == "raw"
    body = ask(adjusted, price_basis=None).get_json()
    assert (body["fill_used"], body["passport"]["price_basis"]) == ("next_close", "mixed")
