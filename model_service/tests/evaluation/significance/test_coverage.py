"""By simulation: 95 % intervals hold the truth in 95 ± 2 % of samples of 500 candles."""

from collections.abc import Callable

import numpy as np
import pytest

from model_service.evaluation.significance.bootstrap import compare_sharpe

DATES = 500
SAMPLES = 800
SETTLE = 200
AGENT_MEAN, MARKET_MEAN = 0.05, 0.02
MARKET_ON_AGENT, MARKET_ALONE = 0.6, 0.5
TRUTH = AGENT_MEAN - MARKET_MEAN / np.hypot(MARKET_ON_AGENT, MARKET_ALONE)


def independent(random: np.random.Generator) -> np.ndarray:
    return random.standard_normal((DATES, SAMPLES))


def autocorrelated(random: np.random.Generator) -> np.ndarray:
    slope = 0.3
    news = np.sqrt(1 - slope**2) * random.standard_normal((SETTLE + DATES, SAMPLES))
    for t in range(1, news.shape[0]):
        news[t] += slope * news[t - 1]
    return news[SETTLE:]


def clustered(random: np.random.Generator) -> np.ndarray:
    shocks = random.standard_normal((SETTLE + DATES, SAMPLES))
    variance = np.ones(SAMPLES)
    for t in range(shocks.shape[0]):
        shocks[t] *= np.sqrt(variance)
        variance = 0.02 + 0.08 * shocks[t] ** 2 + 0.90 * variance
    return shocks[SETTLE:]


@pytest.mark.parametrize("world", [independent, autocorrelated, clustered])
def test_the_interval_of_a_pair_covers_the_truth(
    world: Callable[[np.random.Generator], np.ndarray],
) -> None:
    random = np.random.default_rng(20)
    first, second = world(random), world(random)
    agent = AGENT_MEAN + first
    market = MARKET_MEAN + MARKET_ON_AGENT * first + MARKET_ALONE * second
    covered = 0
    for number in range(SAMPLES):
        paired = compare_sharpe(
            agent[:, number, None, None],
            market[:, number, None],
            periods=1.0,
            draws=199,
            seed=number,
        )
        covered += paired.interval[0] <= TRUTH <= paired.interval[1]
    assert 0.93 <= covered / SAMPLES <= 0.97


def test_the_interval_of_many_symbols_with_gaps_and_seeds_covers_the_truth() -> None:
    random = np.random.default_rng(21)
    symbols, seeds, samples = 6, 2, 500
    common = clustered(random)
    covered = 0
    for number in range(samples):
        market = 0.6 * common[:, number, None] + 0.8 * random.standard_normal((DATES, symbols))
        market[: DATES // 4, 0] = np.nan  # listed late
        market[random.random((DATES, symbols)) < 0.03] = np.nan  # holidays of its own
        changes = random.random((DATES, symbols, seeds)) < 1 / 15
        held = (np.cumsum(changes, axis=0) + random.integers(0, 2, (1, symbols, seeds))) % 2
        paired = compare_sharpe(
            market[:, :, None] * held, market, periods=1.0, draws=199, seed=number
        )
        covered += paired.interval[0] <= 0.0 <= paired.interval[1]
    assert 0.93 <= covered / samples <= 0.97
