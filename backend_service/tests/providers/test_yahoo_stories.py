"""Both shapes of Yahoo's news, and which items are about a symbol."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.errors import ProviderBadAnswer
from backend_service.providers.news import NewsItem
from backend_service.providers.yahoo_stories import Story, find_name, keep_related, read_stories

NOW = datetime(2025, 3, 3, 12, tzinfo=UTC)
TIME = datetime(2025, 2, 25, 6, 0, tzinfo=UTC)


def flat(**changes: object) -> dict[str, object]:
    item: dict[str, object] = {
        "uuid": "x",
        "title": "Apple rises",
        "publisher": "Reuters",
        "link": "https://finance.yahoo.com/news/a.html",
        "providerPublishTime": int(TIME.timestamp()),
        "relatedTickers": ["AAPL"],
    }
    return {**item, **changes}


def nested(**changes: object) -> dict[str, object]:
    content: dict[str, object] = {
        "title": "Apple rises",
        "pubDate": "2025-02-25T06:00:00Z",
        "provider": {"displayName": "Reuters"},
        "canonicalUrl": {"url": "https://finance.yahoo.com/news/a.html"},
    }
    return {"id": "x", "content": {**content, **changes}}


def test_both_shapes_mean_the_same() -> None:
    expected = NewsItem(
        "Apple rises", TIME, "time", "Reuters", "https://finance.yahoo.com/news/a.html"
    )
    assert read_stories([flat()], NOW) == (Story(expected, ("AAPL",)),)
    assert read_stories([nested()], NOW) == (Story(expected, ()),)
    symbols = {"stockTickers": [{"symbol": "aapl"}, None]}
    assert read_stories([nested(finance=symbols)], NOW) == (Story(expected, ("AAPL",)),)


def test_what_is_missing_beside_title_and_time_is_made_up_for() -> None:
    bare = flat(publisher=None, link="javascript:alert(1)", relatedTickers=None)
    (story,) = read_stories([bare], NOW)
    assert (story.item.source, story.item.url, story.symbols) == ("Yahoo Finance", None, ())
    (story,) = read_stories(
        [nested(pubDate=None, displayTime="2025-02-25T06:00:00Z", canonicalUrl=None, provider=[])],
        NOW,
    )
    assert (story.item.published_at, story.item.url) == (TIME, None)


def test_items_that_cannot_be_read_are_left_out() -> None:
    broken = [flat(title=None), flat(providerPublishTime="soon"), nested(pubDate="soon"), None, 5]
    assert len(read_stories([*broken, flat()], NOW)) == 1
    with pytest.raises(ProviderBadAnswer, match="no item has a title and a time"):
        read_stories(broken, NOW)
    with pytest.raises(ProviderBadAnswer, match="no list"):
        read_stories({"news": []}, NOW)


def test_items_from_the_future_are_left_out() -> None:
    assert read_stories([flat(providerPublishTime=2_000_000_000)], NOW) == ()


def story(headline: str, *symbols: str) -> Story:
    return Story(NewsItem(headline, TIME, "time", "Reuters", None), symbols)


@pytest.mark.parametrize(
    ("headline", "symbols", "kept"),
    [
        ("Anything", ("MSFT", "AAPL"), True),
        ("Anything", (), False),
        ("Anything", ("BRK-B",), False),
        ("Apple, Nvidia rise", (), True),
        ("Apple's iPhone ban lifted", ("IDX",), True),
        ("Pineapple and Applebee's rise", (), False),
        ("apple pie recipes", (), False),
        ("Is (AAPL) a buy?", (), True),
        ("Is it a buy (NASDAQ:AAPL)?", (), True),
        ("A call on NasdaqGS: AAPL today", (), True),
        ("Bet on $AAPL", (), True),
        ("Elsewhere (JSE:AAPL) falls", (), False),
        ("AAPLX falls", (), False),
    ],
)
def test_what_is_about_a_symbol(headline: str, symbols: tuple[str, ...], kept: bool) -> None:
    assert len(keep_related([story(headline, *symbols)], "AAPL", "Apple")) == kept


@pytest.mark.parametrize(
    ("long_name", "name"),
    [
        ("Apple Inc.", "Apple"),
        ("Alibaba Group Holding Limited", "Alibaba"),
        ("Amazon.com, Inc.", "Amazon.com"),
        ("ArcticZymes Technologies ASA", "ArcticZymes Technologies"),
        ("Air France-KLM SA", "Air France-KLM"),
        ("Bitcoin USD", "Bitcoin"),
        ("KE Holdings Inc.", "KE"),
        ("Ørsted A/S", "Ørsted"),
    ],
)
def test_company_names_as_headlines_write_them(long_name: str, name: str) -> None:
    quotes = [{"symbol": "B", "longname": "Other"}, {"symbol": "x", "longname": long_name}]
    assert find_name(quotes, "X") == name


def test_short_names_are_words_too_often() -> None:
    assert keep_related([story("KE rises")], "BEKE", "KE") == ()


@pytest.mark.parametrize("quotes", [None, [], [None], [{"symbol": "X", "longname": 5}], "x"])
def test_there_may_be_no_name(quotes: object) -> None:
    assert find_name(quotes, "X") is None


KEYS = st.sampled_from(
    ["title", "content", "providerPublishTime", "pubDate", "provider", "link", "finance", "url"]
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(JSON, JSON)
def test_nothing_but_a_bad_answer_comes_of_garbage(raw: object, quotes: object) -> None:
    find_name(quotes, "X")
    with contextlib.suppress(ProviderBadAnswer):
        read_stories(raw, NOW)
