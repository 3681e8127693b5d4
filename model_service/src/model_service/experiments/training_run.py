"""What fixes a training, and the manifest of the agent that it comes to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import model_service
from model_service.artefacts.promotion import OWNER_ID
from model_service.dqn.config import AgentConfig
from model_service.errors import InvalidRequest
from model_service.evaluation.splits import Split
from model_service.evaluation.validation import ValidationResult
from model_service.experiments.training_config import MAX_STEPS
from model_service.market.candles import Candles


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


def describe_training(
    run: TrainingRun, agent_id: str, now: dt.datetime, result: ValidationResult
) -> dict[str, Any]:
    """The manifest of the agent that a run comes to."""
    known = [part for candles in run.series if (part := run.split.known(candles)) is not None]
    return {
        "id": agent_id,
        "name": agent_id.replace("-", " ").replace("_", " ").capitalize(),
        "owner_id": OWNER_ID,
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
