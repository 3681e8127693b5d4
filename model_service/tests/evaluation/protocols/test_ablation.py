"""The arms of an ablation by hand: what is shuffled, what is late, and who reads what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import TrainingDataError
from model_service.evaluation.protocols.ablation import (
    ARMS,
    LAG_CANDLES,
    MIN_TEST_CANDLES,
    MIN_TRAIN_CANDLES,
    PURGE_CANDLES,
    NewsCount,
    count_news,
    lag_news,
    plan_ablation,
    plan_of_arm,
    shuffle_news,
)
from model_service.evaluation.protocols.plan import Fold, Plan
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.news import ScoredNews


def candles_on(days: Sequence[int], symbol: str = "TEST") -> Candles:
    price = 100.0 + np.array(days, dtype=np.float64) % 7
    time = np.array(days, dtype=np.int64) * SECONDS_PER_DAY
    return Candles(symbol, time, price, price, price, price, np.ones_like(price))


def news_on(days: Sequence[int], scores: Sequence[float] | None = None) -> ScoredNews:
    """Headlines that count from these days; by default each has a score of its own."""
    told = np.linspace(-1.0, 1.0, len(days)) if scores is None else np.array(scores)
    times = np.array(days, dtype=np.int64) * SECONDS_PER_DAY
    return ScoredNews.of(times, told, "lite", "lite-1")


def days_of(news: ScoredNews | None) -> list[int]:
    assert news is not None
    return [int(time) // SECONDS_PER_DAY for time in news.counts_from]


def scores_of(candles: Candles) -> list[float]:
    assert candles.news is not None
    return [float(score) for score in candles.news.score]


WEEKDAYS = [day for day in range(600) if day % 7 < 5]
"""Day 0 is the first of a week."""


@given(
    days=st.lists(st.integers(0, 99), min_size=1, max_size=60),
    start=st.integers(1, 99),
    seed=st.integers(0, 5),
)
def test_scores_are_dealt_anew_on_each_side_and_nothing_else_is_moved(
    days: list[int], start: int, seed: int
) -> None:
    candles = replace(candles_on(range(100)), news=news_on(days))
    shuffled = shuffle_news(candles, start * SECONDS_PER_DAY, seed)
    assert days_of(shuffled.news) == sorted(days)
    before = sum(day < start for day in days)
    old, new = scores_of(candles), scores_of(shuffled)
    assert sorted(new[:before]) == sorted(old[:before])
    assert sorted(new[before:]) == sorted(old[before:])
    assert scores_of(shuffle_news(candles, start * SECONDS_PER_DAY, seed)) == new


def test_many_scores_do_not_stay_where_they_were() -> None:
    candles = replace(candles_on(range(100)), news=news_on(range(100)))
    first, second = (scores_of(shuffle_news(candles, 50 * SECONDS_PER_DAY, n)) for n in (0, 1))
    assert np.mean(np.array(first) != scores_of(candles)) > 0.8
    assert first != second


def test_news_of_the_weekend_before_the_test_is_shuffled_with_the_test() -> None:
    """Its first candle is Monday's, which is the first of the test."""
    candles = replace(candles_on(WEEKDAYS), news=news_on([4, 5, 6], [-1.0, 0.5, 1.0]))
    monday = 7 * SECONDS_PER_DAY
    dealt = {tuple(scores_of(shuffle_news(candles, monday, seed))) for seed in range(8)}
    assert dealt == {(-1.0, 0.5, 1.0), (-1.0, 1.0, 0.5)}


def test_news_is_late_by_candles_and_not_by_days() -> None:
    """From Friday 4 to Friday 11; the weekend counts from Monday, so to the Monday after."""
    candles = replace(candles_on(WEEKDAYS), news=news_on([4, 5, 7, 15], [0.1, 0.2, 0.3, 0.4]))
    late = lag_news(candles, LAG_CANDLES)
    assert LAG_CANDLES == 5
    assert days_of(late.news) == [11, 14, 14, 22]
    assert scores_of(late) == [0.1, 0.2, 0.3, 0.4]


@given(days=st.lists(st.integers(0, 39), min_size=1, max_size=30), lag=st.integers(1, 45))
def test_late_news_is_never_early_and_what_comes_after_the_end_is_gone(
    days: list[int], lag: int
) -> None:
    times = [day for day in range(40) if day % 7 < 5]
    candles = replace(candles_on(times), news=news_on(days))
    rows = [next((row for row, time in enumerate(times) if time >= day), 99) for day in days]
    late = lag_news(candles, lag)
    assert days_of(late.news) == sorted(times[row + lag] for row in rows if row + lag < len(times))
    assert all(score in scores_of(candles) for score in scores_of(late))


def test_without_news_there_is_nothing_to_shuffle_or_delay() -> None:
    candles = candles_on(range(20))
    assert shuffle_news(candles, 10, 0) is candles
    assert lag_news(candles, 5) is candles


@pytest.fixture
def plan() -> Plan:
    """Two symbols of 430 weekdays; news from day 200 to day 598."""
    series = [candles_on(WEEKDAYS, symbol) for symbol in ("ALPHA", "BETA")]
    news = {"ALPHA": news_on([200, 300, 300, 450, 598]), "BETA": news_on([350, 405, 406])}
    return plan_ablation(series, news, "next_open")


def arm(plan: Plan, name: str) -> Fold:
    return plan.folds[[*ARMS].index(name)]


def news_of(fold: Fold, symbol: str = "ALPHA") -> ScoredNews | None:
    scored = fold.of(symbol).scored
    assert scored is not None
    return scored.news


