"""/evaluate and /evaluations, as JSON and as pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
import yaml
from werkzeug.test import TestResponse

CONTRACT = Path(__file__).parents[3] / "contracts" / "model_service.openapi.yaml"
HTML = {"Accept": "text/html"}
UNSEEN = 400
"""Index of the first random candle that the tiny agent has not seen."""

Evaluate = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["components"]


@pytest.fixture
def evaluate(client, columns_of) -> Evaluate:
    """``evaluate(candles, headers={}, cash=1000, ...)``."""

    def post(candles, headers=None, **terms):
        body = {"symbol": candles.symbol, "candles": columns_of(candles), **terms}
        return client.post(
            "/evaluate", data=orjson.dumps(body), content_type="application/json", headers=headers
        )

    return post


@pytest.fixture
def kept(settings, example_report) -> bytes:
    """A report in the folder of the settings, with the id ``mine``."""
    settings.evaluations_dir.mkdir()
    report = example_report.make_example_report(symbols=("AAPL",), candles=20, seeds=3)
    path = settings.evaluations_dir / "mine.json"
    path.write_text(json.dumps(report))
    return path.read_bytes()


def require_report(schemas: dict[str, Any], answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text[:500]
    assert answer.content_type == "application/json"
    report: dict[str, Any] = orjson.loads(answer.data)
    jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/EvaluationReport", "components": schemas}
    ).validate(report)
    return report


def test_unseen_candles_are_judged_as_the_contract_says(
    evaluate, random_candles, schemas, tiny_agent, settings
):
    candles = random_candles(600)
    terms = {"cash": 5_000, "costs": {"commission_bps": 5, "slippage_bps": 1}, "fill": "next_close"}
    report = require_report(schemas, evaluate(candles, **terms))
    (row,) = report["rows"]
    assert (row["candles"], row["start"]) == (200, int(candles.time[UNSEEN]))
    assert report["verdict"] in ("beats", "indistinguishable", "loses")
    passport = report["passport"]
    assert passport["agent_hash"] == tiny_agent.stored.agent_hash
    assert passport["series"] == [
        {
            "symbol": "TEST",
            "data_hash": candles.data_hash,
            "candles": 600,
            "price_basis": "raw",
        }
    ]
    assert [passport[name] for name in ("cash", "commission_bps", "slippage_bps", "fill")] == [
        5_000,
        5,
        1,
        "next_close",
    ]
    assert passport["code_version"] == settings.full_code_version


@pytest.mark.parametrize("count", [300, UNSEEN, UNSEEN + 10])
def test_too_few_unseen_candles_are_said(evaluate, random_candles, schemas, count):
    report = require_report(schemas, evaluate(random_candles(count)))
    assert report["verdict"] is None
    assert report["sentence"].endswith(".")


def test_the_same_passport_gives_the_same_numbers_and_one_more_look(evaluate, random_candles):
    first, second = (evaluate(random_candles(500)).get_json() for _ in range(2))
    assert first["passport"] == second["passport"]
    assert second["looks"]["this_window"] == first["looks"]["this_window"] + 1
    assert {**first, "looks": None} == {**second, "looks": None}


def test_a_page_of_a_report_just_answered_is_no_new_look(evaluate, random_candles):
    candles = random_candles(500)
    looks = evaluate(candles).get_json()["looks"]["total"]
    page = evaluate(candles, headers=HTML)
    assert page.status_code == 200
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Vary"] == "Accept"
    assert page.text.lower().startswith("<!doctype html")
    assert "TEST" in page.text
    assert evaluate(candles).get_json()["looks"]["total"] == looks + 1


def test_a_page_on_other_terms_is_evaluated(evaluate, random_candles):
    candles = random_candles(500)
    looks = evaluate(candles).get_json()["looks"]["total"]
    assert evaluate(candles, headers=HTML, cash=1_000).status_code == 200
    assert evaluate(candles).get_json()["looks"]["total"] == looks + 2


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "application/json, text/html;q=0.9", "image/png"]
)
def test_json_is_the_answer_unless_a_page_is_preferred(client, kept, accept):
    answer = client.get("/evaluations/mine", headers={"Accept": accept})
    assert answer.content_type == "application/json"
    assert answer.data == kept


def test_a_browser_gets_a_page(client, kept):
    headers = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    answer = client.get("/evaluations/mine", headers=headers)
    assert answer.content_type == "text/html; charset=utf-8"
    assert "AAPL" in answer.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cash": 0}, "cash"),
        ({"costs": {"commission_bps": -1}}, "costs.commission_bps"),
        ({"fill": "now"}, "fill"),
        ({"agent": "../x"}, "agent"),
        ({"start": 0}, "start"),
        ({"symbol": "a b"}, "symbol"),
    ],
)
def test_a_bad_question_is_refused_by_name(evaluate, random_candles, problem_of, change, field):
    refused = evaluate(random_candles(20), **change)
    assert problem_of(refused, 422, "invalid-request")["field"] == field


@pytest.mark.parametrize("headers", [{}, HTML])
def test_more_unseen_candles_than_a_request_has_time_for(
    evaluate, random_candles, problem_of, headers
):
    refused = evaluate(random_candles(UNSEEN + 1_001), headers=headers)
    problem = problem_of(refused, 413, "payload-too-large")
    assert (problem["field"], problem["limit"]) == ("candles", 1_000)
    assert "1,001 candles of TEST" in problem["detail"]
    assert evaluate(random_candles(UNSEEN + 1_000)).status_code == 200


def test_an_unknown_agent_is_not_found(evaluate, random_candles, problem_of):
    problem_of(evaluate(random_candles(20), agent="nobody"), 404, "agent-not-found")


def test_kept_reports_are_listed_as_the_contract_says(client, kept, schemas):
    answer = client.get("/evaluations").get_json()
    jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/EvaluationList", "components": schemas}
    ).validate(answer)
    assert answer["evaluations"][-1]["id"] == "mine"


def test_a_report_that_breaks_the_contract_is_left_out_and_a_problem(
    client, settings, kept, problem_of
):
    report = json.loads(kept)
    del report["looks"]["total"]
    (settings.evaluations_dir / "broken.json").write_text(json.dumps(report))
    ids = [each["id"] for each in client.get("/evaluations").get_json()["evaluations"]]
    assert "mine" in ids
    assert "broken" not in ids
    problem = problem_of(client.get("/evaluations/broken"), 500, "corrupt-evaluation")
    assert "looks.total" in problem["detail"]


@pytest.mark.parametrize("evaluation_id", ["nothing", "..", "UPPER", "a" * 200, "%2e%2e", "a%00"])
def test_an_unknown_report_is_not_found(client, problem_of, evaluation_id):
    problem_of(client.get(f"/evaluations/{evaluation_id}"), 404, "evaluation-not-found")
