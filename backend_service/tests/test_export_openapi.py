"""The exported contract."""

from __future__ import annotations

import json

from backend_service.export_openapi import CONTRACT, render_openapi


def test_the_committed_contract_is_that_of_the_code() -> None:
    assert CONTRACT.read_text(encoding="utf-8") == render_openapi()


def test_every_operation_has_a_name_and_describes_its_errors_as_problems() -> None:
    document = json.loads(render_openapi())
    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert {"listSymbols", "getCandles", "getSignals", "uploadDataset", "readCsv"} <= set(names)
    for operation in operations:
        for status, response in operation["responses"].items():
            if status >= "4":
                assert list(response["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
