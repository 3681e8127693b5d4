"""Units that train: an agent with what it says of candles it did not learn from, or a fold."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Generator, Iterator

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from model_service.artefacts.store import ArtefactStore
from model_service.dqn.checkpoint import run_fingerprint
from model_service.dqn.samples import make_training_set
from model_service.dqn.trainer import Trainer
from model_service.evaluation.protocols.holdout import plan_holdout
from model_service.evaluation.protocols.unit import (
    Saving,
    UnitProgress,
    UnitResult,
    test_tables,
    train_excess_sharpe,
    train_unit,
)
from model_service.evaluation.protocols.walk_forward import plan_walk_forward
from model_service.evaluation.validation import ValidationResult, ValidationTrace
from model_service.experiments.artefact_names import moment_name
from model_service.experiments.compute.messages import (
    Advanced,
    Finished,
    Message,
    Noted,
    Validated,
)
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.stored_checkpoints import StoredCheckpoints
from model_service.experiments.compute.unit_results import TrainingResult
from model_service.experiments.rates import TRAINING_SHARE
from model_service.experiments.specified_candles import read_candles, split_of
from model_service.experiments.tested_candles import LINEAGE
from model_service.experiments.train import Pace, Progress, TrainedAgent, train
from model_service.experiments.training_run import TrainingRun
from model_service.experiments.unit_list import WORK, plan_units

REPORT_SECONDS = 0.25
VALIDATIONS = 20
"""Of a training, evenly spread, unless it is short."""

LEAST_STEPS = 50
"""Between two validations."""

_CALIBRATION_SECONDS = 3.0
_CALIBRATION_STEPS = 20


def train_agent_unit(order: UnitOrder, store: ArtefactStore) -> Iterator[Message]:
    """Train one agent, and keep its weights and its Q-values on the test candles."""
    spec = order.spec
    parts = spec.parts(order.point)
    series = read_candles(spec, store)
    split = split_of(parts, series)
    steps = _steps(order)
    run = TrainingRun(series, split, parts.agent, _seed(order), steps, LINEAGE)
    yield Noted(f"{len(series)} series, {sum(map(len, series)):,} candles.")
    notes: list[str] = []
    validation_steps = max(LEAST_STEPS, steps // VALIDATIONS)
    reports = train(
        run,
        order.experiment_id,
        now=dt.datetime.fromtimestamp(order.created_at, dt.UTC),
        checkpoints=_checkpoints(order, store, notes),
        pace=Pace(validation_steps=validation_steps, checkpoint_steps=validation_steps),
        traced=True,
    )
    trained = yield from _report_training(order, store, reports, notes)
    plan = plan_holdout(series, split, parts.agent.fill)
    fold = None if plan is None else plan.folds[0]
    result = TrainingResult(
        tables={} if fold is None else test_tables(fold, trained.ask, parts.agent),
        weights=trained.arrays,
        manifest={
            **{name: value for name, value in trained.manifest.items() if name != "id"},
            "experiment": order.experiment_id,
            "code_version": order.code_version,
        },
        train_excess_sharpe=(
            None if fold is None else train_excess_sharpe(fold, trained.ask, parts.agent)
        ),
    )
    metrics = dict(trained.manifest["validation_metrics"])
    outcome = {
        **result.write(store, order.experiment_id, order.unit),
        "validation_sharpe": metrics["sharpe"],
        "steps": steps,
    }
    yield Finished(outcome, metrics)


def train_fold_unit(order: UnitOrder, store: ArtefactStore) -> Iterator[Message]:
    """Train one network of a walk-forward evaluation, and keep its Q-values."""
    spec = order.spec
    parts = spec.parts()
    plan = plan_walk_forward(read_candles(spec, store), parts.windows, parts.agent.fill)
    assert order.fold is not None  # noqa: S101 - of every unit with this task
    steps, notes = _steps(order), list[str]()
    checkpoints = _checkpoints(order, store, notes)
    saving = Saving(
        checkpoints.is_due,
        lambda data: checkpoints.load(run_fingerprint(parts.agent, data, _seed(order))),
        lambda data, state: checkpoints.save(
            state, run_fingerprint(parts.agent, data, _seed(order))
        ),
    )
    progress = train_unit(
        plan.folds[order.fold], parts.agent, seed=_seed(order), steps=steps, saving=saving
    )
    made = yield from _report_fold(progress, steps, notes)
    result = TrainingResult(made.tables, (), {}, made.train_excess_sharpe)
    yield Finished(
        {**result.write(store, order.experiment_id, order.unit), "steps": steps},
        {"train_excess_sharpe": made.train_excess_sharpe, "kept_step": float(made.steps)},
    )


def calibrate_unit(order: UnitOrder, store: ArtefactStore) -> Iterator[Message]:
    """Measure how many steps a second are trained, and what a budget comes to in steps."""
    spec = order.spec
    series = read_candles(spec, store)
    parts = spec.parts(spec.points()[0])
    assert spec.budget_seconds is not None  # noqa: S101 - of every experiment with this task
    if spec.kind == "walk-forward":
        fold = plan_walk_forward(series, parts.windows, parts.agent.fill).folds[0]
        known = [one.train for one in fold.symbols if one.train is not None]
    else:
        split = split_of(parts, series)
        known = [part for one in series if (part := split.train(one)) is not None]
    trainer = Trainer(parts.agent, make_training_set(known, parts.agent), _seed(order))
    trainer.train(1)  # compiles
    yield Noted("Measuring how many steps the budget allows.")
    started, steps = time.monotonic(), 0
    while (taken := time.monotonic() - started) < _CALIBRATION_SECONDS:
        trainer.train(_CALIBRATION_STEPS)
        steps += _CALIBRATION_STEPS
    rate = steps / taken
    work = sum(unit.stage == WORK for unit in plan_units(spec, series))
    seconds = spec.budget_seconds * TRAINING_SHARE * min(order.side_by_side, work) / work
    yield Finished({"steps": max(1, int(rate * seconds))}, {"steps_per_second": rate})


def _report_training(
    order: UnitOrder,
    store: ArtefactStore,
    reports: Generator[Progress, None, TrainedAgent],
    notes: list[str],
) -> Generator[Message, None, TrainedAgent]:
    """Pass on what a training tells, and keep its moments; returns what it came to."""
    told = 0.0
    while True:
        try:
            progress = next(reports)
        except StopIteration as end:
            trained: TrainedAgent = end.value
            return trained
        yield from _drain(notes)
        now = time.monotonic()
        if now - told >= REPORT_SECONDS or progress.trace is not None:
            told = now
            yield Advanced(
                progress.step,
                progress.total,
                progress.loss,
                progress.steps_per_second,
                _metrics(progress.validation),
            )
        if progress.trace is not None:
            if order.spec.kind == "train" and progress.step < progress.total:
                _keep_moment(order, store, progress)
            yield Validated(
                progress.step, progress.total, _point(progress.validation, progress.trace)
            )


def _report_fold(
    progress: Generator[UnitProgress, None, UnitResult], steps: int, notes: list[str]
) -> Generator[Message, None, UnitResult]:
    started, told = time.monotonic(), 0.0
    first: int | None = None
    while True:
        try:
            done = next(progress)
        except StopIteration as end:
            made: UnitResult = end.value
            return made
        yield from _drain(notes)
        now = time.monotonic()
        if first is None:
            first, started = done.step, now
        if now - told >= REPORT_SECONDS or done.step == steps:
            told = now
            rate = (done.step - first) / (now - started) if now > started else None
            yield Advanced(done.step, steps, done.loss, rate)


def _drain(notes: list[str]) -> Iterator[Message]:
    yield from (Noted(text) for text in notes)
    notes.clear()


def _checkpoints(order: UnitOrder, store: ArtefactStore, notes: list[str]) -> StoredCheckpoints:
    return StoredCheckpoints(
        store,
        order.experiment_id,
        order.unit,
        order.fence,
        every_seconds=order.checkpoint_seconds,
        note=notes.append,
    )


def _keep_moment(order: UnitOrder, store: ArtefactStore, progress: Progress) -> None:
    arrays: list[NDArray[np.float32]] = progress.arrays()
    content = save({str(place): np.ascontiguousarray(a) for place, a in enumerate(arrays)})
    store.write(moment_name(order.experiment_id, order.unit, progress.step), content)


def _metrics(validation: ValidationResult | None) -> dict[str, float | None]:
    return {} if validation is None else validation.to_dict()


def _point(validation: ValidationResult | None, trace: ValidationTrace) -> dict[str, object]:
    """`ValidationPoint` of the contract."""
    metrics = _metrics(validation)
    names = ("sharpe", "buy_and_hold_sharpe", "total_return_fraction")
    return {
        **{name: metrics.get(name) for name in names},
        "exposures": list(trace.exposures),
        "exposure_fractions": list(trace.exposure_fractions),
        "time": trace.time.tolist(),
        "net_worth": np.round(trace.net_worth, 4).tolist(),
        "buy_and_hold_net_worth": np.round(trace.buy_and_hold_net_worth, 4).tolist(),
    }


def _steps(order: UnitOrder) -> int:
    assert order.steps is not None  # noqa: S101 - known before a unit that trains is enqueued
    return order.steps


def _seed(order: UnitOrder) -> int:
    assert order.seed is not None  # noqa: S101 - of every unit that trains
    return order.seed
