"""What long tests measured, printed at their end and kept where ``FIGURES`` names a file.

A folder of such tests takes both names into its ``conftest.py``.
"""

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
    target = os.environ.get("FIGURES")
    if target and _FIGURES:
        Path(target).write_text(json.dumps(_FIGURES, indent=2) + "\n")
