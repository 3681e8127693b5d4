"""Net worth over the test: the fan by hand, and symbols of other calendars in one mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from model_service.evaluation.assessment.curves import MAX_HISTORY, report_curves
from model_service.evaluation.assessment.subject import Subject, returns_by_date
from model_service.evaluation.baselines import BASELINE_NAMES
from model_service.evaluation.scored_run import ScoredRun
from model_service.market.candles import Candles

RunMaker = Callable[..., ScoredRun]

LONG, FLAT = [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]


def subject_of(
    agent: Sequence[ScoredRun],
    flat: ScoredRun,
    *,
    members: Sequence[ScoredRun] = (),
    history: Candles | None = None,
) -> Subject:
    return Subject(
        candles=flat.candles,
        history=history,
        agent=tuple(agent),
        members=tuple(members or agent),
        baselines=dict.fromkeys(BASELINE_NAMES, (flat,)),
        windows={},
    )


def test_a_fan_by_hand(make_run: RunMaker) -> None:
    """10 shares of 100 bought at the second close; the third is 110, 120, 90."""
    runs = [make_run([100, 100, last], LONG, seed=seed) for seed, last in enumerate((110, 120, 90))]
    flat = make_run([100, 100, 110], FLAT)
    mean, curve = report_curves([subject_of(runs, flat)], agent_apart=False)
    assert curve["median"] == [1_000.0, 1_000.0, 1_100.0]
    assert curve["worst"] == [1_000.0, 1_000.0, 900.0]
    assert curve["low"][2] == pytest.approx(900.0 + 0.2 * 200.0)
    assert curve["high"][2] == pytest.approx(1_100.0 + 0.8 * 100.0)
    assert curve["agent"] is None
    assert curve["close"] == [100.0, 100.0, 110.0]
    assert mean["symbol"] is mean["close"] is None
    assert mean["worst"] == curve["worst"]
    assert mean["buy_and_hold"] == [1_000.0] * 3


def test_an_agent_stands_apart_from_its_members(make_run: RunMaker) -> None:
    agent = make_run([100, 100, 110], LONG)
    members = [make_run([100, 100, 110], exposure) for exposure in (LONG, FLAT, FLAT)]
    one = subject_of([agent], members[1], members=members)
    for curve in report_curves([one], agent_apart=True):
        assert curve["agent"] == [1_000.0, 1_000.0, 1_100.0]
        assert curve["median"] == [1_000.0] * 3


def test_the_mean_waits_for_a_symbol_and_keeps_what_one_left(make_run: RunMaker) -> None:
    """One symbol on days 0-2, another on days 2-4: cash before, the last net worth after."""
    early = subject_of([make_run([100, 100, 110], LONG)], make_run([100, 100, 110], FLAT))
    late_run = make_run([50, 50, 40], LONG, first_day=2)
    late = subject_of([late_run], make_run([50, 50, 40], FLAT, first_day=2))
    mean = report_curves([early, late], agent_apart=False)[0]
    assert len(mean["time"]) == 5
    assert mean["median"] == [1_000.0, 1_000.0, 1_050.0, 1_050.0, 950.0]
    returns = returns_by_date([early.agent, late.agent])
    assert returns.shape == (5, 2, 1)
    np.testing.assert_array_equal(np.isnan(returns[:, 0, 0]), [False, False, False, True, True])
    np.testing.assert_array_equal(np.isnan(returns[:, 1, 0]), [True, True, False, False, False])
    assert returns[4, 1, 0] == pytest.approx(-0.2)


def test_baselines_alone_have_no_fan(make_run: RunMaker) -> None:
    for curve in report_curves([subject_of([], make_run([1, 2, 3], FLAT))], agent_apart=False):
        assert [curve[name] for name in ("agent", "median", "low", "high", "worst")] == [None] * 5
        assert curve["random"] == [1_000.0] * 3


def test_a_long_history_is_thinned_out_from_its_first_to_its_last_candle(
    make_run: RunMaker, random_candles: Callable[..., Candles]
) -> None:
    history = random_candles(3 * MAX_HISTORY)
    one = subject_of([], make_run([1, 2, 3], FLAT), history=history)
    shown = report_curves([one], agent_apart=False)[1]["history"]
    assert len(shown["time"]) == len(shown["close"]) == MAX_HISTORY
    assert (shown["time"][0], shown["time"][-1]) == (history.time[0], history.time[-1])
    assert (np.diff(shown["time"]) > 0).all()
