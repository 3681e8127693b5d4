"""Kept reports held against the contract before anything relies on them."""

from __future__ import annotations

from model_service.artefacts.evaluations import Report
from model_service.http.generated import EvaluationReport
from model_service.http.requests import validate


def check_report(report: Report) -> None:
    """Make sure that plain values are an `EvaluationReport` of the contract.

    Raises
    ------
    InvalidRequest
        With the first member that is wrong.
    """
    validate(EvaluationReport, dict(report))
