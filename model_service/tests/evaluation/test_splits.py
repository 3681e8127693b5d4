from collections.abc import Callable

import pytest

from model_service.errors import InvalidRequest, TrainingDataError
from model_service.evaluation.splits import Segment, Split, segments, split_by_fraction
from model_service.market.candles import SECONDS_PER_DAY, Candles

RandomCandles = Callable[..., Candles]


def test_windows_end_on_their_last_candle(random_candles: RandomCandles) -> None:
    candles = random_candles(100)
    split = Split(int(candles.time[59]), int(candles.time[79]))
    train, known = split.train(candles), split.known(candles)
    assert train is not None
    assert known is not None
    assert (len(train), len(known)) == (60, 80)
    assert split.first_validation(candles, purge_candles=5) == 65


def test_a_symbol_that_begins_later_has_no_training_candles(random_candles: RandomCandles) -> None:
    candles = random_candles(10)
    before = int(candles.time[0]) - 1
    assert Split(before - 1, before).train(candles) is None
    assert Split(before - 1, before).known(candles) is None


def test_validation_ends_after_training() -> None:
    with pytest.raises(InvalidRequest):
        Split(100, 100)


def test_fractions_pool_the_symbols(random_candles: RandomCandles) -> None:
    candles = random_candles(101)
    split = split_by_fraction([candles], 0.7, 0.2)
    assert split.train_end == candles.time[70]
    assert split.validation_end == candles.time[90]
    with pytest.raises(TrainingDataError):
        split_by_fraction([random_candles(2)], 0.4, 0.1)


def test_segments_cover_every_candle_once(random_candles: RandomCandles) -> None:
    candles = random_candles(100)
    start, end = int(candles.time[0]), int(candles.time[-1])
    split = Split(int(candles.time[59]), int(candles.time[79]))
    assert segments(candles, split=split, trained_on=True, validated_on=True) == [
        Segment("train", start, split.train_end),
        Segment("validation", split.train_end + SECONDS_PER_DAY, split.validation_end),
        Segment("test", split.validation_end + SECONDS_PER_DAY, end),
    ]
    assert segments(candles, split=split, trained_on=False, validated_on=False) == [
        Segment("seen", start, split.validation_end),
        Segment("test", split.validation_end + SECONDS_PER_DAY, end),
    ]
    future = Split(end + 1, end + 2)
    assert segments(candles, split=future, trained_on=False, validated_on=False) == [
        Segment("seen", start, end)
    ]
