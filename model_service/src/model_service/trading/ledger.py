"""The ledger: target exposures in; fills, cash, quantity and net worth out, at every candle.

One compiled pass, by the rules of `walk`: whole shares, a target decided at candle t is filled at
candle t + 1, at its open or its close; a candle without volume fills nothing where the series
otherwise trades, and the order moves on to the next candle; nothing is closed by force at the end.

Cash is never below zero as long as nothing is sold short. A short position owes shares, so a price
that leaps past the margin within one candle can cost more than there is: then the buy-back, by
order or by the margin rule, leaves the cash below zero, and a run whose net worth is gone opens no
position any more. No other fill takes the cash below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.walk import walk_books

FillRule = Literal["next_open", "next_close"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BUY_SIDE, SELL_SIDE = 1, -1


STARTING_CASH = 100_000.0
"""Money at the start of a run that nobody names another for, and of every protocol."""


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
    """State after the fills of each candle, marked at its close; columns of shape (candles,).

    `quantity` is negative while short: shares that are owed. Net worth is cash + quantity · close.
    """

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
        Target exposure after the decision at each candle, in [-1, 1]; orders are placed where it
        changes, so that a drift of the real weight places none (but for the margin rule).
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
    # The margin rule may fill on any candle, orders only where the target changes.
    changes = 1 + int(np.count_nonzero(exposure[1:] != exposure[:-1]))
    most = count if (exposure < 0.0).any() else changes
    index, shares = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    filled = walk_books(
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
        shares,
    )
    fills = _fills(price, index[:filled], shares[:filled], costs)
    return Ledger(cash_column, quantity_column, net_worth_column, fills)


def _fills(price: Floats, index: Ints, shares: Ints, costs: Costs) -> Fills:
    """The records of signed `shares` traded at the candles `index`."""
    side, quantity = np.sign(shares), np.abs(shares)
    base = price[index]
    paid = base * (1.0 + side * costs.slippage)
    return Fills(
        index=index,
        side=side,
        price=paid,
        quantity=quantity,
        commission=quantity * paid * costs.commission,
        slippage=quantity * np.abs(paid - base),
    )
