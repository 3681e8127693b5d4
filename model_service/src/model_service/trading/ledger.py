"""The ledger: target exposures in; fills, cash, quantity and net worth out, at every candle.

One compiled pass. The rules are those of DESIGN section 4 and 5: whole shares, cash never below
zero, a target decided at candle t is filled at candle t + 1, at its open or its close; a candle
without volume fills nothing where the series otherwise trades, and the order moves on to the next
candle; nothing is sold by force at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numba
import numpy as np
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs

FillRule = Literal["next_open", "next_close"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BUY_SIDE, SELL_SIDE = 1, -1

MAX_QUANTITY = 2**53
"""Most shares of one order: beyond it a float no longer tells whole numbers apart."""


@dataclass(frozen=True)
class Fills:
    """Executions in time order, as columns of shape (fills,).

    `index` is the candle of execution, `side` 1 for buy and -1 for sell, `price` includes
    slippage, `commission` and `slippage` are money.
    """

    index: Ints
    side: Ints
    price: Floats
    quantity: Ints
    commission: Floats
    slippage: Floats

    def __len__(self) -> int:
        return int(self.index.shape[0])


@dataclass(frozen=True)
class Ledger:
    """State after the fills of each candle, marked at its close; columns of shape (candles,)."""

    cash: Floats
    quantity: Ints
    net_worth: Floats
    fills: Fills


def tradeable(volume: Floats) -> NDArray[np.bool_]:
    """Where an order can be filled: with volume, or everywhere if the series has none at all."""
    if not volume.any():
        return np.ones(volume.shape[0], dtype=np.bool_)
    return volume > 0.0


def usable_fill(candles: Candles, requested: FillRule) -> FillRule:
    """The fill rule that the price basis allows: on `mixed`, opens do not fit the closes."""
    return "next_close" if candles.price_basis == "mixed" else requested


def keep_ledger(
    candles: Candles,
    exposure: Floats,
    *,
    cash: float,
    costs: Costs,
    fill: FillRule = "next_open",
    can_trade: NDArray[np.bool_] | None = None,
) -> Ledger:
    """Execute target exposures and keep the books.

    Parameters
    ----------
    candles : Candles
        n candles.
    exposure : float64 array, shape (n,)
        Target exposure after the decision at each candle, in [0, 1]; orders are placed where it
        changes, so that a drift of the real weight places none.
    cash : float
        Money at the start.
    costs : Costs
    fill : {'next_open', 'next_close'}
    can_trade : bool array, shape (n,), optional
        Where orders can be filled. A part of a series is told by the whole of it, for a part
        without volume does not show whether the series otherwise trades; left out, the candles
        are the whole.

    Returns
    -------
    Ledger
    """
    price = candles.open if fill == "next_open" else candles.close
    count = len(candles)
    cash_column = np.empty(count)
    quantity_column = np.empty(count, dtype=np.int64)
    net_worth_column = np.empty(count)
    orders = int(np.count_nonzero(np.diff(exposure, prepend=0.0)))
    index, side, quantity = (np.empty(orders, dtype=np.int64) for _ in range(3))
    fill_price, commission, slippage = (np.empty(orders) for _ in range(3))
    filled = _scan(
        price,
        candles.close,
        tradeable(candles.volume) if can_trade is None else can_trade,
        exposure,
        cash,
        costs.commission,
        costs.slippage,
        cash_column,
        quantity_column,
        net_worth_column,
        index,
        side,
        fill_price,
        quantity,
        commission,
        slippage,
    )
    fills = Fills(
        index[:filled],
        side[:filled],
        fill_price[:filled],
        quantity[:filled],
        commission[:filled],
        slippage[:filled],
    )
    return Ledger(cash_column, quantity_column, net_worth_column, fills)


@numba.njit(cache=True)
def _affordable(cash: float, unit_cost: float) -> int:
    """Most shares whose cost does not pass `cash`, by the same arithmetic that will book them."""
    shares = int(np.floor(min(cash / unit_cost, float(MAX_QUANTITY))))
    while shares > 0 and shares * unit_cost > cash:
        shares -= 1
    return shares


@numba.njit(cache=True)
def _order(
    held: int,
    cash: float,
    price: float,
    buy_price: float,
    commission: float,
    old: float,
    new: float,
) -> int:
    """Shares to trade to move from exposure `old` to `new`: positive to buy, negative to sell."""
    if new <= 0.0:
        return -held
    worth = cash + held * price
    if new > old:
        affordable = _affordable(cash, buy_price * (1.0 + commission))
        if new >= 1.0:
            return affordable
        wanted = min(new * worth / (buy_price * (1.0 + commission)), float(MAX_QUANTITY))
        return min(affordable, max(int(np.floor(wanted)) - held, 0))
    kept = int(np.floor(min(new * worth / price, float(MAX_QUANTITY))))
    return -max(held - kept, 0)


@numba.njit(cache=True)
def _scan(
    price: Floats,
    close: Floats,
    can_trade: NDArray[np.bool_],
    exposure: Floats,
    cash: float,
    commission: float,
    slippage: float,
    cash_column: Floats,
    quantity_column: Ints,
    net_worth_column: Floats,
    fill_index: Ints,
    fill_side: Ints,
    fill_price: Floats,
    fill_quantity: Ints,
    fill_commission: Floats,
    fill_slippage: Floats,
) -> int:
    """Walk the candles once; returns the number of fills."""
    held = 0
    reached = 0.0
    filled = 0
    buy_factor, sell_factor = 1.0 + slippage, 1.0 - slippage
    for t in range(close.shape[0]):
        if t > 0 and exposure[t - 1] != reached and can_trade[t]:
            target = exposure[t - 1]
            base = price[t]
            shares = _order(held, cash, base, base * buy_factor, commission, reached, target)
            reached = target
            if shares != 0:
                side = 1 if shares > 0 else -1
                quantity = abs(shares)
                paid = base * buy_factor if side == 1 else base * sell_factor
                fee = quantity * paid * commission
                cash -= side * quantity * paid + fee
                # The bound of _affordable holds to a rounding of the last bit.
                cash = max(cash, 0.0)
                held += shares
                fill_index[filled] = t
                fill_side[filled] = side
                fill_price[filled] = paid
                fill_quantity[filled] = quantity
                fill_commission[filled] = fee
                fill_slippage[filled] = quantity * abs(paid - base)
                filled += 1
        cash_column[t] = cash
        quantity_column[t] = held
        net_worth_column[t] = cash + held * close[t]
    return filled
