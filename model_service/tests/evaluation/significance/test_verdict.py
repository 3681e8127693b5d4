from dataclasses import replace

import pytest

from model_service.evaluation.significance.bootstrap import PairedDifference
from model_service.evaluation.significance.verdict import judge

OPEN = PairedDifference(
    mean_difference=0.04,
    interval=(-0.31, 0.39),
    p=0.812,
    standard_error=0.17,
    block_length=3,
    draws=10_000,
    dates=503,
)
AHEAD = replace(OPEN, mean_difference=0.47, interval=(0.06, 0.88), p=0.024)
BEHIND = replace(OPEN, mean_difference=-0.47, interval=(-0.88, -0.06), p=0.0002)


def test_an_interval_above_zero_beats() -> None:
    verdict = judge(AHEAD, symbols=20, seeds=10)
    assert verdict.word == "beats"
    assert verdict.sentence == (
        "The agent beat buy and hold over 503 unseen dates of 20 symbols with 10 seeds: its Sharpe "
        "ratio was 0.47 higher (95 % interval 0.06 to 0.88 higher, p = 0.024), more than luck "
        "alone would explain."
    )


def test_an_interval_below_zero_loses() -> None:
    verdict = judge(BEHIND)
    assert verdict.word == "loses"
    assert verdict.sentence == (
        "The agent lost against buy and hold over 503 unseen dates: its Sharpe ratio was 0.47 "
        "lower (95 % interval 0.06 to 0.88 lower, p < 0.001), more than bad luck alone would "
        "explain."
    )


def test_an_interval_around_zero_is_indistinguishable() -> None:
    verdict = judge(OPEN, symbols=20)
    assert verdict.word == "indistinguishable"
    assert verdict.sentence == (
        "The agent cannot be told from buy and hold over 503 unseen dates of 20 symbols: its "
        "Sharpe ratio was 0.04 higher, but anything from 0.31 lower to 0.39 higher fits the data "
        "(95 % interval, p = 0.81)."
    )


@pytest.mark.parametrize(
    ("difference", "words"),
    [(-0.04, "0.04 lower"), (0.001, "the same to two decimals"), (-0.004, "the same to two")],
)
def test_the_sentence_says_which_side_was_ahead(difference: float, words: str) -> None:
    assert words in judge(replace(OPEN, mean_difference=difference)).sentence


@pytest.mark.parametrize("interval", [(0.0, 0.5), (-0.5, 0.0)])
def test_an_interval_that_ends_at_zero_holds_it(interval: tuple[float, float]) -> None:
    assert judge(replace(OPEN, interval=interval)).word == "indistinguishable"


def test_the_same_runs_are_told_so() -> None:
    same = replace(OPEN, mean_difference=0.0, interval=(0.0, 0.0), p=1.0, standard_error=0.0)
    verdict = judge(same)
    assert verdict.word == "indistinguishable"
    assert "did the same as buy and hold" in verdict.sentence


@pytest.mark.parametrize("dates", [None, 0])
def test_nothing_unseen_is_no_verdict(dates: int | None) -> None:
    verdict = judge(None, dates=dates)
    assert verdict.word is None
    assert "no candle here that the agent has not seen" in verdict.sentence


@pytest.mark.parametrize(
    ("dates", "words"), [(1, "1 unseen date is too few"), (59, "59 unseen dates are too few")]
)
def test_too_few_unseen_dates_are_no_verdict(dates: int, words: str) -> None:
    for verdict in (judge(None, dates=dates), judge(replace(AHEAD, dates=dates))):
        assert verdict.word is None
        assert words in verdict.sentence
        assert "at least 60" in verdict.sentence


def test_sixty_dates_are_enough() -> None:
    assert judge(replace(AHEAD, dates=60)).word == "beats"
