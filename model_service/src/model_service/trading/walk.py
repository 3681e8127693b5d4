"""The compiled walk through the candles: the one place of the rules by which orders are filled.

All kernels of this package that need a run share `may_fill` and `fill_at`. They live in this module
because the cache of compiled code looks at the file of a kernel alone, not at those of the
functions that it calls.

The rules, for a target exposure in [-1, 1] that was decided at candle t - 1 and fills at t:

* **Long**: whole shares, floor(cash / unit cost) at full exposure, where the unit cost is the price
  with slippage and commission; at a lower rung the shares that the exposure's part of net worth
  pays for. Going down keeps the part of net worth that the rung means.
* **Short**, target -e: floor(e · net worth / unit cost) shares are sold that are not held. Going
  less short buys back what is beyond that number.
* **Across 0**: what is held is closed first, and the cash after that opens the other side. It is
  one fill.
* **Margin rule**, on every candle without an order while short: the cash has to pay for buying
  everything back at a price `MARGIN_FRACTION` above the previous close, costs included. Where it
  does not, as many shares as make up for it, rounded down, are bought back at this candle's price.

Source of the short side: Théate & Ernst, *An application of deep reinforcement learning to
algorithmic trading* (2021), there for exposures of 1 and -1 alone.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

MARGIN_FRACTION = 0.1
"""Rise of the price that the cash of a short position has to survive (ε of the protocol)."""

MAX_QUANTITY = 2**53
"""Most shares of one side of an order: beyond it a float does not tell whole numbers apart."""


@numba.njit(cache=True)
def _whole_shares(money: float, unit_cost: float) -> int:
    """Whole shares that `money` is worth, 0 where it is nothing or debt."""
    return int(np.floor(min(max(money, 0.0) / unit_cost, float(MAX_QUANTITY))))


@numba.njit(cache=True)
def _affordable(cash: float, unit_cost: float) -> int:
    """Most shares whose cost does not pass `cash`, by the same arithmetic that will book them."""
    shares = _whole_shares(cash, unit_cost)
    while shares > 0 and shares * unit_cost > cash:
        shares -= 1
    return shares


@numba.njit(cache=True)
def _long_order(
    held: int, cash: float, price: float, unit_cost: float, old: float, new: float
) -> int:
    """Shares to trade to move between exposures that are not negative."""
    worth = cash + held * price
    if new > old:
        affordable = _affordable(cash, unit_cost)
        if new >= 1.0:
            return affordable
        return min(affordable, max(_whole_shares(new * worth, unit_cost) - held, 0))
    return -max(held - _whole_shares(new * worth, price), 0)


@numba.njit(cache=True)
def _short_order(
    held: int, cash: float, price: float, unit_cost: float, old: float, new: float
) -> int:
    """Shares to trade to move between exposures that are not positive; `held` is not either."""
    sold = _whole_shares(-new * (cash + held * price), unit_cost)
    if new < old:
        return -max(sold + held, 0)
    return max(-held - sold, 0)


@numba.njit(cache=True)
def _order(
    held: int,
    cash: float,
    price: float,
    commission: float,
    slippage: float,
    old: float,
    new: float,
) -> int:
    """Shares to trade to move from exposure `old` to `new`: positive to buy, negative to sell."""
    if new == 0.0:
        return -held
    unit_cost = price * (1.0 + slippage) * (1.0 + commission)
    if new > 0.0:
        if old >= 0.0:
            return _long_order(held, cash, price, unit_cost, old, new)
        return _long_order(0, cash + held * unit_cost, price, unit_cost, 0.0, new) - held
    if old <= 0.0:
        return _short_order(held, cash, price, unit_cost, old, new)
    proceeds = held * (price * (1.0 - slippage)) * (1.0 - commission)
    return _short_order(0, cash + proceeds, price, unit_cost, 0.0, new) - held


@numba.njit(cache=True)
def _margin_call(
    held: int, cash: float, previous_close: float, commission: float, slippage: float
) -> int:
    """Shares that the margin rule buys back of a short position, `held` below 0.

    Each share bought back at the previous close takes its unit cost from the cash and
    (1 + `MARGIN_FRACTION`) unit costs from what the cash has to cover.
    """
    unit_cost = previous_close * (1.0 + slippage) * (1.0 + commission)
    lacking = -held * unit_cost * (1.0 + MARGIN_FRACTION) - cash
    if lacking <= 0.0:
        return 0
    return min(_whole_shares(lacking, unit_cost * MARGIN_FRACTION), -held)


@numba.njit(cache=True)
def may_fill(t: int, can_trade: Mask, exposure: Floats, held: int, reached: float) -> bool:
    """Whether anything can be traded at candle `t`: an order is open or the margin rule watches.

    Most candles of most runs end here, so this is small enough to be compiled into the loops.
    """
    return t > 0 and (exposure[t - 1] != reached or held < 0) and can_trade[t]


@numba.njit(cache=True)
def fill_at(
    price: float,
    previous_close: float,
    target: float,
    held: int,
    cash: float,
    reached: float,
    commission: float,
    slippage: float,
) -> tuple[int, float, float]:
    """What is traded at a candle where `may_fill` says that something can be.

    Parameters
    ----------
    price, previous_close : float
        Price of a fill at this candle, and the close of the one before.
    target : float
        Exposure that was decided at the candle before.
    held, cash, reached : int, float, float
        Shares and cash after the candle before, and the target exposure of the last order.
    commission, slippage : float
        Fractions.

    Returns
    -------
    shares : int
        Positive for a buy, negative for a sell, 0 for nothing.
    cash, reached : float
        After the fill.
    """
    if target != reached:
        shares = _order(held, cash, price, commission, slippage, reached, target)
    else:
        shares = _margin_call(held, cash, previous_close, commission, slippage)
    if shares == 0:
        return 0, cash, target
    side = 1 if shares > 0 else -1
    quantity = abs(shares)
    paid = price * (1.0 + slippage) if side == 1 else price * (1.0 - slippage)
    cash -= side * quantity * paid + quantity * paid * commission
    if held + shares > 0:
        # A long position is paid from cash; that bound holds to a rounding of the last bit.
        cash = max(cash, 0.0)
    return shares, cash, target


@numba.njit(cache=True)
def walk_net_worth(
    price: Floats,
    close: Floats,
    can_trade: Mask,
    exposure: Floats,
    cash: float,
    commission: float,
    slippage: float,
    net_worth_out: Floats,
) -> None:
    """Net worth of a run and nothing else, for sweeps over many of them; may be called compiled.

    Parameters
    ----------
    price, close : float64 arrays, shape (n,)
        Price of a fill at each candle (its open or its close), and its close.
    can_trade : bool array, shape (n,)
    exposure : float64 array, shape (n,)
        Target after the decision at each candle, in [-1, 1]; one decided at t fills at t + 1.
    cash : float
        Money at the start.
    commission, slippage : float
        Fractions, not basis points.
    net_worth_out : float64 array, shape (n,)
        Filled with what `keep_ledger` finds, bit for bit.

    Notes
    -----
    A kernel in another module that calls this one and is cached on disk is not compiled anew when
    this module changes.
    """
    held, reached, money = 0, 0.0, float(cash)
    for t in range(close.shape[0]):
        if may_fill(t, can_trade, exposure, held, reached):
            shares, money, reached = fill_at(
                price[t], close[t - 1], exposure[t - 1], held, money, reached, commission, slippage
            )
            held += shares
        net_worth_out[t] = money + held * close[t]


@numba.njit(cache=True)
def walk_many(
    price: Floats,
    close: Floats,
    can_trade: Mask,
    exposures: Floats,
    cash: float,
    commission: float,
    slippage: float,
) -> Floats:
    """Net worth of many runs on the same candles: exposures (m, n) to net worths (m, n)."""
    net_worth = np.empty(exposures.shape)
    for run in range(exposures.shape[0]):
        walk_net_worth(
            price, close, can_trade, exposures[run], cash, commission, slippage, net_worth[run]
        )
    return net_worth


@numba.njit(cache=True)
def walk_books(
    price: Floats,
    close: Floats,
    can_trade: Mask,
    exposure: Floats,
    cash: float,
    commission: float,
    slippage: float,
    cash_column: Floats,
    quantity_column: Ints,
    net_worth_column: Floats,
    fill_index: Ints,
    fill_shares: Ints,
) -> int:
    """The same walk with its books and fills; returns the number of fills.

    Columns of shape (n,) are filled for every candle, `fill_index` and `fill_shares` (signed) for
    every fill.
    """
    held, reached, money, filled = 0, 0.0, float(cash), 0
    for t in range(close.shape[0]):
        if may_fill(t, can_trade, exposure, held, reached):
            shares, money, reached = fill_at(
                price[t], close[t - 1], exposure[t - 1], held, money, reached, commission, slippage
            )
            if shares != 0:
                held += shares
                fill_index[filled] = t
                fill_shares[filled] = shares
                filled += 1
        cash_column[t] = money
        quantity_column[t] = held
        net_worth_column[t] = money + held * close[t]
    return filled
