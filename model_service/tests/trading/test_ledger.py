"""The ledger against hand-computed books, and its invariants on any candles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule, Ledger, keep_ledger, tradeable, usable_fill

DAY = 86_400


def candles_of(
    opens: list[float],
    closes: list[float],
    volume: list[float] | None = None,
) -> Candles:
    opening, closing = np.array(opens), np.array(closes)
    return Candles(
        "TEST",
        np.arange(len(opens), dtype=np.int64) * DAY,
        opening,
        np.maximum(opening, closing),
        np.minimum(opening, closing),
        closing,
        np.array(volume if volume is not None else [1.0] * len(opens)),
    )


def keep(
    candles: Candles,
    exposure: list[float],
    costs: Costs = Costs(),  # noqa: B008 - frozen
    fill: FillRule = "next_open",
    cash: float = 1_000.0,
) -> Ledger:
    return keep_ledger(candles, np.array(exposure), cash=cash, costs=costs, fill=fill)


def test_buy_and_sell_at_the_next_open_by_hand() -> None:
    candles = candles_of([10.0, 10.0, 12.0, 11.0], [10.0, 11.0, 12.5, 11.5])
    ledger = keep(candles, [1.0, 1.0, 0.0, 0.0], Costs(commission_bps=100.0))
    # Buys floor(1000 / (10 * 1.01)) = 99 at 10: 990 and 9.90 of commission.
    # Sells 99 at 11: 1,089 less 10.89 of commission.
    assert ledger.fills.index.tolist() == [1, 3]
    assert ledger.fills.side.tolist() == [1, -1]
    assert ledger.fills.price.tolist() == [10.0, 11.0]
    assert ledger.fills.quantity.tolist() == [99, 99]
    np.testing.assert_allclose(ledger.fills.commission, [9.90, 10.89])
    np.testing.assert_allclose(ledger.cash, [1000.0, 0.10, 0.10, 1078.21])
    assert ledger.quantity.tolist() == [0, 99, 99, 0]
    np.testing.assert_allclose(ledger.net_worth, [1000.0, 1089.10, 1237.60, 1078.21])


def test_buy_at_the_next_close_by_hand() -> None:
    candles = candles_of([10.0, 10.0, 12.0], [10.0, 11.0, 12.5])
    ledger = keep(candles, [1.0, 1.0, 1.0], Costs(0.0, 0.0), "next_close")
    assert ledger.fills.index.tolist() == [1]
    assert ledger.fills.quantity.tolist() == [90]
    np.testing.assert_allclose(ledger.net_worth, [1000.0, 1000.0, 10.0 + 90 * 12.5])


def test_slippage_is_in_the_price_and_told_in_money() -> None:
    candles = candles_of([10.0, 10.0, 20.0], [10.0, 10.0, 20.0])
    ledger = keep(candles, [1.0, 0.0, 0.0], Costs(commission_bps=0.0, slippage_bps=1_000.0))
    # Buys at 11: floor(1000 / 11) = 90; sells at 18.
    np.testing.assert_allclose(ledger.fills.price, [11.0, 18.0])
    assert ledger.fills.quantity.tolist() == [90, 90]
    np.testing.assert_allclose(ledger.fills.slippage, [90.0, 180.0])
    np.testing.assert_allclose(ledger.net_worth[-1], 1000.0 - 990.0 + 1620.0)


def test_half_exposure_by_hand() -> None:
    candles = candles_of([10.0] * 5, [10.0] * 5)
    ledger = keep(candles, [0.5, 1.0, 0.5, 0.0, 0.0], Costs(0.0, 0.0))
    assert ledger.quantity.tolist() == [0, 50, 100, 50, 0]
    assert ledger.fills.side.tolist() == [1, 1, -1, -1]


def test_the_last_decision_has_no_fill_and_nothing_is_sold_at_the_end() -> None:
    candles = candles_of([10.0, 10.0], [10.0, 10.0])
    assert len(keep(candles, [0.0, 1.0]).fills) == 0
    ledger = keep(candles, [1.0, 1.0])
    assert ledger.quantity[-1] == 99


def test_an_order_waits_for_volume() -> None:
    candles = candles_of([10.0, 11.0, 12.0, 13.0], [10.0, 11.0, 12.0, 13.0], [5.0, 0.0, 0.0, 5.0])
    ledger = keep(candles, [1.0, 1.0, 1.0, 1.0], Costs(0.0, 0.0))
    assert ledger.fills.index.tolist() == [3]
    assert ledger.fills.price.tolist() == [13.0]


def test_an_order_taken_back_before_volume_comes_is_never_filled() -> None:
    candles = candles_of([10.0] * 4, [10.0] * 4, [5.0, 0.0, 5.0, 5.0])
    assert len(keep(candles, [1.0, 0.0, 0.0, 0.0]).fills) == 0


def test_a_series_without_any_volume_trades() -> None:
    assert tradeable(np.zeros(3)).all()
    candles = candles_of([10.0, 10.0], [10.0, 10.0], [0.0, 0.0])
    assert len(keep(candles, [1.0, 1.0]).fills) == 1


def test_a_share_that_costs_more_than_the_cash_is_not_bought() -> None:
    candles = candles_of([2_000.0, 2_000.0, 500.0], [2_000.0, 2_000.0, 500.0])
    ledger = keep(candles, [1.0, 1.0, 1.0])
    assert len(ledger.fills) == 0
    assert ledger.net_worth.tolist() == [1000.0, 1000.0, 1000.0]


def test_mixed_prices_fill_at_the_close() -> None:
    candles = candles_of([10.0], [10.0])
    assert usable_fill(candles, "next_open") == "next_open"
    mixed = Candles(
        "TEST", candles.time, candles.open, candles.high, candles.low, candles.close,
        candles.volume, price_basis="mixed",
    )  # fmt: skip
    assert usable_fill(mixed, "next_open") == "next_close"


prices = st.floats(0.01, 1e5)
costs = st.builds(Costs, st.floats(0.0, 1_000.0), st.floats(0.0, 1_000.0))
cash_amounts = st.floats(1.0, 1e9)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Candles, NDArray[np.float64]]:
    count = draw(st.integers(1, 40))
    column = st.lists(prices, min_size=count, max_size=count)
    volume = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=count, max_size=count))
    exposure = draw(
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=count, max_size=count)
    )
    return candles_of(draw(column), draw(column), volume), np.array(exposure)


@given(runs(), costs, cash_amounts, st.sampled_from(["next_open", "next_close"]))
def test_the_books_always_balance(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs, cash: float, fill: FillRule
) -> None:
    candles, exposure = run
    ledger = keep_ledger(candles, exposure, cash=cash, costs=cost, fill=fill)
    assert (ledger.cash >= 0.0).all()
    assert (ledger.quantity >= 0).all()
    identity = ledger.cash + ledger.quantity * candles.close
    assert np.abs(ledger.net_worth - identity).max() <= 1e-6
    # Cash and quantity follow from the fills alone.
    expected_cash, held, booked = cash, 0, 0
    fills = ledger.fills
    for t in range(len(candles)):
        while booked < len(fills) and fills.index[booked] == t:
            side, quantity = int(fills.side[booked]), int(fills.quantity[booked])
            expected_cash -= side * quantity * fills.price[booked] + fills.commission[booked]
            held += side * quantity
            booked += 1
        assert ledger.quantity[t] == held
        assert math.isclose(ledger.cash[t], expected_cash, rel_tol=1e-9, abs_tol=1e-6 * cash)
    assert booked == len(fills)
    np.testing.assert_allclose(
        fills.commission, fills.quantity * fills.price * cost.commission_bps / 1e4, atol=1e-300
    )


@given(runs(), costs)
def test_a_buy_at_full_exposure_takes_every_share_that_can_be_paid(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs
) -> None:
    candles, _ = run
    ledger = keep_ledger(candles, np.ones(len(candles)), cash=1e5, costs=cost, fill="next_open")
    for price, quantity in zip(ledger.fills.price, ledger.fills.quantity, strict=True):
        assert abs(quantity - math.floor(1e5 / (price * (1.0 + cost.commission)))) <= 1
        assert quantity * price * (1.0 + cost.commission) <= 1e5 * (1.0 + 1e-12)


@given(runs(), costs, st.integers(1, 39))
def test_later_candles_change_no_earlier_row(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs, cut: int
) -> None:
    candles, exposure = run
    stop = min(cut, len(candles))
    if candles.volume.any() != candles.volume[:stop].any():
        return  # whether the series trades at all is a fact about the whole of it
    whole = keep_ledger(candles, exposure, cash=1e5, costs=cost)
    prefix = keep_ledger(candles.slice(0, stop), exposure[:stop], cash=1e5, costs=cost)
    np.testing.assert_array_equal(prefix.cash, whole.cash[:stop])
    np.testing.assert_array_equal(prefix.net_worth, whole.net_worth[:stop])


def test_a_fall_to_nothing_is_refused_before_the_ledger() -> None:
    with pytest.raises(Exception, match="positive"):
        candles_of([10.0, 0.0], [10.0, 10.0])
