"""The paper's environment against its rules in plain Python, and the ledger against it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model_service.evaluation.protocols.tdqn_environment import environment_net_worth
from model_service.market.candles import Candles
from model_service.trading.costs import Costs
from model_service.trading.ledger import keep_ledger

CASH, COMMISSION, EPSILON = 100_000.0, 0.001, 0.1


def plain_environment(close: NDArray[np.float64], positions: NDArray[np.float64]) -> list[float]:
    """DESIGN section 6, word for word."""
    cash, shares, before, worth = CASH, 0, 0.0, [CASH]
    for t in range(1, len(close)):
        price, position = float(close[t]), float(positions[t - 1])
        if position == 1.0:
            if before == -1.0:
                cash -= shares * price * (1 + COMMISSION)
            if before != 1.0:
                shares = math.floor(cash / (price * (1 + COMMISSION)))
                cash -= shares * price * (1 + COMMISSION)
        elif position == -1.0:
            if before == 1.0:
                cash += shares * price * (1 - COMMISSION)
            if before != -1.0:
                shares = math.floor(cash / (price * (1 + COMMISSION)))
                cash += shares * price * (1 - COMMISSION)
            else:
                last = float(close[t - 1])
                delta = -cash + shares * last * (1 + EPSILON) * (1 + COMMISSION)
                if delta < 0:
                    bound = delta / (last * (2 * COMMISSION + EPSILON * (1 + COMMISSION)))
                else:
                    bound = delta / (last * EPSILON * (1 + COMMISSION))
                if bound > 0:
                    bought = min(math.floor(bound), shares)
                    shares -= bought
                    cash -= bought * price * (1 + COMMISSION)
        before = position
        worth.append(cash + position * shares * price)
    return worth


@st.composite
def runs(draw: st.DrawFn) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count, flat = draw(st.integers(2, 120)), draw(st.integers(0, 10))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    volatility, drift = draw(st.sampled_from([0.01, 0.05, 0.2])), draw(st.sampled_from([0.0, 0.05]))
    close = 50.0 * np.exp(np.cumsum(random.normal(drift, volatility, count)))
    changes = random.random(count) < draw(st.sampled_from([0.02, 0.2, 0.5]))
    positions = np.where(np.cumsum(changes) % 2 == 0, 1.0, -1.0)
    positions[:flat] = 0.0
    return close, positions


@given(runs())
@settings(max_examples=300, deadline=None)
def test_it_keeps_the_books_of_the_paper(
    run: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    close, positions = run
    worth = environment_net_worth(close, np.stack([positions, -positions]), CASH, COMMISSION)
    for row, path in enumerate((positions, -positions)):
        np.testing.assert_allclose(worth[row], plain_environment(close, path), rtol=1e-6, atol=1e-3)


@given(runs())
@settings(max_examples=300, deadline=None)
def test_the_ledger_keeps_the_same_books_until_a_run_is_ruined(
    run: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    close, positions = run
    count = close.shape[0]
    candles = Candles(
        "TEST", np.arange(count, dtype=np.int64), close, close, close, close, np.zeros(count)
    )
    ledger = keep_ledger(candles, positions, cash=CASH, costs=Costs(10.0, 0.0), fill="next_close")
    worth = environment_net_worth(close, positions[None], CASH, COMMISSION)[0]
    # The ledger tells ruin: of a little debt, a negative number of shares can make a little money,
    # for the environment earns the commission on it.
    solvent = np.logical_and.accumulate(ledger.net_worth > 0.0)
    np.testing.assert_allclose(ledger.net_worth[solvent], worth[solvent], rtol=1e-9)


def test_the_environment_goes_on_after_ruin_and_the_ledger_does_not() -> None:
    close = np.array([10.0, 10.0, 30.0, 30.0, 15.0])
    positions = np.array([-1.0, -1.0, 1.0, 1.0, 1.0])
    worth = environment_net_worth(close, positions[None], CASH, COMMISSION)[0]
    assert worth[3] < 0.0
    assert worth[4] != pytest.approx(worth[3])
    candles = Candles("TEST", np.arange(5), close, close, close, close, np.ones(5))
    ledger = keep_ledger(candles, positions, cash=CASH, costs=Costs(10.0), fill="next_close")
    assert ledger.net_worth[4] == ledger.net_worth[3] < 0.0
