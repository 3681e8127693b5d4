"""Train an agent from candles to a folder that serves: resumable, and the same bits again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_service.artefacts.agents import StoredAgent, check_agent_folder, write_agent
from model_service.dqn.checkpoint import run_fingerprint
from model_service.dqn.policy import QFunction, make_q_function
from model_service.dqn.samples import TrainingSet, make_training_set
from model_service.dqn.trainer import Trainer
from model_service.evaluation.validation import (
    ValidationResult,
    ValidationTrace,
    make_validation_symbols,
    trace_validation,
    validate,
)
from model_service.experiments.training_checkpoints import CheckpointFile, Checkpoints
from model_service.experiments.training_run import TrainingRun, describe_training


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    step, total : int
    loss : float
        Mean over the steps since the report before.
    steps_per_second : float
    validation : ValidationResult or None
        The latest; None before the first.
    arrays : callable
        The weights of this moment, float32; to be asked for before the next report.
    trace : ValidationTrace or None
        Of this very step, where it was validated and traces were asked for.
    """

    step: int
    total: int
    loss: float
    steps_per_second: float
    validation: ValidationResult | None
    arrays: Callable[[], list[NDArray[np.float32]]]
    trace: ValidationTrace | None = None


@dataclass(frozen=True)
class Pace:
    """How often a run reports, validates and saves, in steps; the result does not depend on it."""

    report_steps: int = 50
    validation_steps: int = 2_000
    checkpoint_steps: int = 1_000


@dataclass(frozen=True)
class TrainedAgent:
    """What a run comes to.

    Attributes
    ----------
    manifest : mapping
        As `write_agent` takes it.
    arrays : sequence of float32 arrays
        The weights.
    ask : callable
        The agent's Q-values of features, as `make_q_function` gives it.
    """

    manifest: Mapping[str, Any]
    arrays: Sequence[NDArray[np.float32]]
    ask: QFunction


def train(
    run: TrainingRun,
    agent_id: str,
    *,
    now: dt.datetime,
    checkpoints: Checkpoints | None = None,
    pace: Pace | None = None,
    traced: bool = False,
    data: TrainingSet | None = None,
) -> Generator[Progress, None, TrainedAgent]:
    """Train and validate, step by step as it is iterated.

    Parameters
    ----------
    run : TrainingRun
    agent_id : str
    now : datetime
        Written into the manifest.
    checkpoints : Checkpoints, optional
    pace : Pace, optional
    traced : bool
        Whether reports of a validation carry its trace.
    data : TrainingSet, optional
        What `read_training_set` gave for this run.

    Yields
    ------
    Progress

    Returns
    -------
    TrainedAgent

    Raises
    ------
    TrainingDataError
        If the candles are too few.
    """
    pace = pace or Pace()
    data = read_training_set(run) if data is None else data
    trainer = Trainer(run.config, data, run.seed)
    symbols = make_validation_symbols(run.series, run.config, run.split)
    q_function = make_q_function(trainer.target, data.features.shape[1])
    fingerprint = run_fingerprint(run.config, data, run.seed)
    if checkpoints is not None:
        state = checkpoints.load(fingerprint)
        if state is not None and state.step <= run.steps:
            trainer.restore(state)
    result: ValidationResult | None = None
    started, first_step = time.monotonic(), trainer.step
    while trainer.step < run.steps:
        loss = trainer.train(_next_stop(trainer.step, run.steps, pace) - trainer.step)
        trace = None
        if trainer.step % pace.validation_steps == 0 or trainer.step == run.steps:
            result = validate(q_function, run.config, symbols)
            trace = trace_validation(q_function, run.config, symbols) if traced else None
        if checkpoints is not None and checkpoints.is_due(trainer.step):
            checkpoints.save(trainer.state(), fingerprint)
        rate = (trainer.step - first_step) / max(time.monotonic() - started, 1e-9)
        yield Progress(trainer.step, run.steps, loss, rate, result, trainer.target.arrays, trace)
    if result is None:  # the checkpoint was that of the last step
        result = validate(q_function, run.config, symbols)
    return TrainedAgent(
        describe_training(run, agent_id, now, result), trainer.target.arrays(), q_function
    )


def read_training_set(run: TrainingRun) -> TrainingSet:
    """What a run learns from.

    Raises
    ------
    TrainingDataError
        If the candles are too few.
    """
    trained_on = [part for candles in run.series if (part := run.split.train(candles)) is not None]
    return make_training_set(trained_on, run.config)


def train_agent(
    run: TrainingRun,
    folder: Path,
    *,
    now: dt.datetime,
    checkpoint: Path | None = None,
    pace: Pace | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> StoredAgent:
    """Train, validate and write an agent.

    Parameters
    ----------
    run : TrainingRun
    folder : Path
        The agent's folder; its name is the agent's id.
    now : datetime
        Written into the manifest.
    checkpoint : Path, optional
        Where the run saves itself and goes on from if it was interrupted; removed at the end.
    pace : Pace, optional
    on_progress : callable
        Called with every report.

    Raises
    ------
    InvalidRequest
        If the agent could not be written to the folder; known before the first step.
    TrainingDataError
        If the candles are too few.
    """
    pace = pace or Pace()
    data = read_training_set(run)
    check_agent_folder(folder)
    checkpoints = None if checkpoint is None else CheckpointFile(checkpoint, pace.checkpoint_steps)
    reports = train(run, folder.name, now=now, checkpoints=checkpoints, pace=pace, data=data)
    while True:
        try:
            on_progress(next(reports))
        except StopIteration as end:
            trained: TrainedAgent = end.value
            break
    stored = write_agent(folder, trained.manifest, trained.arrays)
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return stored


def _next_stop(step: int, total: int, pace: Pace) -> int:
    """The next step at which something is due."""
    periods = (pace.report_steps, pace.validation_steps, pace.checkpoint_steps)
    return min(total, *(period * (step // period + 1) for period in periods))
