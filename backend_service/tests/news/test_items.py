"""What makes two headlines the same text, and what is kept of one."""

from datetime import UTC, datetime

import pytest

from backend_service.news.items import (
    HEADLINE_LENGTH,
    Headline,
    clean_text,
    hash_words,
    known_by,
    split_words,
    to_headline,
)
from backend_service.providers.news import NewsItem

MORNING = datetime(2024, 6, 10, 9, 30, tzinfo=UTC)


def read(text: str, source: str = "Reuters", url: str | None = None) -> Headline | None:
    return to_headline("aapl", "feed", NewsItem(text, MORNING, "time", source, url))


def key_of(text: str, source: str = "Reuters") -> str:
    return hash_words(split_words(text, source))


@pytest.mark.parametrize(
    "other",
    [
        "APPLE BEATS ESTIMATES, RAISES OUTLOOK",
        "Apple beats estimates — raises outlook!",
        "Apple beats estimates, raises outlook - Reuters",
        "Apple beats estimates, raises outlook | Bloomberg",
        "\uff21\uff50\uff50\uff4c\uff45 beats  estimates, raises outlook",
        "Apple beats estimates,\nraises outlook",
    ],
)
def test_case_punctuation_form_and_publisher_make_no_difference(other: str) -> None:
    assert key_of(other) == key_of("Apple beats estimates, raises outlook")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Shares +5 %", "Shares -5 %"),
        ("Shares up 5 %", "Shares up 6 %"),
        ("Apple sues - says Tim Cook", "Apple sues"),
        ("\U0001f680", "\U0001f4a5"),
    ],
)
def test_signs_figures_and_other_endings_do(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


def test_pre_tokenised_text_is_the_same_text() -> None:
    assert key_of("U . S . sues VW") == key_of("U.S. sues VW")


def test_a_headline_is_one_clean_line_of_bounded_length() -> None:
    headline = read("Half a pair \ud83d,\x00 tab\tand\r\nline " + "x" * 2_000)
    assert headline is not None
    assert headline.text.startswith("Half a pair ?, tab and line xxx")
    assert len(headline.text) == HEADLINE_LENGTH
    assert headline.symbol == "AAPL"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u200d", "\x00"])
def test_what_cannot_be_seen_is_no_headline(text: str) -> None:
    assert read(text) is None


def test_right_to_left_and_emoji_are_headlines() -> None:
    for text in ("ارتفاع أسهم أرامكو", "🚀🚀", "株価が上昇"):
        headline = read(text)
        assert headline is not None
        assert headline.text == clean_text(text)
        assert headline.words


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://127.0.0.1/x", "ftp://example.com"])
def test_only_public_web_links_are_kept(url: str) -> None:
    kept, dropped = read("Good", url="https://example.com/a"), read("Good", url=url)
    assert kept is not None
    assert dropped is not None
    assert (kept.url, dropped.url) == ("https://example.com/a", None)


def test_a_date_is_known_by_its_end() -> None:
    midnight = datetime(2024, 6, 10, tzinfo=UTC)
    assert known_by(midnight, "time") == midnight
    assert known_by(midnight, "date") == datetime(2024, 6, 11, tzinfo=UTC)


def test_marks_that_turn_text_round_are_left_out() -> None:
    assert clean_text("profit \u202etiforp\u2066 up\u200f") == "profit tiforp up"
