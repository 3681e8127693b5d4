"""Walk-forward windows by hand, and that no fold learns from what it or another is tested on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from model_service.dqn.config import AgentConfig, LearningConfig, NetworkConfig
from model_service.dqn.samples import make_training_set
from model_service.errors import InvalidRequest, TrainingDataError
from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.walk_forward import (
    MIN_TEST_CANDLES,
    FoldTimes,
    Windows,
    cut_windows,
    plan_walk_forward,
)
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.features import FeatureRecipe

WINDOWS = Windows(train_candles=100, validation_candles=30, test_candles=40, purge_candles=5)
"""A test begins 140 candles after its training."""


def flat_candles(symbol: str, days: np.ndarray) -> Candles:
    price = 100.0 + days % 7
    return Candles(
        symbol, days.astype(np.int64) * SECONDS_PER_DAY, price, price, price, price,
        np.ones_like(price),
    )  # fmt: skip


def days_of(times: tuple[int, int]) -> tuple[int, int]:
    return times[0] // SECONDS_PER_DAY, times[1] // SECONDS_PER_DAY


def cut(count: int, windows: Windows = WINDOWS) -> list[FoldTimes]:
    return list(cut_windows(np.arange(count, dtype=np.int64) * SECONDS_PER_DAY, windows))


def plan(*series: Candles, windows: Windows = WINDOWS) -> Plan:
    return plan_walk_forward(series, windows, "next_open")


def test_windows_by_hand() -> None:
    """260 candles: three whole tests of 40 from 140 on would need 260; a fourth has none."""
    folds = cut(260)
    assert [days_of(fold.train) for fold in folds] == [(0, 99), (40, 139), (80, 179)]
    assert [days_of(fold.validation) for fold in folds] == [(105, 134), (145, 174), (185, 214)]
    assert [days_of(fold.test) for fold in folds] == [(140, 179), (180, 219), (220, 259)]


@pytest.mark.parametrize(
    ("count", "tests"),
    [
        (159, []),
        (160, [(140, 159)]),
        (179, [(140, 178)]),
        (199, [(140, 179)]),  # 19 candles are too few for a test of their own
        (200, [(140, 179), (180, 199)]),
        (219, [(140, 179), (180, 218)]),
    ],
)
def test_the_last_test_is_as_long_as_candles_are_left(
    count: int, tests: list[tuple[int, int]]
) -> None:
    assert [days_of(fold.test) for fold in cut(count)] == tests


@given(
    count=st.integers(1, 900),
    train=st.integers(100, 300),
    validation=st.integers(20, 80),
    test=st.integers(MIN_TEST_CANDLES, 120),
    purge=st.integers(1, 20),
)
def test_windows_never_overlap_and_tests_follow_one_another(
    count: int, train: int, validation: int, test: int, purge: int
) -> None:
    windows = Windows(train, validation, test, purge)
    folds = cut(count, windows)
    assert bool(folds) == (count >= windows.before_test + MIN_TEST_CANDLES)
    for fold in folds:
        (a, b), (c, d), (e, f) = (days_of(w) for w in (fold.train, fold.validation, fold.test))
        assert (b - a + 1, d - c + 1) == (train, validation)
        assert (c - b - 1, e - d - 1) == (purge, purge)
        assert MIN_TEST_CANDLES <= f - e + 1 <= test
        assert f < count
    for fold, after in pairwise(folds):
        assert days_of(after.test)[0] == days_of(fold.test)[1] + 1
        assert days_of(after.train)[0] == days_of(fold.train)[0] + test
    if folds:
        assert count - 1 - days_of(folds[-1].test)[1] < MIN_TEST_CANDLES


@st.composite
def listings(draw: st.DrawFn) -> list[Candles]:
    """A few symbols that are listed and delisted at any time and miss days."""
    series = []
    for symbol in "ABC"[: draw(st.integers(1, 3))]:
        first = draw(st.integers(0, 250))
        days = np.arange(first, draw(st.integers(first + 1, 420)))
        missing = draw(st.sets(st.integers(0, 420), max_size=30))
        days = days[~np.isin(days, list(missing))]
        if days.size:
            series.append(flat_candles(symbol, days))
    assume(series)
    return series


@settings(deadline=None)
@given(listings())
def test_nothing_that_a_fold_learns_from_lies_at_or_after_its_test(series: list[Candles]) -> None:
    try:
        made = plan(*series)
    except TrainingDataError:
        assume(False)
    for fold in made.folds:
        tested = [s.scored.time[s.first :] for s in fold.symbols if s.scored is not None]
        assert tested
        start = min(int(times[0]) for times in tested)
        for symbol in fold.symbols:
            for learned in (symbol.train, symbol.validation, symbol.known):
                if learned is not None:
                    assert int(learned.time[-1]) < start
            if symbol.train is not None and symbol.validation is not None:
                validated = symbol.validation.time[symbol.validation_first :]
                assert int(symbol.train.time[-1]) < int(validated[0])
    for symbol in made.symbols:
        stretches = symbol.stretches()
        assert [stop for _, _, stop in stretches[:-1]] == [start for _, start, _ in stretches[1:]]
        assert (stretches[0][1], stretches[-1][2]) == (0, len(symbol.test))
        for fold, first, stop in stretches:
            one = made.folds[fold].of(symbol.symbol)
            assert one.scored is not None
            np.testing.assert_array_equal(
                one.scored.time[one.first :], symbol.test.time[first:stop]
            )
        before = 0 if symbol.history is None else len(symbol.history)
        assert len(symbol.averaged) == before + len(symbol.test)


def test_a_late_listing_is_tested_before_it_is_learned_from() -> None:
    made = plan(flat_candles("OLD", np.arange(260)), flat_candles("NEW", np.arange(150, 260)))
    first, second, third = (fold.of("NEW") for fold in made.folds)
    assert first.train is first.validation is first.known is None
    assert first.first == 0
    assert first.scored is not None
    assert len(first.scored) == 30
    assert second.train is None
    assert second.validation is not None
    assert (len(second.validation), second.validation_first) == (25, 0)
    assert third.train is not None
    assert len(third.train) == 30
    (new,) = (symbol for symbol in made.symbols if symbol.symbol == "NEW")
    assert new.history is None
    assert new.fold_starts == ((0, 0), (1, 30), (2, 70))


def test_a_symbol_that_ends_early_is_not_tested_later() -> None:
    made = plan(flat_candles("GONE", np.arange(185)), flat_candles("STAYS", np.arange(260)))
    gone = next(symbol for symbol in made.symbols if symbol.symbol == "GONE")
    assert gone.fold_starts == ((0, 0), (1, 40))
    assert made.folds[2].of("GONE").scored is None
    assert (made.start, made.end) == (140 * SECONDS_PER_DAY, 259 * SECONDS_PER_DAY)


def test_a_listing_of_one_candle_before_the_end_of_training_can_be_trained_on(
    random_candles: Callable[..., Candles],
) -> None:
    old, new = random_candles(170, 1, "OLD"), random_candles(170, 2, "NEW").slice(99)
    config = AgentConfig(
        features=FeatureRecipe(return_horizons=(1,), range_windows=(5,), volatility_candles=5),
        network=NetworkConfig((4,)),
        learning=LearningConfig(batch_candles=8),
    )
    fold = plan(old, new).folds[0]
    train = [symbol.train for symbol in fold.symbols if symbol.train is not None]
    assert sorted(len(candles) for candles in train) == [1, 100]
    alone = make_training_set([candles for candles in train if len(candles) > 1], config)
    together = make_training_set(train, config)
    assert together.samples.shape == alone.samples.shape


def test_segments_tell_the_first_training_and_the_whole_test() -> None:
    made = plan(flat_candles("A", np.arange(260)))
    assert [(s.kind, *days_of((s.start, s.end))) for s in made.segments] == [
        ("train", 0, 99),
        ("validation", 105, 134),
        ("test", 140, 259),
    ]


def test_too_few_candles_are_refused_with_dates() -> None:
    with pytest.raises(TrainingDataError, match="takes 160 candles and there are 159 from"):
        plan(flat_candles("A", np.arange(159)))
    with pytest.raises(TrainingDataError) as caught:
        plan(flat_candles("A", np.arange(260)), flat_candles("SHORT", np.arange(145)))
    assert "SHORT has 5 candles between 1970-05-21 and 1970-09-17" in caught.value.detail
    assert caught.value.limit == MIN_TEST_CANDLES


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("train_candles", 99),
        ("validation_candles", 19),
        ("test_candles", 19),
        ("purge_candles", 0),
        ("train_candles", 1_000_001),
    ],
)
def test_windows_out_of_bounds_are_refused(name: str, value: int) -> None:
    with pytest.raises(InvalidRequest, match=name) as caught:
        replace(WINDOWS, **{name: value})
    assert caught.value.field == name
