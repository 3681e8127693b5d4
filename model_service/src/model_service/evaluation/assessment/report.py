"""The report: all that was found about runs on unseen candles, as `EvaluationReport`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from model_service.evaluation.alarms import find_alarms, one_seed
from model_service.evaluation.assessment.curves import report_curves
from model_service.evaluation.assessment.passport import Conditions, write_passport
from model_service.evaluation.assessment.rows import report_averages, report_row
from model_service.evaluation.assessment.significance import (
    Configurations,
    paired_differences,
    report_paired,
    report_significance,
)
from model_service.evaluation.assessment.subject import Subject, refuse_overflow
from model_service.evaluation.attribution import attribute
from model_service.evaluation.calendar_returns import calendar_returns
from model_service.evaluation.cost_stress import stress_costs
from model_service.evaluation.regimes import regime_results
from model_service.evaluation.sealed import Looks
from model_service.evaluation.significance.verdict import Verdict, judge
from model_service.evaluation.splits import Segment

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Circumstances:
    """What a report tells beside its numbers.

    Attributes
    ----------
    title : str
    segments : sequence of Segment
    warnings : sequence of str
    looks : Looks or None
        None where no agent was evaluated.
    configurations : Configurations
    train_excess_sharpe : float or None
        Of the agent's networks over buy and hold on the candles that they learned from.
    warm_up_candles : int
        Flat candles at the start of each test.
    unseen_candles : int
        How many there were, where they were too few to run anything on.
    """

    title: str
    segments: Sequence[Segment]
    warnings: Sequence[str]
    looks: Looks | None
    configurations: Configurations
    train_excess_sharpe: float | None = None
    warm_up_candles: int = 0
    unseen_candles: int = 0


def make_report(
    subjects: Sequence[Subject],
    conditions: Conditions,
    circumstances: Circumstances,
    *,
    periods: float,
    ablation: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Assess runs and write the report.

    Parameters
    ----------
    subjects : sequence of Subject
        One a symbol, each with as many agents; none where nothing is unseen.
    conditions : Conditions
    circumstances : Circumstances
    periods : float
        Candles a year.
    ablation : mapping, optional
        Of protocol ablation; see `assess_ablation`.

    Raises
    ------
    InvalidCandles
        If prices lead beyond the numbers that returns can be squared in.
    """
    for subject in subjects:
        refuse_overflow(subject)
    numbers, verdict, alarms = _assess(subjects, conditions, circumstances, periods)
    if ablation is not None:
        numbers["ablation"] = ablation
    return {
        "schema_version": SCHEMA_VERSION,
        "protocol": conditions.protocol,
        "title": circumstances.title,
        "verdict": verdict.word,
        "sentence": verdict.sentence,
        "warnings": list(circumstances.warnings),
        "segments": [asdict(segment) for segment in circumstances.segments],
        **numbers,
        "alarms": alarms,
        "looks": None if circumstances.looks is None else asdict(circumstances.looks),
        "configurations": asdict(circumstances.configurations),
        "passport": write_passport(conditions, numbers),
    }


def _assess(
    subjects: Sequence[Subject],
    conditions: Conditions,
    circumstances: Circumstances,
    periods: float,
) -> tuple[dict[str, Any], Verdict, list[dict[str, Any]]]:
    rows = [report_row(subject) for subject in subjects]
    numbers: dict[str, Any] = {
        "rows": rows,
        "averages": report_averages(rows) if rows else None,
        "paired": None,
        "significance": None,
        "cost_stress": None,
        "regimes": [],
        "calendar": [],
        "attribution": None,
        "curves": (
            report_curves(subjects, agent_apart=conditions.protocol == "agent") if rows else []
        ),
    }
    if not rows:
        return numbers, judge(None, dates=circumstances.unseen_candles), []
    if not subjects[0].agent:
        return numbers, Verdict(None, "No verdict: baselines alone were asked for."), []
    runs = [run for subject in subjects for run in subject.agent]
    passive = [subject.buy_and_hold for subject in subjects]
    stress = stress_costs(runs, passive)
    paired = paired_differences(
        subjects, periods=periods, draws=conditions.draws, seed=conditions.bootstrap_seed
    )
    numbers |= {
        "paired": report_paired(paired),
        "significance": report_significance(
            subjects, circumstances.configurations, periods=periods
        ),
        "cost_stress": stress.to_dict(),
        "regimes": [result.to_dict() for result in regime_results(runs, passive)],
        "calendar": [entry.to_dict() for entry in calendar_returns(runs, passive)],
        "attribution": attribute(runs).to_dict(),
    }
    verdict = judge(
        None if paired is None else paired["buy_and_hold"],
        symbols=len(subjects),
        seeds=len(subjects[0].agent),
        dates=max(len(subject.candles) for subject in subjects),
    )
    idle = [one.symbol for one in subjects if len(one.buy_and_hold.ledger.fills) == 0]
    if idle:
        verdict = Verdict(
            None,
            f"No verdict: buy and hold could not buy in {', '.join(idle)}; {conditions.cash:,.0f} "
            "of cash is less than one share, or nothing was traded.",
        )
    return numbers, verdict, _alarms(subjects, circumstances, numbers["averages"], stress)


def _alarms(
    subjects: Sequence[Subject],
    circumstances: Circumstances,
    averages: Mapping[str, Any],
    stress: Any,
) -> list[dict[str, Any]]:
    alarms = find_alarms(
        [run for subject in subjects for run in subject.agent],
        stress,
        train_excess=circumstances.train_excess_sharpe,
        test_excess=averages["agent"]["sharpe_mean"] - averages["buy_and_hold"],
        warm_up_candles=circumstances.warm_up_candles,
    )
    # Luck of training shows in the spread of all that was trained, the members of an agent too.
    spread = one_seed([run for subject in subjects for run in subject.members])
    return [(spread if alarm.kind == "one_seed" else alarm).to_dict() for alarm in alarms]
