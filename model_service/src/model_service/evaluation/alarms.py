"""Alarms: signs that a result does not mean what it seems to mean.

Each is a pure function of the scored runs that returns one `Alarm`, raised or not, with a sentence
for the trader. Fills are called trades; what is counted a seed is pooled over the symbols first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from model_service.evaluation.cost_stress import CostStress
from model_service.evaluation.scored_run import ScoredRun

AlarmKind = Literal[
    "policy_collapse", "few_trades", "costs", "break_even", "train_test_agreement", "one_seed"
]

COLLAPSE_SHARE = 0.95
MIN_TRADES = 30
COSTS_SHARE = 1.0 / 3.0
BREAK_EVEN_MULTIPLE = 2.0
NOTABLE_EXCESS = 0.5
AGREEMENT = 0.9
MIN_SEEDS = 3


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes
    ----------
    kind : str
    raised : bool
    value, limit : float or None
        What was measured and where the alarm begins; None where there is nothing to measure.
    sentence : str
        What it means, for a trader.
    """

    kind: AlarmKind
    raised: bool
    value: float | None
    limit: float | None
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        """The alarm as plain values."""
        return asdict(self)


def find_alarms(
    runs: Sequence[ScoredRun],
    stress: CostStress,
    *,
    train_excess: float | None,
    test_excess: float | None,
    warm_up_candles: int = 0,
) -> tuple[Alarm, ...]:
    """All alarms of an evaluation, raised or not, in a fixed order.

    Parameters
    ----------
    runs : sequence of ScoredRun
        Of the agent, at least one.
    stress : CostStress
        Of these runs.
    train_excess, test_excess : float or None
        Mean Sharpe ratio of the agent less that of buy and hold on the candles that it was trained
        on, and on the test; None where it was not computed.
    warm_up_candles : int
        At the start of each run, on which the agent could not decide.
    """
    charged = float(np.mean([run.costs.commission_bps for run in runs]))
    return (
        policy_collapse(runs, warm_up_candles=warm_up_candles),
        few_trades(runs),
        costs(runs),
        break_even(stress, charged_bps=charged),
        train_test_agreement(train_excess, test_excess),
        one_seed(runs),
    )


def policy_collapse(runs: Sequence[ScoredRun], *, warm_up_candles: int = 0) -> Alarm:
    """Whether a seed's agent stays on one exposure, mean over seeds of its largest share."""

    def largest_share(same_seed: Sequence[ScoredRun]) -> float:
        exposure = np.concatenate([run.exposure[warm_up_candles:] for run in same_seed])
        if exposure.shape[0] == 0:
            return 0.0
        _, counts = np.unique(exposure, return_counts=True)
        return float(counts.max() / exposure.shape[0])

    share = _mean_over_seeds(runs, largest_share)
    raised = share > COLLAPSE_SHARE
    sentence = (
        f"The agent holds one and the same exposure on {share:.1%} of the candles: it hardly "
        "decides anything, so its result is that of the position, not of skill."
        if raised
        else f"The agent moves between exposures: its most frequent one takes {share:.1%} of the "
        "candles."
    )
    return Alarm("policy_collapse", raised, share, COLLAPSE_SHARE, sentence)


def few_trades(runs: Sequence[ScoredRun]) -> Alarm:
    """Whether there are fewer than 30 trades, pooled over symbols, mean over seeds."""
    trades = _mean_over_seeds(
        runs, lambda same_seed: float(sum(len(run.ledger.fills) for run in same_seed))
    )
    raised = trades < MIN_TRADES
    symbols = len({run.symbol for run in runs})
    where = "" if symbols == 1 else f" over all {symbols} symbols"
    sentence = (
        f"The agent traded {trades:.4g} times{where}: with fewer than {MIN_TRADES} trades one "
        "lucky one decides the result."
        if raised
        else f"The agent traded {trades:,.0f} times{where}, enough that no single trade has to "
        "decide the result."
    )
    return Alarm("few_trades", raised, trades, float(MIN_TRADES), sentence)


