"""What is said of the arms of an ablation, against each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model_service.evaluation.assessment.ablation import assess_ablation
from model_service.evaluation.assessment.subject import Subject
from model_service.evaluation.protocols.ablation import ARMS, Arm, NewsCount
from model_service.market.news import ScoredNews

COUNT = 200
COUNTS = [NewsCount("TEST", 12, 7, 4, COUNT, 3)]


@pytest.fixture
def assess(make_run):
    """``assess(without=0.5, …)``: hold on falling candles so often, and always on others.

    0 is an agent that knows what comes, 1 one that always holds.
    """
    random = np.random.default_rng(3)
    change = random.normal(0.0005, 0.01, COUNT)
    prices = 100.0 * np.cumprod(1.0 + change)
    luck = random.random((3, COUNT))

    def subject(misses: float) -> Subject:
        runs = []
        for seed, drawn in enumerate(luck):
            # What is decided on a candle is held over the next change but one.
            coming = np.append(change[1:], [0.0])
            wanted = np.where(coming > 0.0, 1.0, (drawn < misses).astype(np.float64))
            runs.append(make_run(prices, np.append(wanted[1:], [1.0]), seed=seed))
        return Subject(runs[0].candles, None, tuple(runs), tuple(runs), {}, {})

    def make(**misses: float) -> dict[str, Any]:
        arms: Mapping[Arm, list[Subject]] = {arm: [subject(misses[arm])] for arm in ARMS}
        candles = arms["with"][0].candles
        times = candles.time[[3, 9]]
        news = ScoredNews.of(times, np.array([0.5, -0.5]), "lite", "lite-7")
        series = [replace(candles, news=news)]
        return assess_ablation(arms, series, COUNTS, periods=252.0, draws=400, seed=0)

    return make


def test_news_that_helps_more_than_its_controls_helps_without_a_doubt(assess):
    told = assess(**{"with": 0.0}, without=1.0, shuffled=1.0, lagged=1.0)
    assert told["verdict"] == "helps"
    assert told["sentence"].startswith("The news makes the agent better: with it the Sharpe ratio ")
    assert "But" not in told["sentence"]
    low, high = told["differences"][0]["difference"]["interval"]
    assert 0.0 < low < high


@pytest.mark.parametrize(
    ("controls", "named"),
    [
        ({"shuffled": 0.0, "lagged": 1.0}, "shuffled news"),
        ({"shuffled": 1.0, "lagged": 0.0}, "lagged news"),
        ({"shuffled": 0.0, "lagged": 0.0}, "shuffled or lagged news"),
    ],
)
def test_a_gain_that_a_control_has_too_is_doubted(assess, controls, named):
    told = assess(**{"with": 0.0}, without=1.0, **controls)
    assert told["verdict"] == "helps"
    assert told["sentence"].endswith(
        f" But it is not clearly higher than with {named}, so the gain need not come from what "
        "the news says."
    )


def test_news_that_makes_it_worse_hurts(assess):
    told = assess(**{"with": 1.0}, without=0.0, shuffled=0.0, lagged=0.0)
    assert told["verdict"] == "hurts"
    assert told["sentence"].startswith("The news makes the agent worse: with it the Sharpe ratio ")
    low, high = told["differences"][0]["difference"]["interval"]
    assert low < high < 0.0
    assert f"interval −{-low:.2f} to −{-high:.2f}" in told["sentence"]


def test_arms_that_do_the_same_cannot_be_told_apart(assess):
    told = assess(**dict.fromkeys(ARMS, 0.4))
    assert told["verdict"] == "indistinguishable"
    assert told["sentence"] == (
        "The news makes no difference that can be told from luck: with it the Sharpe ratio was "
        "the same to two decimals (95 % interval 0.00 to 0.00, p = 1.00)."
    )


def test_an_interval_across_zero_leaves_it_open(assess):
    told = assess(**{"with": 0.5}, without=0.52, shuffled=0.5, lagged=0.5)
    low, high = told["differences"][0]["difference"]["interval"]
    assert low < 0.0 < high
    assert told["verdict"] == "indistinguishable"


def test_arms_differences_and_news_are_told_in_their_order(assess):
    told = assess(**{"with": 0.2}, without=0.6, shuffled=0.5, lagged=0.4)
    assert [arm["name"] for arm in told["arms"]] == list(ARMS)
    assert [one["against"] for one in told["differences"]] == ["without", "shuffled", "lagged"]
    means = {arm["name"]: arm["sharpe_mean"] for arm in told["arms"]}
    for one in told["differences"]:
        difference = one["difference"]["mean_difference"]
        assert difference == pytest.approx(means["with"] - means[one["against"]], abs=1e-6)
    for arm in told["arms"]:
        assert len(arm["sharpe_seeds"]) == 3
        assert arm["sharpe_mean"] == pytest.approx(np.mean(arm["sharpe_seeds"]))
        assert arm["sharpe_std"] == pytest.approx(np.std(arm["sharpe_seeds"], ddof=1))
        assert arm["trades_mean"] > 1.0
    assert told["lag_candles"] == 5
    assert told["news"] == [
        {
            "symbol": "TEST",
            "headlines": 12,
            "train_headlines": 7,
            "test_headlines": 4,
            "candles": COUNT,
            "candles_with_news": 3,
        }
    ]
    assert (told["feature"], told["engine"], told["engine_version"]) == (
        "sentiment",
        "lite",
        "lite-7",
    )
    assert len(told["news_hash"]) == 64
