"""Request ids and log lines."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from model_service.telemetry import accept_request_id

SCRIPT = """
import logging, structlog, sys
from model_service.telemetry import configure_logging
configure_logging(sys.argv[1])
structlog.get_logger("own").info("hello", symbol="NHPC", number=1)
logging.getLogger("foreign").warning("told %s", "you")
logging.getLogger("foreign").debug("quiet")
try:
    1 / 0
except ZeroDivisionError as error:
    structlog.get_logger("own").exception("broken", exc_info=error)
"""


def log_lines(level):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, level], capture_output=True, check=True, timeout=60
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_own_and_foreign_messages_are_json_lines_of_one_shape():
    hello, told, broken = log_lines("INFO")
    assert (hello["event"], hello["symbol"], hello["level"]) == ("hello", "NHPC", "info")
    assert (told["event"], told["logger"], told["level"]) == ("told you", "foreign", "warning")
    assert "ZeroDivisionError" in broken["exception"]
    assert all(line["timestamp"].endswith("Z") for line in (hello, told, broken))


def test_level_leaves_out_what_is_below_it():
    assert [line["event"] for line in log_lines("ERROR")] == ["broken"]


@pytest.mark.parametrize("offered", ["a", "0" * 128, "req-1.2_3"])
def test_well_formed_ids_are_kept(offered):
    assert accept_request_id(offered) == offered


@pytest.mark.parametrize("offered", [None, "", ".a", "a\n", "a b", "0" * 129])
def test_other_ids_are_replaced_by_new_ones(offered):
    first, second = accept_request_id(offered), accept_request_id(offered)
    assert first != second
    assert first.isalnum()
