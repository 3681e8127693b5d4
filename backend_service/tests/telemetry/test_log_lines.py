"""The form of log lines: ECS fields, whoever logs and however."""

from __future__ import annotations

import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from backend_service import __version__
from backend_service.telemetry.access_lines import AccessLines
from backend_service.telemetry.log_lines import Origin
from backend_service.telemetry.log_output import current_output
from backend_service.telemetry.trace_context import TraceContext, continuing

if TYPE_CHECKING:
    from collections.abc import Callable

TRACE = TraceContext("4bf92f3577b34da6a3ce929d0e0e4736", "abc-1", "00f067aa0ba902b7")
ORIGIN = Origin("1.2", "production", "host-1")


def test_an_event_is_a_message_and_its_own_fields(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    with continuing(TRACE):
        structlog.get_logger("a.module").warning(
            "source_failed", symbol="X", count=2, reason="plan-ted", gone=None, path=io.BytesIO
        )
    (line,) = lines()
    assert line.pop("@timestamp").endswith("Z")
    assert line.pop("host")["name"]
    assert line == {
        "log.level": "warning",
        "message": "source_failed",
        "log": {"logger": "a.module"},
        "service": {
            "name": "backend_service",
            "version": __version__,
            "environment": "development",
        },
        "http": {"request": {"id": "abc-1"}},
        "trace": {"id": TRACE.trace_id},
        "span": {"id": TRACE.span_id},
        "bellwether": {
            "symbol": "X",
            "count": 2,
            "reason": "REDACTED",
            "path": "<class '_io.BytesIO'>",
        },
        "ecs.version": line["ecs.version"],
    }


def test_an_exception_is_its_type_message_and_trace(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    def fail(depth: int) -> None:
        if depth:
            fail(depth - 1)
        raise ValueError("it holds plan-ted " + "x" * 10_000)

    try:
        fail(3)
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)
        structlog.get_logger().exception("failed")
        logging.getLogger("some.library").exception("failed")
    read = lines()
    assert len(read) == 3
    for line in read:
        assert line["error"]["type"] == "ValueError"
        assert line["error"]["message"].startswith("it holds REDACTED xxx")
        assert "in fail" in line["error"]["stack_trace"]
        # What cuts lines of more than 16 KiB in two leaves these whole.
        assert len(json.dumps(line)) < 17_500
        assert line["log.level"] == "error"


def test_what_libraries_log_has_the_same_form(lines: Callable[[], list[dict[str, Any]]]) -> None:
    logging.getLogger("some.library").warning("%d of %s", 3, "plan-ted")
    logging.getLogger("some.library").debug("of no interest")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("something is old", stacklevel=1)
    first, second = lines()
    assert (first["message"], first["log"]) == ("3 of REDACTED", {"logger": "some.library"})
    assert "something is old" in second["message"]
    assert first.keys() - {"bellwether"} == second.keys() - {"bellwether"}


def test_what_json_has_no_word_for_is_written_all_the_same(
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    structlog.get_logger().info("half \ud800 of a pair", large=2**80, none=float("nan"))
    (line,) = lines()
    assert line["message"] == "half \ud800 of a pair"
    assert line["bellwether"]["large"] == 2**80
    assert line["log.level"] == "info"


def test_the_level_is_kept_to(lines: Callable[[], list[dict[str, Any]]]) -> None:
    structlog.get_logger().debug("left out")
    assert lines() == []
    output = current_output()
    assert output is not None
    assert output.number == logging.INFO


def asked(
    path: str = "/api/candles/X", query: bytes = b"", *, has_span: bool = False
) -> tuple[str, str, bytes, int, str, bool]:
    return ("GET", path, query, 200, "/api/candles/{symbol}", has_span)


def test_an_access_line_has_all_fields_of_the_schema() -> None:
    lines = AccessLines(ORIGIN)
    question = asked(query=b"start=1&apikey=abc", has_span=True)
    for _ in range(2):  # made, and made of what was kept
        written = lines.render(question, TRACE, 0.0123456789, 1_700_000_000.25)
        assert json.loads(written) == {
            "@timestamp": "2023-11-14T22:13:20.250Z",
            "log.level": "info",
            "message": "GET /api/candles/X 200",
            "ecs.version": json.loads(written)["ecs.version"],
            "log": {"logger": "backend_service.access"},
            "service": {"name": "backend_service", "version": "1.2", "environment": "production"},
            "host": {"name": "host-1"},
            "event": {"dataset": "backend_service.access", "duration": 12_345_678},
            "http": {
                "request": {"method": "GET", "id": "abc-1"},
                "response": {"status_code": 200},
                "route": "/api/candles/{symbol}",
            },
            "url": {"path": "/api/candles/X", "query": "start=1&apikey=REDACTED"},
            "trace": {"id": TRACE.trace_id},
            "span": {"id": TRACE.span_id},
        }
        assert written.endswith(b"}\n")
        assert written.count(b"\n") == 1


@pytest.mark.parametrize(
    "path", ["/%s%d%%", '/"\\', "/a\nb\r\x00", "/\u00e4\u4e2d", "/\ud800", "/{0}"]
)
def test_no_path_breaks_a_line(path: str) -> None:
    lines = AccessLines(ORIGIN)
    for number in range(2):
        trace = TRACE._replace(span_id="")
        written = lines.render(asked(path=path), trace, 1.0, float(number))
        assert json.loads(written)["url"] == {"path": path}
        assert "span" not in json.loads(written)
        assert written.count(b"\n") == 1


def test_what_is_kept_of_lines_is_bounded() -> None:
    lines = AccessLines(ORIGIN)
    for number in range(3_000):
        lines.render(asked(path=f"/{number}"), TRACE, 1.0, 1.0)
    assert len(lines._kept) <= 1_024
    long = lines.render(asked(path="/" + "x" * 60_000), TRACE, 1.0, 1.0)
    assert len(long) < 6_000
