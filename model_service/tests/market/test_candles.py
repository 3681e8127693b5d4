import hashlib
import struct

import numpy as np
import pytest

from model_service.errors import InvalidCandles
from model_service.market.candles import Candles


def candles_of(time: list[int], price: float = 10.0, **columns: list[float]) -> Candles:
    values = {
        name: np.array(columns.get(name, [price] * len(time)), dtype=np.float64)
        for name in ("open", "high", "low", "close", "volume")
    }
    return Candles("TEST", np.array(time, dtype=np.int64), **values)


def test_data_hash_is_that_of_the_contract() -> None:
    series = candles_of([0, 86_400], open=[1.0, 2.0], volume=[0.0, 5.0])
    expected = hashlib.sha256(
        struct.pack("<2q", 0, 86_400)
        + struct.pack("<2d", 1.0, 2.0)
        + struct.pack("<6d", *[10.0] * 6)
        + struct.pack("<2d", 0.0, 5.0)
    ).hexdigest()
    assert series.data_hash == expected


@pytest.mark.parametrize(
    ("time", "interval"),
    [
        ([0], "1d"),
        ([0, 60, 120, 600], "1m"),
        ([0, 300], "5m"),
        ([0, 3_600], "1h"),
        ([0, 86_400, 4 * 86_400, 5 * 86_400], "1d"),
        ([0, 7 * 86_400], "1w"),
        ([0, 90], "90s"),
    ],
)
def test_interval_is_the_median_spacing(time: list[int], interval: str) -> None:
    assert candles_of(time).interval == interval


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"open": [1.0, 0.0]}, "open"),
        ({"close": [1.0, float("nan")]}, "close"),
        ({"high": [1.0, float("inf")]}, "high"),
        ({"volume": [1.0, -1.0]}, "volume"),
        ({"low": [1.0]}, "low"),
    ],
)
def test_values_that_are_no_prices_are_refused_by_name(
    columns: dict[str, list[float]], field: str
) -> None:
    with pytest.raises(InvalidCandles) as refusal:
        candles_of([0, 60], **columns)
    assert refusal.value.field == field


@pytest.mark.parametrize("time", [[], [60, 60], [60, 0]])
def test_times_that_do_not_increase_are_refused(time: list[int]) -> None:
    with pytest.raises(InvalidCandles) as refusal:
        candles_of(time)
    assert refusal.value.field == "time"
