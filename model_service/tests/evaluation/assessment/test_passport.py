"""The result's hash: of every number of a report, and of nothing else."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest

from model_service.evaluation.assessment.passport import NUMBERS, hash_numbers
from model_service.market.simulated import simulate_candles

DATES: dict[str, Any] = {
    "start": dt.date(2020, 1, 1),
    "end": dt.date(2020, 3, 1),
    "interval": "1d",
}


@pytest.fixture(scope="module")
def report(example_report: Any) -> dict[str, Any]:
    made: dict[str, Any] = example_report.make_example_report()
    return made


def test_the_hash_is_that_of_the_numbers_in_any_order(report: dict[str, Any]) -> None:
    known = hash_numbers(report, ())
    assert hash_numbers(dict(reversed(deepcopy(report).items())), ()) == known
    other = deepcopy(report)
    other["looks"]["total"] += 1
    other["title"] = other["sentence"] = "Another"
    other["passport"]["code_version"] = "another"
    assert hash_numbers(other, ()) == known


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_counts_to_its_last_bit(report: dict[str, Any], name: str) -> None:
    other = deepcopy(report)
    _nudge(other[name])
    assert hash_numbers(other, ()) != hash_numbers(report, ())


def test_what_depends_on_the_register_does_not_count(report: dict[str, Any]) -> None:
    other = deepcopy(report)
    other["significance"]["deflated_sharpe"] = 0.123
    other["significance"]["expected_best_sharpe"] = 0.456
    assert hash_numbers(other, ()) == hash_numbers(report, ())


def test_reports_without_numbers_differ_by_their_candles(report: dict[str, Any]) -> None:
    one, other = (simulate_candles(name, seed=0, **DATES) for name in ("ONE", "OTHER"))
    assert hash_numbers(report, [one]) != hash_numbers(report, [other])


def test_all_that_is_computed_is_among_the_numbers(report: dict[str, Any]) -> None:
    told = {"schema_version", "protocol", "title", "verdict", "sentence", "warnings", "segments",
            "alarms", "looks", "configurations", "passport"}  # fmt: skip
    assert set(report) == told | set(NUMBERS) | {"ablation"}


def test_an_ablation_counts_where_there_is_one(report: dict[str, Any], example_report: Any) -> None:
    ablation = example_report.make_example_report(protocol="ablation")["ablation"]
    other = deepcopy(ablation)
    assert _nudge(other)
    hashes = [hash_numbers({**report, "ablation": each}, ()) for each in (None, ablation, other)]
    assert len(set(hashes)) == 3
    # A report from before there were ablations has the hash that it always had.
    assert hash_numbers({name: report[name] for name in NUMBERS}, ()) == hashes[0]


def _nudge(value: Any) -> bool:
    """Change the first float inside by one unit in the last place; whether there was one."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(entries):
        if isinstance(inner, float):
            value[key] = inner + max(abs(inner), 1.0) * 2**-52
            return True
        if isinstance(inner, dict | list) and _nudge(inner):
            return True
    return False
