"""Copies of headlines are found, and never lend a headline an earlier time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend_service.news.duplicates import WINDOW, DuplicateFinder, Kept
from backend_service.news.items import Headline, to_headline
from backend_service.providers.news import NewsItem, Precision

NOON = datetime(2024, 6, 10, 12, tzinfo=UTC)
LONG = "Apple raises its outlook for the year after strong sales of phones in China and India"


def make(text: str, hours: float = 0, precision: Precision = "time") -> Headline:
    moment = NOON + timedelta(hours=hours)
    if precision == "date":
        moment = moment.replace(hour=0)
    headline = to_headline("AAPL", "feed", NewsItem(text, moment, precision, "Reuters", None))
    assert headline is not None
    return headline


def test_the_same_words_within_some_days_are_one_headline() -> None:
    finder = DuplicateFinder([])
    assert finder.add(make("Apple beats estimates"))
    assert not finder.add(make("APPLE BEATS ESTIMATES - Reuters", 30))
    (kept,) = finder.new
    assert (kept.headline.text, len(kept.copies)) == ("Apple beats estimates", 1)


def test_later_the_same_words_are_news_again() -> None:
    finder = DuplicateFinder([])
    assert finder.add(make("Five stocks to watch today"))
    assert finder.add(make("Five stocks to watch today", WINDOW.total_seconds() / 3_600 + 1))


def test_a_publication_that_is_listed_again_is_no_copy() -> None:
    first, copy = make("Dam opens"), make("Dam opens", 5)
    finder = DuplicateFinder([Kept(first, 7)])
    for _ in range(3):
        assert not finder.add(first)
    assert finder.changed == []
    for _ in range(3):
        assert not finder.add(copy)
    (kept,) = finder.changed
    assert kept.copies == {copy.fingerprint}


def test_a_prefix_or_ending_makes_no_other_headline() -> None:
    finder = DuplicateFinder([])
    assert finder.add(make(LONG))
    assert not finder.add(make(f"UPDATE: {LONG}", 2))
    assert not finder.add(make(f"{LONG}, sources", 3))
    assert len(finder.new[0].copies) == 2


def test_another_direction_or_figure_does() -> None:
    finder = DuplicateFinder([])
    assert finder.add(make("Apple shares rise 3% after quarterly results beat all estimates"))
    assert finder.add(make("Apple shares fall 3% after quarterly results beat all estimates"))
    assert finder.add(make("Apple shares rise 4% after quarterly results beat all estimates"))
    assert finder.add(make(f"1 {LONG}"))
    assert finder.add(make(f"2 {LONG}"))


def test_the_earliest_publication_stands_with_its_own_words() -> None:
    finder = DuplicateFinder([Kept(make(f"UPDATE: {LONG}", 5), 7)])
    assert not finder.add(make(LONG, 1))
    assert finder.new == []
    (kept,) = finder.changed
    assert (kept.row, kept.replaced, len(kept.copies)) == (7, True, 1)
    assert (kept.headline.text, kept.headline.published_at) == (LONG, NOON + timedelta(hours=1))


def test_a_time_is_known_before_the_date_alone() -> None:
    finder = DuplicateFinder([])
    finder.add(make(LONG, precision="date"))
    finder.add(make(LONG, 3))
    (kept,) = finder.new
    assert kept.headline.precision == "time"
    finder.add(make(LONG, precision="date"))
    assert kept.headline.precision == "time"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([LONG, f"UPDATE: {LONG}", f"{LONG} again", "Apple is sued", "Good"]),
            st.floats(-200, 200),
            st.sampled_from(["time", "date"]),
        ),
        max_size=30,
    )
)
def test_no_copy_lends_a_headline_its_earlier_time(
    copies: list[tuple[str, float, Precision]],
) -> None:
    given_ones = [make(*copy) for copy in copies]
    finder = DuplicateFinder([])
    added = sum(finder.add(each) for each in given_ones)
    assert added == len(finder.new)
    counted = sum(1 + len(kept.copies) for kept in finder.new)
    assert len({each.fingerprint for each in given_ones}) <= counted <= len(given_ones)
    for kept in finder.new:
        assert kept.headline in given_ones


def test_ten_thousand_near_copies_are_compared_in_bounded_time() -> None:
    # Each has four words of its own: none is a copy, and all share most of their words.
    headlines = [
        make(f"{LONG} {' '.join(chr(97 + int(digit)) * 3 for digit in f'{number:04}')}")
        for number in range(10_000)
    ]
    started = time.perf_counter()
    finder = DuplicateFinder([])
    for each in headlines:
        finder.add(each)
    assert time.perf_counter() - started < 20
