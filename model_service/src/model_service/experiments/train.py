"""Train an agent from candles to a folder that serves: resumable, and the same bits again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

import model_service
from model_service.artefacts.agents import StoredAgent, check_agent_folder, write_agent
from model_service.dqn.checkpoint import load_checkpoint, run_fingerprint, save_checkpoint
from model_service.dqn.config import AgentConfig
from model_service.dqn.policy import QFunction, make_q_function
from model_service.dqn.samples import TrainingSet, make_training_set
from model_service.dqn.trainer import Trainer, TrainerState
from model_service.errors import InvalidRequest
from model_service.evaluation.splits import Split
from model_service.evaluation.validation import (
    ValidationResult,
    ValidationTrace,
    make_validation_symbols,
    trace_validation,
    validate,
)
from model_service.experiments.training_config import MAX_STEPS
from model_service.market.candles import Candles

LOCAL_OWNER = "local"


@dataclass(frozen=True)
class TrainingRun:
    """What fixes a run: the same again gives the same weights.

    Attributes
    ----------
    series : sequence of Candles
        One a symbol; candles after the split's validation end are not read.
    split : Split
    config : AgentConfig
    seed : int
    steps : int
    lineage : str
        Line of work whose looks at unseen candles are counted together.
    """

    series: Sequence[Candles]
    split: Split
    config: AgentConfig
    seed: int
    steps: int
    lineage: str

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MAX_STEPS:
            raise InvalidRequest(
                f"`steps` is {self.steps}, not between 1 and {MAX_STEPS}.",
                field="steps",
                limit=MAX_STEPS,
            )
        if not 0 <= self.seed < 2**31:
            raise InvalidRequest(
                f"`seed` is {self.seed}, not between 0 and 2147483647.", field="seed", limit=2**31
            )


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


class Checkpoints(Protocol):
    """Where a run saves itself, and goes on from."""

    def load(self, fingerprint: str) -> TrainerState | None:
        """The furthest state of this run that can be read, None where there is none."""
        ...

    def is_due(self, step: int) -> bool:
        """Whether the run should save itself at this step."""
        ...

    def save(self, state: TrainerState, fingerprint: str) -> None: ...


@dataclass(frozen=True)
class CheckpointFile:
    """A checkpoint on disk, replaced every so many steps."""

    path: Path
    every_steps: int

    def load(self, fingerprint: str) -> TrainerState | None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return load_checkpoint(self.path, fingerprint)

    def is_due(self, step: int) -> bool:
        return step % self.every_steps == 0

    def save(self, state: TrainerState, fingerprint: str) -> None:
        save_checkpoint(self.path, state, fingerprint)


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


def describe_training(
    run: TrainingRun, agent_id: str, now: dt.datetime, result: ValidationResult
) -> dict[str, Any]:
    """The manifest of the agent that a run comes to."""
    known = [part for candles in run.series if (part := run.split.known(candles)) is not None]
    return {
        "id": agent_id,
        "name": agent_id.replace("-", " ").replace("_", " ").capitalize(),
        "owner_id": LOCAL_OWNER,
        "created_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "lineage": run.lineage,
        "symbols": [candles.symbol for candles in known],
        "datasets": [
            {
                "symbol": candles.symbol,
                "data_hash": candles.data_hash,
                "candles": len(candles),
                "start": int(candles.time[0]),
                "end": int(candles.time[-1]),
                "price_basis": candles.price_basis,
                "news_hash": candles.news_hash,
            }
            for candles in known
        ],
        "interval_seconds": int(np.median([candles.interval_seconds for candles in known])),
        "train": {
            "start": min(int(candles.time[0]) for candles in known),
            "end": run.split.train_end,
        },
        "validation": {"start": run.split.train_end + 1, "end": run.split.validation_end},
        "config": run.config.to_dict(),
        "sentiment_engine": _sentiment_engine(known),
        "feature_names": list(run.config.features.names),
        "seed": run.seed,
        "steps": run.steps,
        "code_version": model_service.__version__,
        "validation_metrics": {
            name: None if value is None else float(np.round(value, 6))
            for name, value in result.to_dict().items()
        },
    }


def _sentiment_engine(series: Sequence[Candles]) -> str | None:
    """What scored the news that was learned from; None where there is none."""
    engines = {f"{c.news.engine} {c.news.engine_version}" for c in series if c.news is not None}
    return engines.pop() if engines else None
