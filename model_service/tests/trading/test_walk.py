"""The walk against books kept in plain Python, by hand where something is sold short."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import FillRule, Ledger, keep_ledger
from model_service.trading.walk import MARGIN_FRACTION, walk_many, walk_net_worth

FREE = Costs(0.0, 0.0)
RUNGS = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)


def candles_of(closes: list[float], volume: list[float] | None = None) -> Candles:
    prices = np.array(closes)
    return Candles(
        "TEST",
        np.arange(len(closes), dtype=np.int64) * 86_400,
        prices,
        prices,
        prices,
        prices,
        np.array(volume if volume is not None else [1.0] * len(closes)),
    )


def keep(
    closes: list[float],
    exposure: list[float],
    costs: Costs = FREE,
    volume: list[float] | None = None,
) -> Ledger:
    candles = candles_of(closes, volume)
    return keep_ledger(candles, np.array(exposure), cash=1_000.0, costs=costs, fill="next_close")


def test_selling_short_and_buying_back_by_hand() -> None:
    ledger = keep([10.0, 10.0, 9.0, 9.0], [-1.0, -1.0, 0.0, 0.0], Costs(commission_bps=100.0))
    # Sells floor(1000 / (10 * 1.01)) = 99 at 10: 990 less 9.90; buys them back for 891 and 8.91.
    assert ledger.fills.side.tolist() == [-1, 1]
    assert ledger.fills.quantity.tolist() == [99, 99]
    assert ledger.quantity.tolist() == [0, -99, -99, 0]
    np.testing.assert_allclose(ledger.cash, [1000.0, 1980.1, 1980.1, 1080.19])
    np.testing.assert_allclose(ledger.net_worth, [1000.0, 990.1, 1089.1, 1080.19])


def test_slippage_makes_a_short_sell_lower_and_buy_back_higher() -> None:
    ledger = keep([10.0, 10.0, 20.0], [-1.0, 0.0, 0.0], Costs(0.0, slippage_bps=1_000.0))
    # As many shares as a buy would take, floor(1000 / 11) = 90, sold at 9, bought back at 22.
    assert ledger.fills.quantity.tolist() == [90, 90]
    np.testing.assert_allclose(ledger.fills.price, [9.0, 22.0])
    np.testing.assert_allclose(ledger.fills.slippage, [90.0, 180.0])
    np.testing.assert_allclose(ledger.net_worth[-1], 1000.0 + 810.0 - 1980.0)


def test_across_0_is_one_fill_of_both_quantities() -> None:
    ledger = keep([10.0, 10.0, 12.5, 25.0], [-1.0, 1.0, -1.0, -1.0])
    # 100 short at 10; at 12.5 they cost 1250 of 2000, and 750 buy 60; at 25 these bring 1500,
    # for which 60 are sold short.
    assert ledger.fills.index.tolist() == [1, 2, 3]
    assert ledger.fills.side.tolist() == [-1, 1, -1]
    assert ledger.fills.quantity.tolist() == [100, 160, 120]
    assert ledger.quantity.tolist() == [0, -100, 60, -60]
    np.testing.assert_allclose(ledger.cash, [1000.0, 2000.0, 0.0, 3000.0])


def test_what_opens_the_other_side_bears_the_costs_of_closing() -> None:
    ledger = keep([10.0] * 3, [-1.0, 1.0, 1.0], Costs(commission_bps=1_000.0))
    # 90 short: cash 1000 + 900 * 0.9 = 1810. Buying back takes 990; floor(820 / 11) = 74.
    assert ledger.fills.quantity.tolist() == [90, 90 + 74]
    np.testing.assert_allclose(ledger.cash[-1], 1810.0 - 990.0 - 814.0)


def test_lower_rungs_short_their_part_of_net_worth() -> None:
    closes = [10.0, 10.0, 10.0, 8.0, 8.0]
    ledger = keep(closes, [-0.5, -1.0, -0.25, 0.25, 0.25])
    # 50 of 100 shares; then 100. At 8 net worth is 2000 - 800 = 1200, a quarter 37 shares, and
    # across 0 it buys 37 back and 37 more.
    assert ledger.quantity.tolist() == [0, -50, -100, -37, 37]
    assert ledger.fills.side.tolist() == [-1, -1, 1, 1]


def test_a_rung_that_needs_no_more_shares_places_no_fill() -> None:
    # At 18 net worth is 1750 - 1350 = 400, of which even a full short is 22 shares.
    ledger = keep([10.0, 10.0, 18.0, 18.0], [-0.75, -0.75, -1.0, -1.0])
    assert ledger.quantity.tolist() == [0, -75, -75, -75]


def test_the_margin_rule_by_hand() -> None:
    ledger = keep([10.0, 10.0, 19.0, 18.0, 18.0], [-1.0] * 5)
    # 100 short, cash 2000. At candle 3 buying back at 19 * 1.1 takes 2090: 90 are lacking, each
    # share bought frees 1.90, so 47 are bought at 18. After that 53 * 18 * 1.1 is paid for.
    assert ledger.fills.index.tolist() == [1, 3]
    assert ledger.quantity.tolist() == [0, -100, -100, -53, -53]
    np.testing.assert_allclose(ledger.cash[-1], 2000.0 - 47 * 18.0)


def test_the_margin_rule_counts_commission() -> None:
    commission = 0.01
    ledger = keep([10.0, 10.0, 19.0, 19.0], [-1.0] * 4, Costs(commission_bps=100.0))
    cash = 1000.0 + 990.0 * (1 - commission)
    lacking = 99 * 19.0 * 1.1 * (1 + commission) - cash
    bought = math.floor(lacking / (19.0 * 0.1 * (1 + commission)))
    assert bought == 57
    assert ledger.fills.quantity.tolist() == [99, bought]


def test_an_order_takes_the_place_of_the_margin_rule() -> None:
    ledger = keep([10.0, 10.0, 19.0, 18.0], [-1.0, -1.0, 0.0, 0.0])
    assert ledger.fills.quantity.tolist() == [100, 100]


def test_the_margin_rule_waits_for_volume() -> None:
    ledger = keep([10.0, 10.0, 19.0, 19.0, 19.0], [-1.0] * 5, volume=[1.0, 1.0, 1.0, 0.0, 1.0])
    assert ledger.fills.index.tolist() == [1, 4]


def test_a_ruined_run_opens_nothing_any_more() -> None:
    ledger = keep([10.0, 10.0, 25.0, 25.0, 5.0, 5.0], [-1.0, -1.0, -1.0, 1.0, -1.0, -1.0])
    # The leap to 25 costs 2500 of 2000: all is bought back, and 500 are owed.
    assert ledger.quantity.tolist() == [0, -100, -100, 0, 0, 0]
    assert ledger.cash[-1] == ledger.net_worth[-1] == -500.0


def plain_long_only(
    candles: Candles, exposure: NDArray[np.float64], cash: float, costs: Costs, fill: FillRule
) -> tuple[list[float], list[int]]:
    """The books of a run that is never short, candle by candle."""
    price = candles.open if fill == "next_open" else candles.close
    trades = (candles.volume > 0.0) | (not candles.volume.any())
    buy, sell = 1.0 + costs.slippage, 1.0 - costs.slippage
    cashes, quantities, held, reached = [], [], 0, 0.0
    for t in range(len(candles)):
        if t > 0 and trades[t] and exposure[t - 1] != reached:
            old, reached = reached, float(exposure[t - 1])
            base = float(price[t])
            unit, worth = base * buy * (1.0 + costs.commission), cash + held * base
            if reached == 0.0:
                shares = -held
            elif reached > old:
                shares = math.floor(min(cash / unit, 2.0**53))
                while shares > 0 and shares * unit > cash:
                    shares -= 1
                if reached < 1.0:
                    wanted = math.floor(min(reached * worth / unit, 2.0**53))
                    shares = min(shares, max(wanted - held, 0))
            else:
                shares = -max(held - math.floor(min(reached * worth / base, 2.0**53)), 0)
            paid = base * buy if shares > 0 else base * sell
            quantity, side = abs(shares), 1 if shares > 0 else -1
            if quantity:
                cash -= side * quantity * paid + quantity * paid * costs.commission
                cash = max(cash, 0.0)
            held += shares
        cashes.append(cash)
        quantities.append(held)
    return cashes, quantities


@st.composite
def markets(draw: st.DrawFn) -> Candles:
    """Random walks with gaps in volume, of prices from fractions of a cent up."""
    count = draw(st.integers(1, 60))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    level = draw(st.sampled_from([1e-3, 1.0, 50.0, 1e4]))
    spread = draw(st.sampled_from([0.01, 0.1, 0.5]))
    close = level * np.exp(np.cumsum(random.normal(0.0, spread, count)))
    open_ = close * np.exp(random.normal(0.0, spread, count))
    return Candles(
        "TEST",
        np.arange(count, dtype=np.int64) * 86_400,
        open_,
        np.maximum(open_, close),
        np.minimum(open_, close),
        close,
        random.choice([0.0, 1.0, 1.0], count),
    )


@st.composite
def make_runs(draw: st.DrawFn, rungs: tuple[float, ...]) -> tuple[Candles, NDArray[np.float64]]:
    candles = draw(markets())
    count = len(candles)
    return candles, np.array(draw(st.lists(st.sampled_from(rungs), min_size=count, max_size=count)))


long_runs, runs = make_runs(RUNGS[3:]), make_runs(RUNGS)
costs = st.builds(Costs, st.floats(0.0, 1_000.0), st.floats(0.0, 1_000.0))
fills = st.sampled_from(["next_open", "next_close"])


@given(long_runs, costs, st.floats(1.0, 1e9), fills)
@settings(deadline=None)
def test_a_run_that_is_never_short_is_kept_as_ever_bit_for_bit(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs, cash: float, fill: FillRule
) -> None:
    candles, exposure = run
    ledger = keep_ledger(candles, exposure, cash=cash, costs=cost, fill=fill)
    plain_cash, plain_quantity = plain_long_only(candles, exposure, cash, cost, fill)
    assert ledger.cash.tolist() == plain_cash
    assert ledger.quantity.tolist() == plain_quantity
    assert (ledger.cash >= 0.0).all()


@given(runs, costs, st.floats(1.0, 1e9), fills)
@settings(deadline=None)
def test_net_worth_alone_is_that_of_the_ledger_bit_for_bit(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs, cash: float, fill: FillRule
) -> None:
    candles, exposure = run
    price = candles.open if fill == "next_open" else candles.close
    can_trade = candles.volume > 0.0
    ledger = keep_ledger(candles, exposure, cash=cash, costs=cost, fill=fill, can_trade=can_trade)
    terms = (cash, cost.commission, cost.slippage)
    alone = np.empty(len(candles))
    walk_net_worth(price, candles.close, can_trade, exposure, *terms, alone)
    np.testing.assert_array_equal(alone, ledger.net_worth)
    both = walk_many(
        price, candles.close, can_trade, np.stack([exposure, np.zeros(len(candles))]), *terms
    )
    np.testing.assert_array_equal(both[0], ledger.net_worth)
    np.testing.assert_array_equal(both[1], cash)


@given(runs, costs, fills)
@settings(max_examples=200, deadline=None)
def test_books_of_shorts_balance_and_only_a_buy_back_leaves_debt(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs, fill: FillRule
) -> None:
    candles, exposure = run
    price = candles.open if fill == "next_open" else candles.close
    ledger = keep_ledger(candles, exposure, cash=1e5, costs=cost, fill=fill)
    cash, held, booked, filled = 1e5, 0, 0, ledger.fills
    for t in range(len(candles)):
        if booked < len(filled) and filled.index[booked] == t:
            side, quantity = int(filled.side[booked]), int(filled.quantity[booked])
            before, worth = held, cash + held * price[t]
            cash -= side * quantity * filled.price[booked] + filled.commission[booked]
            held += side * quantity
            booked += 1
            if held < min(before, 0):
                # A short that is sold is never larger than net worth pays for, costs included.
                unit = price[t] * (1.0 + cost.slippage) * (1.0 + cost.commission)
                assert -held * unit <= max(worth, 0.0) * (1.0 + 1e-9)
            if cash < -1e-6:
                assert side == 1
                assert before < 0
                assert held <= 0
            elif held > 0:
                cash = max(cash, 0.0)
        assert ledger.quantity[t] == held
        assert ledger.cash[t] == pytest.approx(cash, rel=1e-9, abs=1e-4)
    assert booked == len(filled)
    np.testing.assert_array_equal(ledger.net_worth, ledger.cash + ledger.quantity * candles.close)


@given(runs, costs, st.integers(1, 59))
@settings(deadline=None)
def test_later_candles_change_no_earlier_row(
    run: tuple[Candles, NDArray[np.float64]], cost: Costs, cut: int
) -> None:
    candles, exposure = run
    stop, can_trade = min(cut, len(candles)), candles.volume > 0.0
    whole = keep_ledger(candles, exposure, cash=1e5, costs=cost, can_trade=can_trade)
    part = keep_ledger(
        candles.slice(0, stop), exposure[:stop], cash=1e5, costs=cost, can_trade=can_trade[:stop]
    )
    np.testing.assert_array_equal(part.net_worth, whole.net_worth[:stop])


def test_the_margin_is_that_of_the_protocol() -> None:
    assert MARGIN_FRACTION == 0.1
