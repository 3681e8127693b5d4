"""The process's log as a test configures it, and as it was before afterwards."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from backend_service.settings import Settings
from backend_service.telemetry import log_output
from backend_service.telemetry.log_output import configure_logging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the process logged since it was asked for, where this test configures its logging."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level, hook = root.handlers[:], root.level, log_output.sys.excepthook
    stream = io.BytesIO()
    output = configure_logging(Settings(newsapi_key="plan-ted"), stream)  # type: ignore[arg-type]

    def read() -> list[dict[str, Any]]:
        output.writer.flush()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    output.close()
    root.handlers[:], log_output.sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.configure(**before)
    log_output._Outputs.current = None
