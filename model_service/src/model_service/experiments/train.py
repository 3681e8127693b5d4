"""Train an agent from candles to a folder that serves: resumable, and the same bits again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import model_service
from model_service.artefacts.agents import StoredAgent, check_agent_folder, write_agent
from model_service.dqn.checkpoint import load_checkpoint, run_fingerprint, save_checkpoint
from model_service.dqn.config import AgentConfig
from model_service.dqn.policy import make_q_function
from model_service.dqn.samples import make_training_set
from model_service.dqn.trainer import Trainer
from model_service.errors import InvalidRequest
from model_service.evaluation.splits import Split
from model_service.evaluation.validation import (
    ValidationResult,
    make_validation_symbols,
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
    """How far a run is."""

    step: int
    total: int
    loss: float
    steps_per_second: float
    validation: ValidationResult | None


@dataclass(frozen=True)
class Pace:
    """How often a run reports, validates and saves, in steps; the result does not depend on it."""

    report_steps: int = 50
    validation_steps: int = 2_000
    checkpoint_steps: int = 1_000


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
    trained_on = [part for candles in run.series if (part := run.split.train(candles)) is not None]
    data = make_training_set(trained_on, run.config)
    check_agent_folder(folder)
    trainer = Trainer(run.config, data, run.seed)
    symbols = make_validation_symbols(run.series, run.config, run.split)
    q_function = make_q_function(trainer.target, data.features.shape[1])
    fingerprint = run_fingerprint(run.config, data, run.seed)
    if checkpoint is not None:
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        state = load_checkpoint(checkpoint, fingerprint)
        if state is not None and state.step <= run.steps:
            trainer.restore(state)
    result: ValidationResult | None = None
    started, first_step = time.monotonic(), trainer.step
    while trainer.step < run.steps:
        loss = trainer.train(_next_stop(trainer.step, run.steps, pace) - trainer.step)
        if trainer.step % pace.validation_steps == 0 or trainer.step == run.steps:
            result = validate(q_function, run.config, symbols)
        if checkpoint is not None and trainer.step % pace.checkpoint_steps == 0:
            save_checkpoint(checkpoint, trainer.state(), fingerprint)
        rate = (trainer.step - first_step) / max(time.monotonic() - started, 1e-9)
        on_progress(Progress(trainer.step, run.steps, loss, rate, result))
    if result is None:  # the checkpoint was that of the last step
        result = validate(q_function, run.config, symbols)
    stored = write_agent(folder, _manifest(run, folder.name, now, result), trainer.target.arrays())
    if checkpoint is not None:
        checkpoint.unlink(missing_ok=True)
    return stored


def _next_stop(step: int, total: int, pace: Pace) -> int:
    """The next step at which something is due."""
    periods = (pace.report_steps, pace.validation_steps, pace.checkpoint_steps)
    return min(total, *(period * (step // period + 1) for period in periods))


def _manifest(
    run: TrainingRun, agent_id: str, now: dt.datetime, result: ValidationResult
) -> dict[str, Any]:
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
