"""The simulated market: deterministic, consistent under a later end, and shaped like a stock."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_service.errors import InvalidRequest
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.simulated import MAX_CANDLES, SimulatedInterval, simulate_candles

START = date(2010, 1, 4)
INTERVALS: tuple[SimulatedInterval, ...] = get_args(SimulatedInterval)
CLOSES_OF_DEMO = [93.19, 95.58, 96.05, 96.67, 96.66]
VOLUMES_OF_DEMO = [2601606.0, 2778855.0, 1607607.0, 3265947.0, 1870379.0]
COLUMNS = ("time", "open", "high", "low", "close", "volume")


def years(symbol: str = "DEMO", seed: int = 0, count: int = 15) -> Candles:
    end = date(START.year + count, 1, 1)
    return simulate_candles(symbol, seed=seed, start=START, end=end, interval="1d")


@settings(max_examples=60, deadline=None)
@given(
    symbol=st.text("ABCXYZ.-", min_size=1, max_size=8),
    seed=st.integers(0, 2**32 - 1),
    start=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    days=st.integers(5, 900),
    more=st.integers(0, 900),
    interval=st.sampled_from(("1d", "1h")),
)
def test_a_later_end_only_adds_candles(
    symbol: str, seed: int, start: date, days: int, more: int, interval: SimulatedInterval
) -> None:
    shorter, longer = (
        simulate_candles(
            symbol, seed=seed, start=start, end=start + timedelta(days=length), interval=interval
        )
        for length in (days, days + more)
    )
    for name in COLUMNS:
        np.testing.assert_array_equal(
            getattr(longer, name)[: len(shorter)], getattr(shorter, name), err_msg=name
        )


def test_minutes_are_consistent_under_a_later_end() -> None:
    shorter, longer = (
        simulate_candles("M", seed=1, start=START, end=end, interval="1m")
        for end in (date(2010, 1, 29), date(2010, 3, 2))
    )
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(longer, name)[: len(shorter)], getattr(shorter, name))


def test_the_path_is_fixed_for_ever() -> None:
    candles = simulate_candles("DEMO", seed=0, start=START, end=date(2010, 1, 8), interval="1d")
    assert candles.close.tolist() == CLOSES_OF_DEMO
    assert candles.volume.tolist() == VOLUMES_OF_DEMO


@pytest.mark.parametrize("interval", INTERVALS)
def test_symbol_and_seed_tell_paths_apart(interval: SimulatedInterval) -> None:
    hashes = {
        simulate_candles(
            symbol, seed=seed, start=START, end=date(2010, 2, 1), interval=interval
        ).data_hash
        for symbol, seed in product(("A", "B"), (0, 1))
    }
    assert len(hashes) == 4


@pytest.mark.parametrize("interval", INTERVALS)
def test_candles_are_possible(interval: SimulatedInterval) -> None:
    candles = simulate_candles("ACME", seed=5, start=START, end=date(2011, 1, 4), interval=interval)
    assert (candles.low <= np.minimum(candles.open, candles.close)).all()
    assert (candles.high >= np.maximum(candles.open, candles.close)).all()
    assert (candles.volume >= 1).all()
    for name in ("open", "high", "low", "close"):
        prices = getattr(candles, name)
        np.testing.assert_array_equal(prices, np.round(prices, 2))
    assert candles.source == "simulated"


def test_daily_candles_are_the_weekdays() -> None:
    candles = years(count=2)
    days = candles.time // SECONDS_PER_DAY
    assert not (candles.time % SECONDS_PER_DAY).any()
    expected = [START + timedelta(days=offset) for offset in range(2 * 365 - 2)]
    assert days.tolist() == [(day - date(1970, 1, 1)).days for day in expected if day.weekday() < 5]
    assert (candles.interval, candles.timezone) == ("1d", None)


@pytest.mark.parametrize(("interval", "a_session"), [("1h", 7), ("1m", 390)])
def test_intraday_candles_fill_sessions(interval: SimulatedInterval, a_session: int) -> None:
    candles = simulate_candles("X", seed=0, start=START, end=date(2010, 1, 17), interval=interval)
    days, counts = np.unique(candles.time // SECONDS_PER_DAY, return_counts=True)
    assert counts.tolist() == [a_session] * 10
    clock = candles.time % SECONDS_PER_DAY
    assert (clock.min(), days.size) == (9.5 * 3600, 10)
    assert clock.max() < 16 * 3600
    assert (candles.interval, candles.timezone) == (interval, "UTC")


@pytest.mark.parametrize(("symbol", "seed"), [("DEMO", 0), ("ACME", 1), ("NOVA", 2), ("ZETA", 3)])
def test_returns_have_the_facts_of_markets(symbol: str, seed: int) -> None:
    candles = years(symbol, seed)
    moves = np.diff(np.log(candles.close))
    size = np.abs(moves)

    def correlation(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.corrcoef(one, other)[0, 1])

    assert 0.12 < moves.std() * np.sqrt(252) < 0.60  # the volatility of a stock
    kurtosis = ((moves - moves.mean()) ** 4).mean() / moves.var() ** 2
    assert kurtosis > 4.5  # fat tails
    assert abs(correlation(moves[1:], moves[:-1])) < 0.1  # hardly any memory in moves
    assert np.mean([correlation(size[lag:], size[:-lag]) for lag in range(1, 11)]) > 0.06
    assert correlation(np.log(candles.volume[1:]), size) > 0.25
    gaps = np.log(candles.open[1:] / candles.close[:-1])
    assert 0.1 < gaps.var() / moves.var() < 0.5  # nights move prices too
    drawdown = 1 - (candles.close / np.maximum.accumulate(candles.close)).min()
    assert 0.2 < drawdown < 0.95


def test_too_many_candles_are_refused_before_they_are_made() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        simulate_candles("X", seed=0, start=date(1990, 1, 1), end=date(2024, 1, 1), interval="1m")
    assert (refusal.value.limit, refusal.value.field) == (MAX_CANDLES, "end")


@pytest.mark.parametrize("end", [date(2010, 1, 3), date(2009, 1, 1)])
def test_a_range_without_weekdays_is_refused(end: date) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        simulate_candles("X", seed=0, start=date(2010, 1, 2), end=end, interval="1d")
    assert refusal.value.field == "end"
