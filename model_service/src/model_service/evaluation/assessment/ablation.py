"""What scored headlines are worth: the arms of an ablation against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Literal

import numpy as np

from model_service.evaluation.assessment.passport import hash_news
from model_service.evaluation.assessment.rows import spread
from model_service.evaluation.assessment.significance import report_difference
from model_service.evaluation.assessment.subject import Subject, returns_by_date
from model_service.evaluation.protocols.ablation import ARMS, LAG_CANDLES, Arm, NewsCount
from model_service.evaluation.significance.bootstrap import PairedDifference, compare_sharpe
from model_service.evaluation.significance.verdict import describe_interval
from model_service.market.candles import Candles

AblationWord = Literal["helps", "indistinguishable", "hurts"]

DESCRIPTIONS: Final[Mapping[Arm, str]] = {
    "with": "The news as it was known at each candle.",
    "without": "Candles alone.",
    "shuffled": "As many headlines on the same days, each with the score of another one.",
    "lagged": f"The same news, {LAG_CANDLES} candles late.",
}


def assess_ablation(
    arms: Mapping[Arm, Sequence[Subject]],
    series: Sequence[Candles],
    counts: Sequence[NewsCount],
    *,
    periods: float,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    """Compare the arms, as `Ablation` of the contract.

    Parameters
    ----------
    arms : mapping of Arm to sequence of Subject
        The same symbols and seeds in each.
    series : sequence of Candles
        With the news that the arm `with` was given.
    counts : sequence of NewsCount
    periods : float
        Candles a year.
    draws, seed : int
        Of the bootstrap.
    """
    returns = {
        arm: returns_by_date([subject.agent for subject in subjects])
        for arm, subjects in arms.items()
    }
    differences: dict[Arm, PairedDifference] = {
        arm: compare_sharpe(returns["with"], returns[arm], periods=periods, draws=draws, seed=seed)
        for arm in ARMS
        if arm != "with"
    }
    engines = {(c.news.engine, c.news.engine_version) for c in series if c.news is not None}
    ((engine, engine_version),) = engines
    return {
        "feature": "sentiment",
        "verdict": _word(differences["without"]),
        "sentence": _sentence(differences),
        "arms": [_report_arm(arm, arms[arm]) for arm in ARMS],
        "differences": [
            {"against": arm, "difference": report_difference(difference)}
            for arm, difference in differences.items()
        ],
        "lag_candles": LAG_CANDLES,
        "news": [asdict(count) for count in counts],
        "engine": engine,
        "engine_version": engine_version,
        "news_hash": hash_news(series),
    }


def _report_arm(arm: Arm, subjects: Sequence[Subject]) -> dict[str, Any]:
    runs = [run for subject in subjects for run in subject.agent]
    seeds = np.mean([[run.sharpe for run in s.agent] for s in subjects], axis=0).tolist()
    return {
        "name": arm,
        "description": DESCRIPTIONS[arm],
        "sharpe_mean": float(np.mean(seeds)),
        "sharpe_std": spread(seeds),
        "sharpe_seeds": seeds,
        "total_return_fraction": float(np.mean([run.total_return_fraction for run in runs])),
        "trades_mean": float(np.mean([len(run.ledger.fills) for run in runs])),
    }


def _word(difference: PairedDifference) -> AblationWord:
    low, high = difference.interval
    if difference.standard_error == 0.0 or low <= 0.0 <= high:
        return "indistinguishable"
    return "helps" if low > 0.0 else "hurts"


def _sentence(differences: Mapping[Arm, PairedDifference]) -> str:
    plain = differences["without"]
    told = describe_interval(plain)
    word = _word(plain)
    if word == "indistinguishable":
        return (
            "The news makes no difference that can be told from luck: with it the Sharpe ratio was "
            f"{told}."
        )
    if word == "hurts":
        return f"The news makes the agent worse: with it the Sharpe ratio was {told}."
    placebos = [arm for arm in ("shuffled", "lagged") if _word(differences[arm]) != "helps"]
    doubt = (
        ""
        if not placebos
        else f" But it is not clearly higher than with {' or '.join(placebos)} news, so the gain "
        "need not come from what the news says."
    )
    return f"The news makes the agent better: with it the Sharpe ratio was {told}.{doubt}"
