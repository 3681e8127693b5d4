"""A plan: what tells two of them apart, and how the folds' tables are put together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.walk_forward import Windows, plan_walk_forward
from model_service.market.candles import SECONDS_PER_DAY, Candles


def candles(symbol: str = "A", count: int = 165, volume: float = 1.0) -> Candles:
    days = np.arange(count, dtype=np.int64)
    price = 50.0 + days % 11
    return Candles(
        symbol, days * SECONDS_PER_DAY, price, price, price, price, np.full(count, volume)
    )


def plan(series: Candles, windows: Windows = Windows(100, 30, 40, 5)) -> Plan:  # noqa: B008
    return plan_walk_forward([series], windows, "next_close")


def test_the_hash_is_that_of_what_is_learned_and_scored() -> None:
    series = candles()
    known = plan(series).data_hash
    assert plan(candles()).data_hash == known
    price = series.close.copy()
    price[-1] += 1.0
    changed = {
        "prices": plan(replace(series, close=price)),
        "name": plan(replace(series, symbol="B")),
        "longer": plan(candles(count=166)),
        # The same candles throughout, and yet validation and test begin a candle later.
        "starts": plan(series, Windows(100, 29, 40, 6)),
        "training": plan(series, Windows(101, 29, 40, 5)),
    }
    hashes = {name: one.data_hash for name, one in changed.items()}
    assert known not in hashes.values()
    assert len(set(hashes.values())) == len(hashes)


def test_tables_of_folds_stand_behind_one_another() -> None:
    made = plan(candles(count=200))
    (symbol,) = made.symbols
    assert symbol.stretches() == [(0, 0, 40), (1, 40, 60)]
    tables = {
        fold: {"A": np.full((stop - first, 2, 3), fold, np.float32)}
        for fold, first, stop in symbol.stretches()
    }
    joined = made.table(symbol, tables)
    assert joined.shape == (60, 2, 3)
    assert (joined[:40] == 0.0).all()
    assert (joined[40:] == 1.0).all()


def test_candles_without_volume_are_traded_where_the_protocol_says_so() -> None:
    series = candles()
    series.volume[150] = 0.0
    made = plan(series)
    assert np.flatnonzero(~made.can_trade(series)).tolist() == [150]
    assert replace(made, fills_without_volume=True).can_trade(series).all()
    assert made.can_trade(candles(volume=0.0)).all()
