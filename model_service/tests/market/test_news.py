"""Headlines on the clock of candles: what counts when, and that nothing comes from the future."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import InvalidRequest, NewsFromTheFuture
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.features import FeatureRecipe, compute_features
from model_service.market.news import ScoredNews, compute_news_features, name_news_features

DAY = SECONDS_PER_DAY
TIME = np.array([0, 1, 2, 5, 6], dtype=np.int64) * DAY  # a weekend between the third and fourth


def news_of(*headlines: tuple[float, float]) -> ScoredNews:
    """Headlines as (day, score)."""
    days, scores = zip(*headlines, strict=True) if headlines else ((), ())
    return ScoredNews.of(
        np.array([round(day * DAY) for day in days], dtype=np.int64),
        np.array(scores, dtype=np.float64),
        "lite",
        "1",
    )


def test_each_headline_belongs_to_the_first_candle_that_may_use_it() -> None:
    news = news_of((2.0, -0.5), (0.0, 0.25), (3.0, 0.5), (2.5, 1.0), (-1.0, 1.0))
    score, count = news.on(TIME)
    np.testing.assert_array_equal(score, [0.25, 0.0, -0.5, 1.5, 0.0])
    np.testing.assert_array_equal(count, [1, 0, 1, 2, 0])


def test_features_by_hand() -> None:
    news = news_of((0.0, 0.5), (1.0, 0.5), (1.0, -1.0), (5.0, 0.8))
    one, number_one, two, number_two = compute_news_features(news, TIME, (1, 2))
    np.testing.assert_allclose(one, [0.5 / 2**0.5, -0.5 / 3**0.5, 0, 0.8 / 2**0.5, 0])
    np.testing.assert_allclose(number_one, np.log([2, 3, 1, 2, 1]))
    np.testing.assert_allclose(two, [0.5 / 2**0.5, 0.0, -0.5 / 3**0.5, 0.8 / 2**0.5, 0.8 / 2**0.5])
    np.testing.assert_allclose(number_two, np.log([2, 4, 3, 2, 2]))
    assert name_news_features((1, 2)) == ["sentiment_1", "news_1", "sentiment_2", "news_2"]


def test_no_news_is_not_neutral_news() -> None:
    nothing = compute_news_features(news_of(), TIME, (2,))
    neutral = compute_news_features(news_of((1.0, 0.0)), TIME, (2,))
    np.testing.assert_array_equal(nothing[0], neutral[0])
    assert neutral[1][1] > nothing[1][1] == 0.0
    assert not np.any(compute_news_features(None, TIME, (2,)))


def test_a_headline_from_the_future_is_a_hard_failure(
    random_candles: Callable[[int], Candles],
) -> None:
    candles = random_candles(20)
    last = int(candles.time[-1])
    news = ScoredNews.of(np.array([last, last + 1]), np.array([0.1, 0.2]), "lite", "1")
    with pytest.raises(NewsFromTheFuture, match=str(last + 1)) as caught:
        replace(candles, news=news)
    assert caught.value.field == "news.counts_from"
    assert len(replace(candles, news=news.between(None, last)).news or []) == 1


@given(
    days=st.lists(st.integers(0, 59), max_size=60),
    spans=st.lists(st.integers(1, 30), min_size=1, max_size=3).map(tuple),
    cut=st.integers(1, 59),
)
def test_cutting_off_later_candles_changes_no_earlier_row(
    days: list[int], spans: tuple[int, ...], cut: int
) -> None:
    time = np.arange(60, dtype=np.int64) * DAY
    candles = Candles(
        "X", time, *(np.full(60, 10.0) for _ in range(4)), np.full(60, 1.0),
        news=news_of(*((day, np.sin(day)) for day in days)),
    )  # fmt: skip
    recipe = FeatureRecipe(news_spans=spans)
    whole = compute_features(candles, recipe)
    assert whole.shape[1] == len(recipe.names)
    np.testing.assert_array_equal(compute_features(candles.slice(0, cut), recipe), whole[:cut])


def test_the_order_in_which_headlines_come_does_not_matter() -> None:
    forward, backward = (
        news_of((0, 0.1), (1, 0.2), (1, -0.3)),
        news_of((1, -0.3), (1, 0.2), (0, 0.1)),
    )
    assert forward.news_hash == backward.news_hash
    assert forward.news_hash != replace(forward, engine_version="2").news_hash


def test_what_is_no_score_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"Score 2 of `news` is 1\.5"):
        news_of((0, 1.0), (1, 1.5))
    with pytest.raises(InvalidRequest, match="Score 1 of `news` is nan"):
        news_of((0, float("nan")))
    with pytest.raises(InvalidRequest, match="2 times and 1 scores"):
        ScoredNews.of(np.array([1, 2]), np.array([0.5]), "lite", "1")


def test_a_recipe_without_news_reads_as_it_always_did() -> None:
    plain = FeatureRecipe().to_dict()
    assert "news_spans" not in plain
    assert FeatureRecipe.from_dict(plain) == FeatureRecipe()
    told = FeatureRecipe(news_spans=(1, 5)).to_dict()
    assert FeatureRecipe.from_dict(told).names[-4:] == (
        "sentiment_1",
        "news_1",
        "sentiment_5",
        "news_5",
    )
