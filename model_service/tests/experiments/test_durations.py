"""Lengths of time as people write them."""

from __future__ import annotations

import pytest

from model_service.errors import InvalidRequest
from model_service.experiments.durations import read_duration, write_duration


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("90", 90), ("90s", 90), (" 30 m ", 1_800), ("1.5h", 5_400), ("2d", 172_800), (45, 45)],
)
def test_lengths_of_time_are_read(given: object, seconds: float) -> None:
    assert read_duration(given, "budget") == seconds


@pytest.mark.parametrize("given", ["", "m", "-5m", "5 weeks", "1e3", "5m5s", "٣m", True, None, [1]])
def test_what_is_none_is_refused_by_its_field(given: object) -> None:
    with pytest.raises(InvalidRequest, match="length of time") as refusal:
        read_duration(given, "budget")
    assert refusal.value.field == "budget"


@pytest.mark.parametrize(
    ("seconds", "words", "short"),
    [
        (-3, "0 s", "0 s"),
        (59.4, "59 s", "59 s"),
        (59.6, "1 min 0 s", "1 min"),
        (7_620, "2 h 7 min", "2 h"),
        (86_400 * 3 + 3_600 * 4, "3 d 4 h", "3 d"),
    ],
)
def test_lengths_of_time_are_written_in_two_units_or_one(
    seconds: float, words: str, short: str
) -> None:
    assert write_duration(seconds) == words
    assert write_duration(seconds, units=1) == short
