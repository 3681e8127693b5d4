"""The bootstrap against plain definitions, against `arch`, and where something is degenerate."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from arch.bootstrap import CircularBlockBootstrap

from model_service.errors import InvalidRequest
from model_service.evaluation.significance.bootstrap import (
    PairedDifference,
    compare_sharpe,
    sharpe_interval,
)

YEAR = 252.0


def two_sides(
    seed: int = 0, dates: int = 300, symbols: int = 1, seeds: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Agent (dates, symbols, seeds) that is in the market for half of the time, and the market."""
    random = np.random.default_rng(seed)
    common = random.standard_normal((dates, 1))
    market = 0.0005 + 0.01 * (0.6 * common + 0.8 * random.standard_normal((dates, symbols)))
    held = random.random((dates, symbols, seeds)) < 0.5
    return np.where(held, market[:, :, None], 0.0), market


def sharpe(returns: np.ndarray) -> float:
    values = returns[~np.isnan(returns)]
    deviation = values.std(ddof=1)
    return 0.0 if deviation < 1e-14 else float(np.sqrt(YEAR) * values.mean() / deviation)


def test_the_estimate_is_the_mean_over_symbols_of_the_mean_over_seeds() -> None:
    agent, market = two_sides(symbols=3, seeds=4)
    agent[:40, 1] = np.nan
    market[:40, 1] = np.nan
    expected = np.mean(
        [
            np.mean([sharpe(agent[:, s, j]) for j in range(4)]) - sharpe(market[:, s])
            for s in range(3)
        ]
    )
    paired = compare_sharpe(agent, market, periods=YEAR, draws=200)
    assert paired.mean_difference == pytest.approx(expected, rel=1e-9)
    assert paired.dates == 300
    assert paired.draws == 200


def test_a_baseline_may_have_seeds_of_its_own() -> None:
    agent, market = two_sides(symbols=2, seeds=3)
    once = compare_sharpe(agent, market, periods=YEAR, draws=300)
    twice = compare_sharpe(agent, np.stack((market, market), axis=2), periods=YEAR, draws=300)
    assert twice.mean_difference == pytest.approx(once.mean_difference)
    assert twice.interval == pytest.approx(once.interval)
    assert twice.p == once.p


def moments_of_arch(agent: np.ndarray, market: np.ndarray) -> np.ndarray:
    """Difference of Sharpe ratios and its standard error, from resampled returns in their order."""
    difference = sharpe(agent) - sharpe(market)
    influence = np.zeros(agent.shape[0])
    for sign, returns in ((1.0, agent), (-1.0, market)):
        u = (returns - returns.mean()) / returns.std(ddof=1)
        ratio = returns.mean() / returns.std(ddof=1)
        influence += sign * np.sqrt(YEAR) * (u - ratio / 2 * (u**2 - np.mean(u**2)))
    blocks = influence.reshape(-1, BLOCK).sum(axis=1)
    correction = blocks.size / (blocks.size - 1)
    return np.array([difference, np.sqrt(correction * (blocks**2).sum()) / agent.shape[0]])


BLOCK = 6


def test_it_draws_like_archs_circular_blocks() -> None:
    agent, market = two_sides(seed=3)
    # Memory, so that blocks are needed; their length is told beforehand.
    agent = np.apply_along_axis(lambda x: np.convolve(x, [0.5, 0.3, 0.2], "same"), 0, agent)
    market = np.apply_along_axis(lambda x: np.convolve(x, [0.5, 0.3, 0.2], "same"), 0, market)
    paired = compare_sharpe(agent, market, periods=YEAR, draws=20_000)
    assert paired.block_length == BLOCK
    peer = CircularBlockBootstrap(BLOCK, agent[:, 0, 0], market[:, 0], seed=1)
    theirs = peer.apply(moments_of_arch, 4_000)
    distances = np.abs(theirs[:, 0] - paired.mean_difference) / theirs[:, 1]
    reach = (paired.interval[1] - paired.mean_difference) / paired.standard_error
    assert reach == pytest.approx(np.quantile(distances, 0.95), rel=0.04)
    own = abs(paired.mean_difference) / paired.standard_error
    assert paired.p == pytest.approx(np.mean(distances >= own), abs=0.02)


def test_dates_are_drawn_jointly_over_symbols() -> None:
    agent, market = two_sides(seed=5)
    alone = compare_sharpe(agent, market, periods=YEAR, draws=500)
    # Ten symbols that are one symbol tell no more than one.
    tenfold = compare_sharpe(
        np.repeat(agent, 10, axis=1), np.repeat(market, 10, axis=1), periods=YEAR, draws=500
    )
    assert tenfold.standard_error == pytest.approx(alone.standard_error)
    assert tenfold.interval == pytest.approx(alone.interval)
    # Ten independent ones do.
    many = [two_sides(seed=seed) for seed in range(10)]
    free = compare_sharpe(
        np.concatenate([one[0] for one in many], axis=1),
        np.concatenate([one[1] for one in many], axis=1),
        periods=YEAR,
        draws=500,
    )
    assert free.standard_error < alone.standard_error / 2


def test_the_interval_leaves_out_zero_exactly_where_p_is_small_enough() -> None:
    for seed in range(60):
        agent, market = two_sides(seed=seed, dates=100)
        agent = agent + 0.0012
        paired = compare_sharpe(agent, market, periods=YEAR, draws=199, seed=seed)
        outside = not paired.interval[0] <= 0.0 <= paired.interval[1]
        assert outside == (paired.p <= 0.05)


