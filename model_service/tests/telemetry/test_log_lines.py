"""Log lines of the Elastic Common Schema, whoever wrote the message."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from typing import Any

import pytest

import model_service
from model_service.telemetry.ecs import EcsFormatter, Origin
from model_service.telemetry.redaction import Redaction

SCRIPT = """
import logging, structlog, sys
from model_service.settings import Settings
from model_service.telemetry.log_lines import configure_logging, relay_line
configure_logging(
    Settings(log_level=sys.argv[1], code_version="abc", openai_api_key="sk-planted"), "worker"
)
own = structlog.get_logger("model_service.own")
structlog.contextvars.bind_contextvars(**{"http.request.id": "r-1", "bellwether.unit": 3})
own.info("hello", symbol="NHPC", number=1, ratio=float("nan"), **{"event.dataset": "d"})
logging.getLogger("foreign").warning("told %s", "you of sk-planted")
logging.getLogger("foreign").debug("quiet")
own.debug("loud")
structlog.contextvars.clear_contextvars()
try:
    {}["sk-planted"]
except KeyError as error:
    own.exception("broken", exc_info=error, unit="none")
    own.exception("so broken")
    logging.getLogger("foreign").exception("broken too")
relay_line('{"a": "line of another process"}')
raise RuntimeError("nobody caught it")
"""


ERRORS = ["broken", "so broken", "broken too", "ended by an error"]


def log_lines(level: str) -> list[dict[str, Any]]:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, level],
        capture_output=True,
        timeout=60,
        env={**os.environ, "BELLWETHER_ENVIRONMENT": "development"},
    )
    assert (run.returncode, run.stderr) == (1, b"")
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_own_and_foreign_messages_are_lines_of_one_shape() -> None:
    hello, told, broken, *others, relayed, ended = log_lines("INFO")
    assert (hello["message"], hello["log.level"]) == ("hello", "info")
    assert hello["log"] == {"logger": "model_service.own"}
    assert hello["bellwether"] == {"symbol": "NHPC", "number": 1, "unit": 3}
    assert hello["event"] == {"dataset": "d"}
    assert (told["message"], told["log.level"]) == ("told you of REDACTED", "warning")
    assert told["http"] == {"request": {"id": "r-1"}}
    assert told["log"] == {"logger": "foreign"}
    for line in (hello, told, broken, ended):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["@timestamp"])
        assert line["ecs.version"]
        assert line["service"] == {
            "name": "worker",
            "version": f"{model_service.__version__}+abc",
            "environment": "development",
        }
        assert line["host"]["name"]
    assert (broken["error"]["type"], broken["error"]["message"]) == ("KeyError", "'REDACTED'")
    assert "KeyError: 'REDACTED'" in broken["error"]["stack_trace"]
    assert (broken["log.level"], broken["bellwether"]) == ("error", {"unit": "none"})
    assert "http" not in broken
    assert [line["message"] for line in others] == ["so broken", "broken too"]
    for line in others:
        assert line["error"] == broken["error"]
    assert relayed == {"a": "line of another process"}
    assert (ended["log.level"], ended["error"]["message"]) == ("critical", "nobody caught it")


@pytest.mark.parametrize(
    ("level", "messages"),
    [
        ("DEBUG", ["hello", "told you of REDACTED", "loud", *ERRORS]),
        ("ERROR", ERRORS),
    ],
)
def test_level_leaves_out_what_is_below_it(level: str, messages: list[str]) -> None:
    found = [line["message"] for line in log_lines(level) if "message" in line]
    assert found == messages


def format_one(message: str, error: BaseException | None = None) -> tuple[str, dict[str, Any]]:
    formatter = EcsFormatter(Origin("worker", "1", "development"), Redaction(["sk-planted"]))
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("name", logging.INFO, "", 0, message, (), info)
    text = formatter.format(record)
    assert formatter.format(record) is text
    return text, json.loads(text)


def test_a_line_is_bounded_and_its_cut_hides_no_half_of_a_secret() -> None:
    assert format_one("a" * 3_995 + "sk-planted")[1]["message"] == "a" * 3_995 + "REDAC"
    text, line = format_one("long", ValueError("b" * 50_000))
    assert len(text) < 16 * 1_024
    assert line["error"]["stack_trace"].startswith("ValueError: bbb")


def test_what_no_terminal_can_show_is_one_line_all_the_same() -> None:
    text, line = format_one("two\nlines \x1b[31m \u2028 \x00")
    assert "\n" not in text
    assert "\x1b" not in text
    assert line["message"] == "two\nlines \x1b[31m \u2028 \x00"
