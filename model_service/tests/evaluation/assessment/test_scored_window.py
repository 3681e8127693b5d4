"""What is run on a window: everything on the same terms, chance with the agents' turnover."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from model_service.evaluation.assessment.scored_window import (
    MIN_CANDLES_TO_CHOOSE,
    USUAL_WINDOWS,
    ScoredWindow,
    SignSeries,
)
from model_service.evaluation.assessment.subject import Subject
from model_service.evaluation.baselines import BASELINE_NAMES
from model_service.market.candles import Candles
from model_service.trading.costs import Costs

FIRST = 10


@pytest.fixture(scope="module")
def window(random_candles: Callable[..., Candles]) -> ScoredWindow:
    candles = random_candles(120)
    return ScoredWindow(
        candles=candles,
        history=None,
        can_trade=np.ones(120, np.bool_),
        fill="next_open",
        cash=10_000.0,
        costs=Costs(5.0, 5.0),
        periods=252.0,
        first_decision=FIRST,
    )


def exposure(seed: int) -> np.ndarray:
    made = np.random.default_rng(seed).integers(0, 3, 120) / 2.0
    made[:FIRST] = 0.0
    return made


def subject_of(window: ScoredWindow, agent: Mapping[int, np.ndarray]) -> Subject:
    signs = SignSeries(exposure(99) - 0.5, (3, 7))
    return window.subject(
        agent=agent, members={}, signs={"trend_following": signs, "mean_reversion": signs}
    )


def fills(values: np.ndarray) -> int:
    return int(np.count_nonzero(np.diff(values, prepend=0.0)))


@pytest.mark.parametrize(("seeds", "draws"), [(1, 10), (3, 12), (11, 11)])
def test_chance_has_the_turnover_of_each_agent_as_often_as_of_the_others(
    window: ScoredWindow, seeds: int, draws: int
) -> None:
    agents = {seed: exposure(seed) for seed in range(seeds)}
    subject = subject_of(window, agents)
    assert tuple(subject.baselines) == BASELINE_NAMES
    random = subject.baselines["random"]
    assert len(random) == draws
    for place, run in enumerate(random):
        model = agents[place // (draws // seeds)]
        assert sorted(run.exposure) == sorted(model)
        assert fills(run.exposure) <= fills(model)
    assert len({run.exposure.tobytes() for run in random}) == draws
    assert [run.seed for run in subject.agent] == list(agents)
    assert subject.members is subject.agent


def test_everything_is_run_on_the_same_terms(window: ScoredWindow) -> None:
    subject = subject_of(window, {4: exposure(4)})
    for run in (*subject.agent, *(run for runs in subject.baselines.values() for run in runs)):
        assert (run.cash, run.costs, run.fill, run.periods) == (
            10_000.0, Costs(5.0, 5.0), "next_open", 252.0,
        )  # fmt: skip
    for name in ("buy_and_hold", "sell_and_hold"):
        (run,) = subject.baselines[name]
        assert run.ledger.fills.index[0] == FIRST + 1


def test_few_known_candles_are_not_chosen_on(
    window: ScoredWindow, random_candles: Callable[..., Candles]
) -> None:
    few = random_candles(MIN_CANDLES_TO_CHOOSE - 1)
    for known in (None, few):
        can_trade = np.ones(0 if known is None else len(known), np.bool_)
        assert window.choose_windows(known, can_trade, "trend_following") == USUAL_WINDOWS
    enough = random_candles(MIN_CANDLES_TO_CHOOSE)
    chosen = window.choose_windows(enough, np.ones(len(enough), np.bool_), "trend_following")
    assert 1 <= chosen[0] < chosen[1] <= 29