def costs(runs: Sequence[ScoredRun]) -> Alarm:
    """Whether costs take more than a third of the gross profit (net profit plus costs)."""
    paid = float(sum(run.costs_paid for run in runs))
    gross = float(sum(run.profit for run in runs)) + paid
    if gross <= 0.0:
        raised = paid > 0.0
        sentence = (
            "The agent paid commission and slippage but made no profit even before them."
            if raised
            else "There were no costs, and no profit that they could have eaten."
        )
        return Alarm("costs", raised, None, COSTS_SHARE, sentence)
    share = paid / gross
    raised = share > COSTS_SHARE
    if share > 1.0:
        sentence = "Commission and slippage took more than the whole profit before costs."
    elif raised:
        sentence = (
            f"Commission and slippage took {share:.0%} of the profit before costs: a slightly "
            "worse broker turns the result around."
        )
    else:
        sentence = f"Commission and slippage took {share:.0%} of the profit before costs."
    return Alarm("costs", raised, share, COSTS_SHARE, sentence)


def break_even(stress: CostStress, *, charged_bps: float) -> Alarm:
    """Whether the commission at which the profit is gone is less than twice the one charged."""
    limit = BREAK_EVEN_MULTIPLE * charged_bps
    point = stress.break_even_commission_bps
    if point is None:
        raised = not stress.earns_without_commission
        sentence = (
            "The agent makes no money even without commission."
            if raised
            else "The agent still makes money at every commission that was tried."
        )
        return Alarm("break_even", raised, None, limit, sentence)
    raised = point < limit
    charged = f"{charged_bps:g} bps charged"
    if point <= charged_bps and raised:
        sentence = (
            f"The profit is gone at a commission of {point:.1f} bps already, and the {charged} "
            "turn it into a loss."
        )
    elif raised:
        sentence = (
            f"The profit is gone at a commission of {point:.1f} bps, less than twice the "
            f"{charged}: there is little room for worse fills."
        )
    else:
        sentence = (
            f"The profit lasts up to a commission of {point:.1f} bps, at least twice the {charged}."
        )
    return Alarm("break_even", raised, point, limit, sentence)


def train_test_agreement(train_excess: float | None, test_excess: float | None) -> Alarm:
    """Whether a lead over buy and hold in training is as large in the test: too good to be true.

    An agent that has learned earns more on the candles that it learned from; where a clear lead
    does not shrink on candles that it never saw, it has probably seen them.
    """
    if train_excess is None or test_excess is None:
        return Alarm(
            "train_test_agreement",
            False,
            None,
            AGREEMENT,
            "Training and test were not compared: one of the two was not scored.",
        )
    if train_excess <= NOTABLE_EXCESS:
        return Alarm(
            "train_test_agreement",
            False,
            None,
            AGREEMENT,
            f"In training the agent's Sharpe ratio was {_against(train_excess)} that of buy and "
            "hold, too little of a lead to tell anything from its agreement with the test.",
        )
    kept = test_excess / train_excess
    raised = kept >= AGREEMENT
    compared = (
        f"{_against(train_excess)} that of buy and hold in training and {_against(test_excess)} it "
        "in the test"
    )
    sentence = (
        f"The agent's Sharpe ratio was {compared}: a lead that does not shrink on unseen candles "
        "hints that they were not unseen."
        if raised
        else f"The agent's Sharpe ratio was {compared}: the lead shrinks on unseen candles, "
        "as an honest one does."
    )
    return Alarm("train_test_agreement", raised, kept, AGREEMENT, sentence)


def one_seed(runs: Sequence[ScoredRun]) -> Alarm:
    """Whether there are too few seeds to say anything about the luck of training."""
    seeds = len({run.seed for run in runs})
    raised = seeds < MIN_SEEDS
    counted = "one seed" if seeds == 1 else f"{seeds} seeds"
    sentence = (
        f"The agent was trained with {counted}: how much of the result is luck of the training "
        f"cannot be told from fewer than {MIN_SEEDS}."
        if raised
        else f"The agent was trained with {counted}, and the spread between them is shown."
    )
    return Alarm("one_seed", raised, float(seeds), float(MIN_SEEDS), sentence)


def _mean_over_seeds(
    runs: Sequence[ScoredRun], value: Callable[[Sequence[ScoredRun]], float]
) -> float:
    by_seed: dict[int, list[ScoredRun]] = {}
    for run in runs:
        by_seed.setdefault(run.seed, []).append(run)
    return float(np.mean([value(same_seed) for same_seed in by_seed.values()]))


def _against(excess: float) -> str:
    return f"{abs(excess):.2f} {'above' if excess >= 0.0 else 'below'}"
