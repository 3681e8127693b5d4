"""Baselines under the TDQN protocol: its terms by hand, and the published table on real files."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from model_service.evaluation.assessment.subject import Subject
from model_service.evaluation.protocols.scoring import score_plan
from model_service.evaluation.protocols.tdqn import (
    COSTS,
    FILL,
    FIRST_DECISION,
    choose_windows,
    plan_tdqn,
)
from model_service.evaluation.protocols.tdqn_data import TdqnSymbol, read_tdqn_folder
from model_service.market.candles import Candles
from model_service.trading.ledger import STARTING_CASH, keep_ledger
from tests.market_data import market_data_folder

FOLDER = market_data_folder() / "tdqn"
NAMES = ("buy_and_hold", "sell_and_hold", "trend_following", "mean_reversion")


def candles_of(closes: np.ndarray, first_day: int = 0) -> Candles:
    count = closes.shape[0]
    time = (first_day + np.arange(count, dtype=np.int64)) * 86_400
    return Candles("TEST", time, closes, closes, closes, closes, np.zeros(count))


def random_symbol() -> TdqnSymbol:
    random = np.random.default_rng(5)
    closes = 100.0 * np.exp(np.cumsum(random.normal(0.0005, 0.02, 400)))
    return TdqnSymbol("TEST", candles_of(closes[:250]), candles_of(closes[250:], 250))


def score_baselines(symbol: TdqnSymbol) -> Subject:
    """What a run without agents makes of one symbol."""
    (subject,) = score_plan(plan_tdqn([symbol]), None, {}, COSTS)
    return subject


def test_the_first_fill_is_at_the_31st_close_and_the_candles_before_count() -> None:
    closes = np.concatenate([np.full(30, 50.0), [100.0, 110.0, 99.0]])
    symbol = TdqnSymbol("TEST", candles_of(np.full(80, 50.0)), candles_of(closes, 80))
    run = score_baselines(symbol).buy_and_hold
    fills = run.ledger.fills
    assert FIRST_DECISION == 29
    assert fills.index.tolist() == [30]
    assert fills.quantity.tolist() == [math.floor(STARTING_CASH / (100.0 * 1.001))]
    held = 999
    worth = np.array(
        [STARTING_CASH - held * 100.1 + held * price for price in (100.0, 110.0, 99.0)]
    )
    np.testing.assert_allclose(run.net_worth, np.concatenate([np.full(30, STARTING_CASH), worth]))
    returns = np.concatenate([np.zeros(30), worth / np.append(STARTING_CASH, worth[:-1]) - 1.0])
    np.testing.assert_allclose(run.returns, returns, atol=1e-15)
    expected = math.sqrt(252.0) * returns.mean() / returns.std(ddof=1)
    assert run.sharpe == pytest.approx(expected)


def test_candles_without_volume_are_traded() -> None:
    symbol = random_symbol()
    traded = TdqnSymbol(
        symbol.symbol,
        symbol.train,
        Candles(
            "TEST", symbol.test.time, symbol.test.open, symbol.test.high, symbol.test.low,
            symbol.test.close, np.where(np.arange(150) == 30, 0.0, 1.0),
        ),
    )  # fmt: skip
    assert score_baselines(traded).buy_and_hold.ledger.fills.index.tolist() == [30]


def test_moving_averages_are_told_with_their_windows_and_flat_at_first() -> None:
    subject = score_baselines(random_symbol())
    assert set(subject.windows) == set(NAMES[2:])
    for name in NAMES[2:]:
        windows = subject.windows[name]
        assert windows is not None
        assert 1 <= windows[0] < windows[1] <= 29
        (run,) = subject.baselines[name]
        assert not run.exposure[:FIRST_DECISION].any()
    assert len(subject.baselines["random"]) == 10


def test_windows_are_chosen_on_training_alone() -> None:
    symbol = random_symbol()
    other = TdqnSymbol("TEST", symbol.train, candles_of(symbol.test.close[::-1].copy(), 250))
    assert score_baselines(symbol).windows == score_baselines(other).windows


@pytest.mark.realdata
@pytest.mark.skipif(not FOLDER.is_dir(), reason="BELLWETHER_DATA has no folder tdqn")
def test_every_symbol_matches_the_table_that_was_recomputed_independently() -> None:
    with (FOLDER / "expected_sharpe.csv").open() as file:
        expected = {row["symbol"]: row for row in csv.DictReader(file)}
    symbols = read_tdqn_folder(FOLDER)
    assert {symbol.symbol for symbol in symbols} == set(expected)
    for symbol in symbols:
        row, subject = expected[symbol.symbol], score_baselines(symbol)
        for name in NAMES:
            (run,) = subject.baselines[name]
            assert run.sharpe == pytest.approx(float(row[name]), abs=1e-5), name
        assert subject.windows["trend_following"] == (
            int(row["tf_short_window"]),
            int(row["tf_long_window"]),
        )
        assert subject.windows["mean_reversion"] == (
            int(row["mr_short_window"]),
            int(row["mr_long_window"]),
        )


@pytest.mark.realdata
@pytest.mark.skipif(not FOLDER.is_dir(), reason="BELLWETHER_DATA has no folder tdqn")
def test_tesla_needs_the_books_that_go_on_after_ruin() -> None:
    (tesla,) = read_tdqn_folder(FOLDER, ["TSLA"])
    assert choose_windows(tesla.train, "mean_reversion") == (4, 20)
    short = keep_ledger(
        tesla.train,
        np.full(len(tesla.train), -1.0),
        cash=STARTING_CASH,
        costs=COSTS,
        fill=FILL,
        can_trade=np.ones(len(tesla.train), dtype=np.bool_),
    )
    assert short.net_worth.min() < 0.0
