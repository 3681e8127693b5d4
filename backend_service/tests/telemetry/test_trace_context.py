"""The ids that requests bring, are given, and pass on."""

from __future__ import annotations

import re

import pytest

from backend_service.telemetry.spans import own_trace
from backend_service.telemetry.trace_context import (
    TraceContext,
    accept_trace,
    continuing,
    current_request_id,
    current_trace,
    outgoing_headers,
)

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE_ID}-{PARENT_ID}-01"


def accept(**headers: str) -> TraceContext:
    return accept_trace(
        [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    )


def test_what_is_well_formed_is_kept() -> None:
    both = accept(traceparent=TRACEPARENT, x_request_id="abc-1")
    assert both == TraceContext(TRACE_ID, "abc-1", "", PARENT_ID, sampled=True)
    assert accept(traceparent=TRACEPARENT[:-1] + "0").sampled is False
    # Without an id of its own a request is called as its trace.
    assert accept(traceparent=TRACEPARENT).request_id == TRACE_ID


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        TRACEPARENT.upper(),
        TRACEPARENT[:-1],
        TRACEPARENT + "0",
        TRACEPARENT + "-more",
        TRACEPARENT.replace(TRACE_ID, "0" * 32),
        TRACEPARENT.replace(PARENT_ID, "0" * 16),
        "01" + TRACEPARENT[2:],
        "ff" + TRACEPARENT[2:],
        TRACEPARENT.replace("4b", "xy"),
        TRACEPARENT + "\n",
    ],
)
def test_a_malformed_traceparent_is_ignored(malformed: str) -> None:
    made = accept(traceparent=malformed, x_request_id="kept")
    assert re.fullmatch("[0-9a-f]{32}", made.trace_id)
    assert made.trace_id != TRACE_ID
    assert (made.request_id, made.parent_id) == ("kept", "")


def test_new_ids_differ() -> None:
    assert len({accept().trace_id for _ in range(1_000)}) == 1_000


def test_a_question_to_another_service_has_the_same_ids_and_a_new_parent() -> None:
    with continuing(accept(traceparent=TRACEPARENT, x_request_id="abc-1")):
        first, second = outgoing_headers(), outgoing_headers()
        assert current_request_id() == "abc-1"
    for sent in (first, second):
        assert sent["X-Request-ID"] == "abc-1"
        assert re.fullmatch(f"00-{TRACE_ID}-[0-9a-f]{{16}}-01", sent["traceparent"])
        assert PARENT_ID not in sent["traceparent"]
    assert first["traceparent"] != second["traceparent"]
    assert current_request_id() == ""


def test_work_that_no_request_waits_for_has_a_trace_of_its_own() -> None:
    with continuing(accept(traceparent=TRACEPARENT, x_request_id="abc-1")):
        with own_trace("refresh"):
            trace = current_trace()
            sent = outgoing_headers()
        assert current_request_id() == "abc-1"
    assert trace is not None
    assert trace.trace_id not in (TRACE_ID, "")
    assert trace.request_id == ""
    assert sent["X-Request-ID"] == trace.trace_id
    assert sent["traceparent"].startswith(f"00-{trace.trace_id}-")


def test_outside_everything_a_question_begins_a_trace() -> None:
    sent = outgoing_headers()
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", sent["traceparent"])
    assert sent["X-Request-ID"] == sent["traceparent"][3:35]