def test_the_test_begins_half_way_through_the_news(plan: Plan) -> None:
    """Day 399 is the first of a week; the latest purged candles are of the week before."""
    assert (200 + 598) // 2 == 399
    assert plan.start == 399 * SECONDS_PER_DAY
    for fold in plan.folds:
        for one in fold.symbols:
            assert one.train is not None
            assert one.scored is not None
            assert one.scored.time[one.first] == plan.start
            assert len(one.train) == one.first - PURGE_CANDLES == one.validation_first
            assert one.train.time[-1] == 389 * SECONDS_PER_DAY
            assert one.validation is None
    kinds = {segment.kind: (segment.start, segment.end) for segment in plan.segments}
    assert kinds == {
        "train": (0, 389 * SECONDS_PER_DAY),
        "test": (plan.start, 599 * SECONDS_PER_DAY),
    }


def test_a_test_can_begin_where_it_is_asked_to() -> None:
    series = [candles_on(WEEKDAYS)]
    plan = plan_ablation(
        series, {"TEST": news_on([10, 20])}, "next_close", 390 * SECONDS_PER_DAY + 60
    )
    # The 391st day is a Saturday.
    assert plan.symbols[0].test.time[0] == 392 * SECONDS_PER_DAY
    assert plan.fill == "next_close"


def test_each_arm_is_a_fold_with_its_own_news(plan: Plan) -> None:
    assert [fold.index for fold in plan.folds] == [0, 1, 2, 3]
    assert [fold.reads_news for fold in plan.folds] == [True, False, True, True]
    assert days_of(news_of(arm(plan, "with"))) == [200, 300, 300, 450, 598]
    assert news_of(arm(plan, "without")) is None
    assert days_of(news_of(arm(plan, "shuffled"))) == [200, 300, 300, 450, 598]
    assert days_of(news_of(arm(plan, "lagged"))) == [207, 308, 308, 457]
    for one in arm(plan, "without").symbols:
        assert one.train is not None
        assert one.train.news is None
    one = arm(plan, "with").of("ALPHA")
    assert one.train is not None
    assert days_of(one.train.news) == [200, 300, 300]


def test_the_plan_of_an_arm_is_about_the_same_candles(plan: Plan) -> None:
    for place, name in enumerate(ARMS):
        one = plan_of_arm(plan, name)
        assert {symbol.fold_starts for symbol in one.symbols} == {((place, 0),)}
        assert one.data_hash == plan.data_hash
        assert [symbol.test for symbol in one.symbols] == [symbol.test for symbol in plan.symbols]


def test_other_news_is_another_plan(plan: Plan) -> None:
    series = [candles_on(WEEKDAYS, symbol) for symbol in ("ALPHA", "BETA")]
    news = {"ALPHA": news_on([200, 300, 301, 450, 598]), "BETA": news_on([350, 405, 406])}
    assert plan_ablation(series, news, "next_open").data_hash != plan.data_hash


def test_headlines_are_counted_where_a_candle_uses_them(plan: Plan) -> None:
    """Of BETA's, 405 is a Sunday and 406 the Monday whose candle uses both."""
    test = len([day for day in WEEKDAYS if day >= 399])
    assert count_news(plan) == [
        NewsCount("ALPHA", 5, 3, 2, test, 2),
        NewsCount("BETA", 3, 1, 2, test, 1),
    ]


def test_news_of_the_weekend_before_the_test_is_counted_in_the_test() -> None:
    """Of the days 397 and 398; days 392 to 396 are purged."""
    news = {"TEST": news_on([389, 390, 392, 396, 397, 398, 399])}
    plan = plan_ablation([candles_on(WEEKDAYS)], news, "next_open", 399 * SECONDS_PER_DAY)
    (count,) = count_news(plan)
    assert (count.headlines, count.train_headlines, count.test_headlines) == (7, 1, 3)
    assert count.candles_with_news == 1


def test_news_after_the_last_candle_is_left_aside() -> None:
    news = {"TEST": news_on([100, 390, 700])}
    plan = plan_ablation([candles_on(WEEKDAYS)], news, "next_open", 390 * SECONDS_PER_DAY)
    (count,) = count_news(plan)
    assert count.headlines == 2


@pytest.mark.parametrize("days", [[], [700, 701]])
def test_a_symbol_without_headlines_is_refused(days: list[int]) -> None:
    news = {"TEST": news_on([100]), "BARE": news_on(days)}
    series = [candles_on(WEEKDAYS), candles_on(WEEKDAYS, "BARE")]
    with pytest.raises(TrainingDataError, match="no headline of BARE between 1970-01-01") as caught:
        plan_ablation(series, news, "next_open")
    assert caught.value.field == "news"


@pytest.mark.parametrize(
    ("first", "fits"),
    [
        (MIN_TRAIN_CANDLES + PURGE_CANDLES - 1, False),
        (MIN_TRAIN_CANDLES + PURGE_CANDLES, True),
        (400 - MIN_TEST_CANDLES, True),
        (400 - MIN_TEST_CANDLES + 1, False),
    ],
)
def test_too_few_candles_on_either_side_are_refused(first: int, *, fits: bool) -> None:
    series, news = [candles_on(range(400))], {"TEST": news_on([10, 390])}
    if fits:
        plan = plan_ablation(series, news, "next_open", first * SECONDS_PER_DAY)
        assert plan.folds[0].symbols[0].first == first
        return
    with pytest.raises(TrainingDataError, match=f"TEST has {first - PURGE_CANDLES} ") as caught:
        plan_ablation(series, news, "next_open", first * SECONDS_PER_DAY)
    assert caught.value.field == "data"
