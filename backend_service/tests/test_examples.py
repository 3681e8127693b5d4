"""The examples in contracts/examples keep the contract that they illustrate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from backend_service.export_openapi import CONTRACT

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = sorted((CONTRACT.parent / "examples").glob("backend.*.json"))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_is_a_valid_answer(file: Path) -> None:
    _, operation_id, status, _ = file.name.split(".")
    document = json.loads(CONTRACT.read_text(encoding="utf-8"))
    (operation,) = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if operation["operationId"] == operation_id
    ]
    (content,) = operation["responses"][status]["content"].values()
    schema = {**content["schema"], "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    validator.validate(json.loads(file.read_text(encoding="utf-8")))


def test_there_is_an_example_of_every_main_answer() -> None:
    names = {file.name.removeprefix("backend.").removesuffix(".json") for file in EXAMPLES}
    assert {
        "createExperiment.202",
        "estimateExperiment.200",
        "getCandles.200",
        "getEvaluation.200",
        "getExperiment.200",
        "getNews.200",
        "getSentiment.200",
        "getSignals.200",
        "listExperiments.200",
        "listSymbols.200",
        "listUnits.200",
        "sampleHeadlines.200",
        "uploadDataset.201",
        "uploadNews.201",
    } <= names
