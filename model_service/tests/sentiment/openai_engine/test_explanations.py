"""How long an endpoint asks to wait."""

from __future__ import annotations

import datetime as dt

import pytest

from model_service.sentiment.openai_engine.explanations import read_retry_after

NOW = dt.datetime(2026, 11, 23, 12, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.25", 0.25),
        ("-3", 0.0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 12:00:10 -0000", 10.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("Mon, 99 Nov 2026 12:00:10 GMT", None),
    ],
)
def test_reads_seconds_and_dates(value, seconds):
    assert read_retry_after({"retry-after": value}, NOW) == seconds


def test_no_header_asks_for_nothing():
    assert read_retry_after({}, NOW) is None
