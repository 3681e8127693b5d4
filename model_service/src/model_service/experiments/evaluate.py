"""Run a protocol from candles to its report: resumable, and the same report again.

The work folder beside the report holds finished units, checkpoints of those in training, and the
count of looks that this evaluation was given. Whoever starts the same evaluation again goes on from
there; the folder goes when the report is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from model_service.dqn.config import AgentConfig
from model_service.errors import EvaluationStopped
from model_service.evaluation.assessment.subject import Subject
from model_service.evaluation.protocols.ablation import ARMS, Arm, plan_of_arm
from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.scoring import Tables, score_plan
from model_service.evaluation.protocols.unit import UnitResult
from model_service.evaluation.sealed import LookCounter, Looks, Window
from model_service.experiments.evaluation_plan import read_plan
from model_service.experiments.evaluation_run import (
    EvaluationRun,
    costs_of,
    report_evaluation,
)
from model_service.experiments.evaluation_units import Unit, UnitStore, evaluation_fingerprint
from model_service.experiments.sole_writer import sole_writer
from model_service.experiments.unit_process import Order, run_units


@dataclass(frozen=True)
class EvaluationProgress:
    """How far an evaluation is: units (networks to train) and their steps, kept ones included."""

    units: int
    total_units: int
    steps: int
    total_steps: int


def evaluate(
    run: EvaluationRun,
    out: Path,
    *,
    jobs: int,
    looks: LookCounter,
    on_progress: Callable[[EvaluationProgress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train what is not trained yet, score, assess, and write the report.

    Parameters
    ----------
    run : EvaluationRun
    out : Path
        The report; replaced whole.
    jobs : int
        Trainings at once; the report does not depend on it.
    looks : LookCounter
    on_progress : callable

    Raises
    ------
    TrainingDataError, UnreadableCsv
        If the candles are not what the protocol takes.
    EvaluationStopped
        If a training process died; the same call goes on from there.
    InvalidRequest
        If another evaluation is writing this report.
    """
    plan = read_plan(run.request)
    config = replace(run.config, fill=plan.fill)
    if not run.seeds:
        subjects = score_plan(plan, None, {}, costs_of(plan, config))
        report = report_evaluation(run, plan, config, subjects, looks=None, train_excess=None)
        write_report(out, report)
        return report
    with sole_writer(out):
        return _evaluate_agents(run, plan, config, out, jobs, looks, on_progress)


def _evaluate_agents(
    run: EvaluationRun,
    plan: Plan,
    config: AgentConfig,
    out: Path,
    jobs: int,
    looks: LookCounter,
    on_progress: Callable[[EvaluationProgress], None],
) -> dict[str, Any]:
    fingerprint = evaluation_fingerprint(plan, config, run.steps, run.code_version)
    store = UnitStore(out.with_name(f".{out.name}.work"), fingerprint)
    units = [Unit(fold.index, seed) for seed in run.seeds for fold in plan.folds]
    order = Order(run.request, config, run.steps, store.folder, fingerprint, plan.data_hash)
    _make_units(order, store, units, jobs, on_progress)
    results = {unit: _finished(store, unit) for unit in units}
    counted = _count_look(run, plan, store, looks, fingerprint)
    tables: dict[int, Tables] = {
        seed: {fold.index: results[Unit(fold.index, seed)].tables for fold in plan.folds}
        for seed in run.seeds
    }
    costs = costs_of(plan, config)
    arms: dict[Arm, Sequence[Subject]] | None = None
    if plan.protocol == "ablation":
        arms = {arm: score_plan(plan_of_arm(plan, arm), config, tables, costs) for arm in ARMS}
    report = report_evaluation(
        run,
        plan,
        config,
        score_plan(plan, config, tables, costs) if arms is None else arms["with"],
        looks=counted,
        train_excess=_train_excess(results.values()),
        arms=arms,
    )
    write_report(out, report)
    store.remove()
    return report


def write_report(out: Path, report: Mapping[str, Any]) -> None:
    """Write a report as JSON, whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.partial")
    temporary.write_bytes(orjson.dumps(report, option=orjson.OPT_APPEND_NEWLINE))
    temporary.replace(out)


def _make_units(
    order: Order,
    store: UnitStore,
    units: Sequence[Unit],
    jobs: int,
    on_progress: Callable[[EvaluationProgress], None],
) -> None:
    missing = [unit for unit in units if store.load(unit) is None]
    kept = len(units) - len(missing)

    def tell(finished: int, steps: int) -> None:
        on_progress(
            EvaluationProgress(
                kept + finished,
                len(units),
                kept * order.steps + steps,
                len(units) * order.steps,
            )
        )

    tell(0, 0)
    if missing:
        run_units(order, missing, jobs=jobs, on_progress=tell)


def _finished(store: UnitStore, unit: Unit) -> UnitResult:
    result = store.load(unit)
    if result is None:
        raise EvaluationStopped(
            f"{unit.name} was removed while the evaluation ran. Run the same command again."
        )
    return result


def _count_look(
    run: EvaluationRun, plan: Plan, store: UnitStore, looks: LookCounter, fingerprint: str
) -> Looks:
    """Count this evaluation once, also where it is killed after it was counted and goes on."""
    seeds = ",".join(map(str, run.seeds))
    name = hashlib.sha256(f"{fingerprint}:{seeds}".encode()).hexdigest()
    known = store.recall("looks")
    if isinstance(known, dict) and known.get("name") == name:
        return Looks(**known["looks"])
    counted = looks.record(
        run.lineage,
        Window(f"{len(plan.symbols)} symbols", plan.data_hash, plan.start, plan.end, name),
    )
    store.remember("looks", {"name": name, "looks": asdict(counted)})
    return counted


def _train_excess(results: Iterable[UnitResult]) -> float | None:
    found = [
        result.train_excess_sharpe for result in results if result.train_excess_sharpe is not None
    ]
    return float(np.mean(found)) if found else None
