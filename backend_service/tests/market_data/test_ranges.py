"""Limits of a range."""

from __future__ import annotations

import pytest

from backend_service.errors import InvalidRequest
from backend_service.market_data.ranges import TimeRange, read_range


@pytest.mark.parametrize(
    ("start", "end", "limits"),
    [
        (None, None, TimeRange()),
        ("0", "86400", TimeRange(0, 86_400)),
        ("-86400", None, TimeRange(-86_400)),
        ("1970-01-02", "1970-01-02", TimeRange(86_400, 2 * 86_400 - 1)),
        ("2012-02-29", None, TimeRange(1_330_473_600)),
    ],
)
def test_dates_and_seconds(start: str | None, end: str | None, limits: TimeRange) -> None:
    assert read_range(start, end) == limits


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.5", "2013-02-29", "2013-1-1", "20130101T00", "9" * 12, "1e9", " 1", "٣", "+1"],
)
@pytest.mark.parametrize("field", ["start", "end"])
def test_anything_else_is_refused_by_name(text: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read_range(**{"start": None, "end": None, field: text})
    assert refusal.value.field == field


def test_a_start_after_the_end_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="after") as refusal:
        read_range("2020-01-02", "2020-01-01")
    assert refusal.value.field == "start"
