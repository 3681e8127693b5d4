"""Both contracts against the live services: what is written is what is answered.

Schemathesis derives requests from a contract, valid and invalid ones, and holds the answers
against it: status, media type, headers, body. Two checks are widened: a body can be valid by its
schema and still be refused (columns of unequal length: 422), and a provider that cannot be
reached is a documented 502 or 503, no crash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi import from_path
from schemathesis.specs.openapi.checks import negative_data_rejection

from scripts.stack.trial import Trial

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
REQUEST_SECONDS = 30
FORM = "multipart/form-data"

CONFIGURATION = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {
                "expected-statuses": ["2xx", "404", "409", "413", "415", "422", "502", "503"]
            },
            "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "502", "503"]},
        },
    }
)
BOUNDED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/vnd.apache.parquet")
def _write_parquet(_context: Any, value: Any) -> bytes:
    """Bytes as they are: nothing that is made at random is a Parquet file, and a refusal is due."""
    return value if isinstance(value, bytes) else str(value).encode()


model_contract = from_path(CONTRACTS / "model_service.openapi.yaml", config=CONFIGURATION)
gateway_contract = from_path(CONTRACTS / "backend.openapi.json", config=CONFIGURATION)


@pytest.mark.timeout(300)
@model_contract.parametrize()
@BOUNDED
def test_model_service_keeps_its_contract(case: schemathesis.Case, live_services: Trial) -> None:
    case.call_and_validate(base_url=live_services.model_url, timeout=REQUEST_SECONDS)


@pytest.mark.timeout(300)
@gateway_contract.parametrize()
@BOUNDED
def test_gateway_keeps_its_contract(case: schemathesis.Case, live_services: Trial) -> None:
    case.call_and_validate(
        base_url=live_services.gateway_url,
        timeout=REQUEST_SECONDS,
        # In a form every value is text: a "wrong" null arrives as the word, which is a valid file.
        excluded_checks=[negative_data_rejection] if case.media_type == FORM else [],
    )
