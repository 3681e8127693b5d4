"""Candles: identity, checks, stored form."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pyarrow as pa
import pytest
from gateway_fakes import DAY, make_candles
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from backend_service.market_data.candles import COLUMNS, BrokenCandles, Candles
from backend_service.market_data.ranges import TimeRange

GOOD: dict[str, list[float]] = {
    "time": [0, DAY],
    "open": [1.5, 2.5],
    "high": [3.0, 3.0],
    "low": [1.0, 1.0],
    "close": [2.0, 2.25],
    "volume": [0.0, 7.0],
}


def test_the_hash_is_that_of_the_six_columns_little_endian() -> None:
    columns = [struct.pack("<2q", 0, DAY)]
    columns += [struct.pack("<2d", *GOOD[name]) for name in COLUMNS[1:]]
    assert Candles.from_columns(GOOD).data_hash == hashlib.sha256(b"".join(columns)).hexdigest()


@pytest.mark.parametrize(
    ("column", "values", "complaint"),
    [
        ("time", [], "empty"),
        ("time", [DAY, DAY], "increase"),
        ("time", [0, None], "numeric"),
        ("time", [0, 2**70], "numeric"),
        ("open", [1.0], "as long"),
        ("open", [1.0, 0.0], "no price"),
        ("high", [1.0, float("inf")], "no price"),
        ("low", [float("nan"), 1.0], "no price"),
        ("close", ["many", 1.0], "numeric"),
        ("close", [None, 1.0], "no price"),
        ("volume", [-1.0, 0.0], "no price"),
    ],
)
def test_what_is_no_candle_is_refused(column: str, values: list[object], complaint: str) -> None:
    with pytest.raises(BrokenCandles, match=complaint):
        Candles.from_columns({**GOOD, column: values})


def test_a_missing_column_is_refused() -> None:
    with pytest.raises(BrokenCandles, match="volume"):
        Candles.from_columns({name: GOOD[name] for name in COLUMNS[:-1]})


@given(st.integers(1, 400), st.integers(0, 2**31))
def test_the_stored_form_gives_the_same_candles(count: int, seed: int) -> None:
    candles = make_candles(count, seed=seed)
    assert Candles.from_arrow(candles.to_arrow()).data_hash == candles.data_hash


@given(st.integers(1, 400), st.integers(0, 2**31))
def test_the_form_in_which_they_travel_has_the_same_bits(count: int, seed: int) -> None:
    candles = make_candles(count, seed=seed)
    table = parquet.read_table(pa.BufferReader(candles.to_parquet()))
    columns = {name: table[name].to_numpy() for name in table.schema.names}
    assert tuple(columns) == COLUMNS
    assert Candles.from_columns(columns).data_hash == candles.data_hash


def test_a_stored_candle_takes_less_than_its_48_bytes() -> None:
    candles = make_candles(100_000)
    assert len(candles.to_arrow()) < 48 * 100_000


@given(
    st.none() | st.integers(-5 * DAY, 25 * DAY),
    st.none() | st.integers(-5 * DAY, 25 * DAY),
)
def test_a_range_holds_exactly_the_candles_between_its_limits(
    start: int | None, end: int | None
) -> None:
    candles = make_candles(20, first=0)
    wanted = [
        time
        for time in candles.time.tolist()
        if (start is None or time >= start) and (end is None or time <= end)
    ]
    part = candles.within(TimeRange(start, end))
    assert part.time.tolist() == wanted
    assert np.array_equal(part.close, candles.close[np.isin(candles.time, wanted)])
