"""Texts of strangers on one clean line."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.providers.headlines import (
    HEADLINE_LENGTH,
    SOURCE_LENGTH,
    clean_headline,
    clean_source,
    is_credible,
    read_epoch,
    read_time,
)

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("  Profit\n\trises \u00a0 5% ", "Profit rises 5%"),
        ("AT&amp;T &#8211; up", "AT&T – up"),
        ("<b>Shares</b> of <a href='x'>A</a><br>rise", "Shares of A rise"),
        ("<b>AT&amp;T</b> up<![word[x]]>", "AT&T up"),
        ("P/E < 5 and > 3", "P/E < 5 and > 3"),
        ("x <script>alert(1)</script>", "x alert(1)"),
        ("a\x00b\u202ec", "a bc"),
        ("שוק ההון עולה", "שוק ההון עולה"),
        ("🚀 to the moon", "🚀 to the moon"),
        ("lone \ud800 surrogate", "lone ? surrogate"),
        ("x" * 30_000, "x" * HEADLINE_LENGTH),
        (" \u200f\n", None),
        ("<p></p>", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_headlines_are_plain_text(text: object, headline: str | None) -> None:
    assert clean_headline(text) == headline


@given(st.text(max_size=300))
def test_a_headline_is_one_storable_line(text: str) -> None:
    headline = clean_headline(text)
    if headline is not None:
        assert headline.encode("utf-8")
        assert headline == " ".join(headline.split())
        assert not any(unicodedata.category(letter) == "Cc" for letter in headline)


def test_sources_are_short() -> None:
    assert clean_source("A&amp;B " + "x" * 500) == ("A&B " + "x" * 500)[:SOURCE_LENGTH]


def test_times_are_read_with_their_zone() -> None:
    assert read_time("2025-03-03T10:00:00Z") == datetime(2025, 3, 3, 10, tzinfo=UTC)
    assert read_time("2025-03-03T10:00:00+05:30") == datetime(2025, 3, 3, 4, 30, tzinfo=UTC)
    for text in ("2025-03-03T10:00:00", "0001-01-01T00:00:00+14:00", "yesterday", "", None, 5):
        assert read_time(text) is None


@given(st.integers() | st.floats() | st.text() | st.none() | st.booleans())
def test_epoch_seconds_are_read_or_not(seconds: object) -> None:
    time = read_epoch(seconds)
    assert time is None or time.tzinfo is UTC


def test_nothing_is_published_in_the_future_or_before_1970() -> None:
    assert is_credible(NOW + timedelta(minutes=5), NOW)
    assert not is_credible(NOW + timedelta(minutes=15), NOW)
    assert not is_credible(datetime(1969, 12, 31, tzinfo=UTC), NOW)
