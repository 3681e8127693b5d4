import pytest
from scipy.stats import binom

from model_service.evaluation.selftest.false_verdicts import FalseVerdicts, false_verdict_share


@pytest.fixture(scope="module")
def outcome() -> FalseVerdicts:
    return false_verdict_share(pairs=1_000, candles=500, seed=0)


def test_verdicts_are_wrong_about_five_times_in_a_hundred(outcome: FalseVerdicts) -> None:
    assert outcome.pairs == 1_000
    assert outcome.passed
    assert 0.033 <= outcome.share <= 0.069


def test_the_interval_is_the_exact_binomial_one(outcome: FalseVerdicts) -> None:
    inside = binom.cdf(outcome.highest, 1_000, 0.05) - binom.cdf(outcome.lowest - 1, 1_000, 0.05)
    assert inside >= 0.99
    narrower = binom.cdf(outcome.highest - 1, 1_000, 0.05) - binom.cdf(outcome.lowest, 1_000, 0.05)
    assert narrower < 0.99


@pytest.mark.parametrize(
    ("false", "passed"), [(32, False), (33, True), (69, True), (70, False), (0, False)]
)
def test_too_many_and_too_few_both_fail(false: int, passed: bool) -> None:
    assert FalseVerdicts(pairs=1_000, false=false, lowest=33, highest=69).passed is passed


def test_the_seed_decides() -> None:
    few = [false_verdict_share(pairs=20, candles=100, seed=seed) for seed in (1, 1)]
    assert few[0] == few[1]
