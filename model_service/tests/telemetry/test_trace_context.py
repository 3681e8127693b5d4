"""Ids that a request brings, and those that are made where it brings none."""

from __future__ import annotations

import re

import pytest

from model_service.telemetry.trace_context import accept_trace_context, new_trace_id

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


@pytest.mark.parametrize("offered", ["a", "0" * 64, "req-1.2_3"])
def test_well_formed_ids_are_kept(offered: str) -> None:
    assert accept_trace_context(offered, None).request_id == offered


@pytest.mark.parametrize("offered", [None, "", ".a", "a\n", "a b", "0" * 65])
def test_other_ids_are_replaced_by_that_of_the_trace(offered: str | None) -> None:
    first, second = accept_trace_context(offered, None), accept_trace_context(offered, None)
    assert first.request_id == first.trace_id
    assert first.trace_id != second.trace_id


@pytest.mark.parametrize("flags", ["00", "01", "ff"])
def test_a_trace_is_gone_on_with(flags: str) -> None:
    context = accept_trace_context("mine", f"00-{TRACE}-{SPAN}-{flags}")
    assert (context.trace_id, context.span_id, context.request_id) == (TRACE, SPAN, "mine")
    assert accept_trace_context(None, f"00-{TRACE}-{SPAN}-{flags}").request_id == TRACE


@pytest.mark.parametrize(
    "offered",
    [
        "",
        f"01-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
    ],
)
def test_a_malformed_trace_is_replaced(offered: str) -> None:
    context = accept_trace_context("mine", offered)
    assert context.trace_id != TRACE
    assert re.fullmatch("[0-9a-f]{32}", context.trace_id)
    assert (context.span_id, context.request_id) == (None, "mine")


def test_log_lines_say_what_is_known() -> None:
    trace = new_trace_id()
    assert accept_trace_context("mine", f"00-{TRACE}-{SPAN}-01").log_fields() == {
        "http.request.id": "mine",
        "trace.id": TRACE,
        "span.id": SPAN,
    }
    context = accept_trace_context(None, None)
    assert set(context.log_fields()) == {"http.request.id", "trace.id"}
    assert len(trace) == 32
