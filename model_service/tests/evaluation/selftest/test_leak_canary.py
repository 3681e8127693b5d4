"""The leak canary: it sings where the future is shown, and only there."""

import numpy as np
import pytest

from model_service.evaluation.selftest.leak_canary import (
    HONEST_SHARPE,
    LEAKING_SHARPE,
    LeakCanary,
    run_leak_canary,
    tomorrows_return,
)
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.ledger import FillRule


@pytest.mark.parametrize("fill", ["next_open", "next_close"])
def test_the_leak_shows_in_the_sharpe_ratio_and_honesty_does_not(fill: FillRule) -> None:
    canary = run_leak_canary(fill=fill, steps=300)
    assert canary.leaking > LEAKING_SHARPE
    assert canary.honest < HONEST_SHARPE
    assert canary.passed


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, again = (run_leak_canary(fill="next_open", steps=20, seed=3) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("leaking", "honest", "passed"), [(5.1, 1.9, True), (5.0, 0.0, False), (8.0, 2.0, False)]
)
def test_it_passes_between_its_limits_alone(leaking: float, honest: float, passed: bool) -> None:
    assert LeakCanary(leaking, honest).passed is passed


def test_tomorrows_return_by_hand() -> None:
    day = np.exp(0.015)
    opens = 100.0 * np.array([1.0, 1.0, day, day, day**3])
    closes = 100.0 * np.array([1.0, day**-1, 1.0, 1.0, 1.0])
    candles = Candles(
        "TEST",
        np.arange(5, dtype=np.int64) * SECONDS_PER_DAY,
        opens,
        np.maximum(opens, closes),
        np.minimum(opens, closes),
        closes,
        np.ones(5),
    )
    # A decision of candle 0 fills at open 1 and is held to open 2, and so on.
    assert tomorrows_return(candles, "next_open") == pytest.approx([1, 0, 2, 0, 0], abs=1e-5)
    assert tomorrows_return(candles, "next_close") == pytest.approx([1, 0, 0, 0, 0], abs=1e-5)
