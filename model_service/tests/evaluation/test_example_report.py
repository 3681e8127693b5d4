"""The example report is as the contract says, in each of its forms."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest
import yaml

CONTRACT = Path(__file__).parents[3] / "contracts" / "model_service.openapi.yaml"


@pytest.fixture(scope="module")
def validator():
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(
        {
            "$ref": "#/components/schemas/EvaluationReport",
            "components": contract["components"],
        }
    )


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"seeds": 1},
        {"with_agent": False},
        {"symbols": ("AAPL",), "protocol": "agent"},
        {"symbols": tuple(f"S{place}" for place in range(30)), "protocol": "walk-forward"},
        {"candles": 20},
        {"protocol": "ablation"},
        {"protocol": "ablation", "with_agent": False},
    ],
)
def test_an_example_is_as_the_contract_says(example_report, validator, form):
    validator.validate(example_report.make_example_report(**form))


def test_an_example_without_unseen_candles_is_as_the_contract_says(example_report, validator):
    validator.validate(example_report.make_unseen_nothing_report())


def test_curves_end_where_the_rows_say(example_report):
    report = example_report.make_example_report()
    assert [curve["symbol"] for curve in report["curves"]] == [None, *example_report.SYMBOLS]
    for row, curve in zip(report["rows"], report["curves"][1:], strict=True):
        assert curve["buy_and_hold"][-1] == row["buy_and_hold_final_net_worth"]
        assert curve["low"][-1] <= row["agent"]["final_net_worth_mean"] <= curve["high"][-1]
