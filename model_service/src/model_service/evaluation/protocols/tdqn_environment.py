"""The books of the TDQN paper's own environment, to the letter, for choosing window pairs by it.

While a run is not ruined, they are the ledger's of the same terms. They part where a short
position costs more than there is: the ledger then opens no position any more, the paper's
environment goes on, with the negative share counts that its formulas give for negative cash. Its
Sharpe ratios of such runs mean nothing, but they are what its table of baselines was chosen by: a
pair of windows that was ruined in training may come out best there.

Source: Théate & Ernst (2021), sections 3 and 5.2; DESIGN section 6.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MARGIN = 0.1


@numba.njit(cache=True)
def environment_net_worth(
    close: Floats, positions: Floats, cash: float, commission: float
) -> Floats:
    """Net worth of many runs on the same closes.

    Parameters
    ----------
    close : float64 array, shape (n,)
    positions : float64 array, shape (m, n)
        1 long, -1 short, or 0 as long as neither was decided; a run never goes back to 0. The
        position at t is taken at the close of t + 1.
    cash : float
        Money at the start.
    commission : float
        Fraction a side.

    Returns
    -------
    float64 array, shape (m, n)
        Below 0 where a run is ruined.
    """
    net_worth = np.empty(positions.shape)
    for run in range(positions.shape[0]):
        money, shares, before = float(cash), 0.0, 0.0  # shares count what is owed while short
        net_worth[run, 0] = money
        for t in range(1, close.shape[0]):
            price, position = close[t], positions[run, t - 1]
            unit_cost, unit_proceeds = price * (1.0 + commission), price * (1.0 - commission)
            if position == 1.0 and before != 1.0:
                money -= shares * unit_cost
                shares = np.floor(money / unit_cost)
                money -= shares * unit_cost
            elif position == -1.0 and before != -1.0:
                money += shares * unit_proceeds
                shares = np.floor(money / unit_cost)
                money += shares * unit_proceeds
            elif position == -1.0:
                called = close[t - 1] * (1.0 + commission)
                lacking = shares * called * (1.0 + _MARGIN) - money
                if lacking > 0.0:
                    bought = min(np.floor(lacking / (called * _MARGIN)), shares)
                    shares -= bought
                    money -= bought * unit_cost
            before = position
            net_worth[run, t] = money + position * shares * price
    return net_worth
