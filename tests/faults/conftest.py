"""Figures of the fault tests: what was measured, printed at the end and kept beside the report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Record = Callable[..., None]

_FIGURES: dict[str, dict[str, Any]] = {}


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Record:
    """Keeps named values of a test."""

    def record(**values: Any) -> None:
        _FIGURES.setdefault(request.node.nodeid, {}).update(values)

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, values in _FIGURES.items():
        terminalreporter.write_line(json.dumps({"test": name, **values}))
    target = os.environ.get("FAULTS_FIGURES")
    if target and _FIGURES:
        Path(target).write_text(json.dumps(_FIGURES, indent=2) + "\n")
