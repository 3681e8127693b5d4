"""The last unit of an experiment: from what its units left behind to its one result."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
from safetensors.numpy import load

from model_service.artefacts.agents import write_agent_to_store
from model_service.artefacts.store import ArtefactStore
from model_service.dqn.config import AgentConfig
from model_service.evaluation.assessment.significance import Configurations
from model_service.evaluation.configurations import read_register
from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.scoring import Tables, score_plan
from model_service.evaluation.sealed import Looks
from model_service.experiments.artefact_names import agent_id, moment_name, report_name
from model_service.experiments.compute.messages import Finished, Message, Noted
from model_service.experiments.compute.orders import FinishedUnit, UnitOrder
from model_service.experiments.compute.unit_results import TrainingResult, read_result
from model_service.experiments.evaluation_run import ReportedRun, costs_of, report_evaluation
from model_service.experiments.specification import Specification
from model_service.experiments.specified_candles import read_candles
from model_service.experiments.tested_candles import LINEAGE, plan_test
from model_service.settings import CONFIGURATIONS_FILE


@dataclass(frozen=True)
class _Chosen:
    """The units that are assessed, and the configuration that they share."""

    units: Sequence[FinishedUnit]
    config: AgentConfig
    best_unit: int | None


def assess_unit(order: UnitOrder, store: ArtefactStore) -> Iterator[Message]:
    """Choose on validation, make agents of what was chosen, and judge them on the test."""
    spec = order.spec
    work = [unit for unit in order.units if unit.task != "calibrate"]
    chosen = _choose(spec, work)
    results = {unit.unit: read_result(store, unit.outcome) for unit in chosen.units}
    agents = [
        _make_agent(order, store, unit, results[unit.unit])
        for unit in chosen.units
        if results[unit.unit].weights and (spec.kind != "sweep" or unit.unit == chosen.best_unit)
    ]
    if agents:
        yield Noted(f"{len(agents)} {'agent serves' if len(agents) == 1 else 'agents serve'} now.")
    series = read_candles(spec, store)
    plan = plan_test(spec, series, chosen.units)
    if plan is None or order.looks is None:
        yield Noted("Too few candles lie behind the validation to be tested on.")
        evaluation = None
    else:
        report = _report(order, spec, plan, chosen, results, work)
        store.write(report_name(order.experiment_id), orjson.dumps(report))
        evaluation = order.experiment_id
        yield Noted(str(report["sentence"]))
    result = {
        "agents": agents,
        "best_unit": chosen.best_unit,
        "evaluation": evaluation,
        "result_hash": _hash_of(work),
    }
    yield Finished({"result": result}, {})


def _choose(spec: Specification, work: Sequence[FinishedUnit]) -> _Chosen:
    """Of a sweep the point with the best mean Sharpe ratio on validation; else everything."""
    sharpes = {unit.unit: _validation_sharpe(unit) for unit in work}
    known = {unit: sharpe for unit, sharpe in sharpes.items() if sharpe is not None}
    best_unit = max(known, key=lambda unit: known[unit]) if known else None
    if spec.kind != "sweep":
        config = work[0].outcome.get("config")
        agent = spec.parts().agent if config is None else AgentConfig.from_dict(config)
        return _Chosen(work, agent, best_unit)
    units = max(_by_point(work), key=_mean_sharpe)
    within = [unit for unit in units if unit.unit in known] or units
    best = max(within, key=lambda unit: known.get(unit.unit, -np.inf))
    return _Chosen(units, spec.parts(best.point).agent, best.unit)


def _by_point(work: Sequence[FinishedUnit]) -> list[list[FinishedUnit]]:
    """The units of each point of a sweep, one a seed."""
    found: dict[bytes, list[FinishedUnit]] = {}
    for unit in work:
        found.setdefault(orjson.dumps(unit.point), []).append(unit)
    return list(found.values())


def _validation_sharpe(unit: FinishedUnit) -> float | None:
    sharpe = unit.outcome.get("validation_sharpe")
    return None if sharpe is None else float(sharpe)


def _mean_sharpe(units: Sequence[FinishedUnit]) -> float:
    found = [sharpe for unit in units if (sharpe := _validation_sharpe(unit)) is not None]
    return float(np.mean(found)) if found else -np.inf


def _make_agent(
    order: UnitOrder, store: ArtefactStore, unit: FinishedUnit, result: TrainingResult
) -> str:
    """Have a trained network serve, and with it the moments of its training that were kept."""
    own = agent_id(order.experiment_id, f"s{unit.seed}")
    several = len(order.spec.seeds) > 1
    name = f"{order.name}, seed {unit.seed}" if several else order.name
    manifest = {**result.manifest, "name": name}
    prefix = moment_name(order.experiment_id, unit.unit, 0).rpartition("/")[0]
    for name in store.names(prefix):
        step = int(name.rpartition("/")[2].partition(".")[0])
        arrays = load(store.read(name))
        weights = [arrays[str(place)] for place in range(len(arrays))]
        moment = {**manifest, "id": f"{own}@{step}", "steps": step}
        write_agent_to_store(store, f"{own}@{step}", moment, weights)
    write_agent_to_store(store, own, {**manifest, "id": own}, result.weights)
    return own


def _report(
    order: UnitOrder,
    spec: Specification,
    plan: Plan,
    chosen: _Chosen,
    results: Mapping[int, TrainingResult],
    work: Sequence[FinishedUnit],
) -> dict[str, Any]:
    tables: dict[int, Tables] = {}
    for unit in chosen.units:
        fold = unit.fold or 0
        seed = int(unit.outcome.get("seed", unit.seed or 0))
        tables[seed] = {**tables.get(seed, {}), fold: results[unit.unit].tables}
    config = replace(chosen.config, fill=plan.fill)
    excess = [
        result.train_excess_sharpe
        for result in results.values()
        if result.train_excess_sharpe is not None
    ]
    first = chosen.units[0].outcome
    run = ReportedRun(
        config=config,
        steps=int(first.get("steps", order.steps or 0)),
        seeds=tuple(sorted(tables)),
        lineage=str(first.get("lineage", LINEAGE)),
        configurations=_configurations(spec, work),
        code_version=order.code_version,
        command=None,
        agent=spec.agent,
        agent_hash=first.get("agent_hash"),
    )
    assert order.looks is not None  # noqa: S101 - asked before
    return report_evaluation(
        run,
        plan,
        config,
        score_plan(plan, config, tables, costs_of(plan, config)),
        looks=Looks(**order.looks),
        train_excess=float(np.mean(excess)) if excess else None,
    )


def _configurations(spec: Specification, work: Sequence[FinishedUnit]) -> Configurations:
    """What was compared to come to this one: the register's, and the points of the sweep."""
    known = read_register(CONFIGURATIONS_FILE)
    sharpes = [one.mean_sharpe for one in known.configurations]
    if spec.kind == "sweep":
        found = [_mean_sharpe(units) for units in _by_point(work)]
        sharpes += [sharpe for sharpe in found if np.isfinite(sharpe)]
    several = len(sharpes) > 1
    return Configurations(len(sharpes), float(np.var(sharpes, ddof=1)) if several else None)


def _hash_of(work: Sequence[FinishedUnit]) -> str:
    """Over the numbers of all units in their order."""
    digest = hashlib.sha256()
    for unit in sorted(work, key=lambda one: one.unit):
        digest.update(f"{unit.unit}:{unit.outcome['numbers_hash']};".encode())
    return digest.hexdigest()
