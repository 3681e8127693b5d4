"""A unit that asks an agent what it thinks of candles that it never saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from model_service.artefacts.agents import AgentStore
from model_service.artefacts.store import ArtefactStore
from model_service.dqn.agent import build_agent
from model_service.evaluation.protocols.holdout import plan_holdout
from model_service.evaluation.protocols.unit import train_excess_sharpe
from model_service.evaluation.splits import Split
from model_service.experiments.compute.messages import Finished, Message, Noted
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.unit_results import TrainingResult
from model_service.experiments.specified_candles import read_candles
from model_service.settings import SHIPPED_AGENTS_DIR


def decide_unit(order: UnitOrder, store: ArtefactStore) -> Iterator[Message]:
    """Keep an agent's Q-values on the candles behind its validation."""
    spec = order.spec
    assert spec.agent is not None  # noqa: S101 - of every experiment with this task
    agents = AgentStore((Path(order.agents_dir), SHIPPED_AGENTS_DIR), store)
    agent = build_agent(agents.get(spec.agent))
    manifest = agent.stored.manifest
    split = Split(int(manifest["train"]["end"]), int(manifest["validation"]["end"]))
    series = [agent.sees(candles) for candles in read_candles(spec, store)]
    plan = plan_holdout(series, split, agent.config.fill)
    fold = None if plan is None else plan.folds[0]
    yield Noted(f"{agent.id} knows candles up to its validation; {len(series)} series are read.")
    tables = {}
    for symbol in fold.symbols if fold is not None else ():
        if symbol.scored is not None:
            tables[symbol.symbol] = agent.q_table(symbol.scored)[symbol.first :]
    result = TrainingResult(
        tables=tables,
        weights=(),
        manifest={},
        train_excess_sharpe=(
            None if fold is None else train_excess_sharpe(fold, agent.q_function, agent.config)
        ),
    )
    outcome = {
        **result.write(store, order.experiment_id, order.unit),
        "config": agent.config.to_dict(),
        "train_end": split.train_end,
        "validation_end": split.validation_end,
        "agent_hash": agent.stored.agent_hash,
        "lineage": str(manifest["lineage"]),
        "seed": int(manifest["seed"]),
        "steps": int(manifest["steps"]),
    }
    yield Finished(outcome, {})