def test_the_same_seed_gives_the_same_bits_and_another_one_does_not() -> None:
    agent, market = two_sides(symbols=2)
    first = compare_sharpe(agent, market, periods=YEAR, draws=500, seed=4)
    assert compare_sharpe(agent, market, periods=YEAR, draws=500, seed=4) == first
    assert compare_sharpe(agent, market, periods=YEAR, draws=500, seed=5) != first


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_number_of_threads_does_not_change_a_bit(threads: str) -> None:
    agent, market = two_sides(symbols=12, seeds=6)
    here = compare_sharpe(agent, market, periods=YEAR, draws=300)
    program = (
        "import io, sys\nimport numpy as np\n"
        "from model_service.evaluation.significance.bootstrap import compare_sharpe\n"
        "sides = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)\n"
        "agent, market = sides[:, :, :-1], sides[:, :, -1]\n"
        "print(compare_sharpe(agent, market, periods=252.0, draws=300))\n"
    )
    sides = io.BytesIO()
    np.save(sides, np.concatenate((agent, market[:, :, None]), axis=2), allow_pickle=False)
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=sides.getvalue(),
        env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.decode().strip() == repr(here)


def test_the_unit_of_returns_does_not_matter() -> None:
    agent, market = two_sides(symbols=2)
    percent = compare_sharpe(100 * agent, 100 * market, periods=YEAR, draws=300)
    plain = compare_sharpe(agent, market, periods=YEAR, draws=300)
    assert percent.interval == pytest.approx(plain.interval)
    assert percent.p == plain.p


def test_swapped_sides_turn_the_sign_alone() -> None:
    agent, market = two_sides()
    there = compare_sharpe(agent, market, periods=YEAR, draws=300)
    back = compare_sharpe(market[:, :, None], agent[:, :, 0], periods=YEAR, draws=300)
    assert back.mean_difference == pytest.approx(-there.mean_difference)
    assert back.interval == pytest.approx((-there.interval[1], -there.interval[0]))
    assert back.p == there.p


def assert_finite(paired: PairedDifference) -> None:
    assert np.isfinite([*paired.interval, paired.p, paired.mean_difference]).all()
    assert 0.0 < paired.p <= 1.0


def test_an_agent_that_does_the_same_shows_no_difference() -> None:
    _, market = two_sides()
    paired = compare_sharpe(market[:, :, None], market, periods=YEAR, draws=100)
    assert paired.mean_difference == pytest.approx(0.0, abs=1e-12)
    assert paired.standard_error == 0.0
    assert paired.interval == pytest.approx((0.0, 0.0), abs=1e-12)
    assert paired.p == 1.0


def test_an_agent_that_never_trades_has_a_sharpe_ratio_of_zero() -> None:
    _, market = two_sides()
    paired = compare_sharpe(np.zeros((300, 1, 1)), market, periods=YEAR, draws=300)
    assert paired.mean_difference == pytest.approx(-sharpe(market[:, 0]))
    single = sharpe_interval(market, periods=YEAR, draws=300)
    assert paired.interval == pytest.approx((-single.interval[1], -single.interval[0]))


def test_one_date_of_difference_is_not_mistaken_for_much() -> None:
    _, market = two_sides()
    agent = market[:, :, None].copy()
    agent[7] = 0.08
    paired = compare_sharpe(agent, market, periods=YEAR, draws=500)
    assert_finite(paired)
    assert paired.p > 0.05


def test_a_single_trade_leaves_draws_without_any() -> None:
    _, market = two_sides()
    agent = np.zeros((300, 1, 1))
    agent[100] = 0.05
    assert_finite(compare_sharpe(agent, market, periods=YEAR, draws=500))


def test_dates_without_any_return_are_no_dates() -> None:
    agent, market = two_sides(dates=100)
    empty = np.full((20, 1), np.nan)
    with_gaps = compare_sharpe(
        np.concatenate((agent[:50], empty[:, :, None], agent[50:])),
        np.concatenate((market[:50], empty, market[50:])),
        periods=YEAR,
        draws=200,
    )
    assert with_gaps == compare_sharpe(agent, market, periods=YEAR, draws=200)


def test_a_lead_that_is_no_luck_is_found() -> None:
    _, market = two_sides(dates=500)
    agent = (market + 0.0015)[:, :, None] + 0.003 * np.random.default_rng(1).standard_normal(
        (500, 1, 1)
    )
    paired = compare_sharpe(agent, market, periods=YEAR, draws=1_000)
    assert paired.interval[0] > 0.0
    assert paired.p <= 0.01


def test_a_higher_level_is_a_wider_interval() -> None:
    _, market = two_sides()
    low, high = (
        sharpe_interval(market[:, 0], periods=YEAR, draws=1_000, level=level).interval
        for level in (0.8, 0.99)
    )
    assert high[0] < low[0] < low[1] < high[1]


def test_many_draws_of_a_long_series_come_in_chunks_of_the_same_stream() -> None:
    returns = np.random.default_rng(0).standard_normal(40_000)
    interval = sharpe_interval(returns, periods=YEAR, draws=60)
    assert interval.dates == 40_000
    assert interval.interval[0] < interval.sharpe < interval.interval[1]


@pytest.mark.parametrize(
    ("agent", "market", "field"),
    [
        (np.zeros((20, 2, 1)), np.zeros((20, 3)), "baseline"),
        (np.zeros((20, 2, 1)), np.zeros((21, 2)), "baseline"),
        (np.zeros((20, 2)), np.zeros((20, 2)), "baseline"),
        (np.full((20, 1, 1), np.inf), np.zeros((20, 1)), "returns"),
        (np.zeros((7, 1, 1)), np.zeros((7, 1)), "returns"),
        (np.full((50, 1, 1), np.nan), np.full((50, 1), np.nan), "returns"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    agent: np.ndarray, market: np.ndarray, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        compare_sharpe(agent, market, periods=YEAR)
    assert refused.value.field == field
