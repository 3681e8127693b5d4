"""The lock of a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_service.errors import InvalidRequest
from model_service.experiments.sole_writer import sole_writer


def test_two_evaluations_do_not_write_one_report(tmp_path: Path) -> None:
    out = tmp_path / "new" / "report.json"
    with (
        sole_writer(out),
        pytest.raises(InvalidRequest, match=r"Another evaluation is writing 'report\.json'"),
        sole_writer(out),
    ):
        pass
    with sole_writer(out):
        pass
    assert list(out.parent.iterdir()) == []


def test_an_evaluation_that_failed_lets_the_next_one_write(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    with pytest.raises(ZeroDivisionError), sole_writer(out):
        raise ZeroDivisionError
    with sole_writer(out):
        pass
