"""What fixes an evaluation, and what its report says of it beside its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model_service.dqn.config import AgentConfig
from model_service.errors import InvalidRequest
from model_service.evaluation.assessment.ablation import assess_ablation
from model_service.evaluation.assessment.passport import Conditions
from model_service.evaluation.assessment.report import Circumstances, make_report
from model_service.evaluation.assessment.significance import Configurations
from model_service.evaluation.assessment.subject import Subject
from model_service.evaluation.protocols.ablation import Arm, count_news
from model_service.evaluation.protocols.plan import Plan
from model_service.evaluation.protocols.tdqn import COSTS
from model_service.evaluation.sealed import Looks
from model_service.evaluation.significance.bootstrap import BOOTSTRAP_SEED, DRAWS
from model_service.experiments.evaluation_plan import PlanRequest
from model_service.trading.costs import Costs
from model_service.trading.ledger import STARTING_CASH

MAX_SEEDS = 1_000

_TITLES = {
    "tdqn": "TDQN protocol",
    "walk-forward": "Walk-forward",
    "ablation": "News ablation",
    "holdout": "Holdout",
}


@dataclass(frozen=True, kw_only=True)
class ReportedRun:
    """What a report says of an evaluation beside its plan and its numbers.

    Attributes
    ----------
    config : AgentConfig
        `fill` gives way to that of the protocol.
    steps : int
        Training steps of every network.
    seeds : tuple of int
        Empty: baselines alone.
    lineage : str
        Line of work whose looks count together.
    configurations : Configurations
        What was compared to come to this one.
    code_version : str
    command : str or None
        What to type to run it again.
    agent, agent_hash : str or None
        Where one agent was evaluated and nothing trained.
    """

    config: AgentConfig
    steps: int
    seeds: tuple[int, ...]
    lineage: str
    configurations: Configurations
    code_version: str
    command: str | None
    agent: str | None = None
    agent_hash: str | None = None

    def __post_init__(self) -> None:
        if len(self.seeds) > MAX_SEEDS:
            raise InvalidRequest(
                f"`seeds` is {len(self.seeds)}, more than {MAX_SEEDS}.",
                field="seeds",
                limit=MAX_SEEDS,
            )


@dataclass(frozen=True, kw_only=True)
class EvaluationRun(ReportedRun):
    """What fixes an evaluation but its candles: those are named by the request."""

    request: PlanRequest


def costs_of(plan: Plan, config: AgentConfig) -> Costs:
    """The TDQN protocol charges its own whatever an agent was trained with."""
    return COSTS if plan.protocol == "tdqn" else config.costs


def report_evaluation(
    run: ReportedRun,
    plan: Plan,
    config: AgentConfig,
    subjects: Sequence[Subject],
    *,
    looks: Looks | None,
    train_excess: float | None,
    arms: Mapping[Arm, Sequence[Subject]] | None = None,
) -> dict[str, Any]:
    """The report of everything that was run on a plan, as `EvaluationReport` of the contract."""
    seeds = len(run.seeds)
    what = f"{seeds} {'seed' if seeds == 1 else 'seeds'}" if seeds else "baselines alone"
    return make_report(
        subjects,
        Conditions(
            protocol=plan.protocol,
            agent=run.agent,
            agent_hash=run.agent_hash,
            short=config.ladder.rungs[0] < 0.0,
            series=[symbol.read for symbol in plan.symbols],
            seeds=run.seeds,
            members=config.members if run.seeds else 0,
            steps=run.steps if run.seeds else None,
            config=config.to_dict() if run.seeds else None,
            cash=STARTING_CASH,
            costs=costs_of(plan, config),
            fill=plan.fill,
            draws=DRAWS,
            bootstrap_seed=BOOTSTRAP_SEED,
            code_version=run.code_version,
            command=run.command,
        ),
        Circumstances(
            title=f"{_TITLES[plan.protocol]}: {len(plan.symbols)} symbols, {what}",
            segments=plan.segments,
            warnings=_warnings(plan),
            looks=looks,
            configurations=run.configurations,
            train_excess_sharpe=train_excess,
            warm_up_candles=max(symbol.first_decision for symbol in plan.symbols),
        ),
        periods=plan.periods_per_year,
        ablation=None if arms is None else _ablation(plan, arms),
    )


def _ablation(plan: Plan, arms: Mapping[Arm, Sequence[Subject]]) -> dict[str, Any]:
    return assess_ablation(
        arms,
        [symbol.read for symbol in plan.symbols],
        count_news(plan),
        periods=plan.periods_per_year,
        draws=DRAWS,
        seed=BOOTSTRAP_SEED,
    )


def _warnings(plan: Plan) -> list[str]:
    mixed = [symbol.symbol for symbol in plan.symbols if symbol.test.price_basis == "mixed"]
    found = [
        "The symbols are companies and funds that were there to be chosen at the end: none of them "
        "failed, which flatters every long position, buy and hold first.",
        *plan.notes,
    ]
    if mixed:
        found.append(
            "Closes are adjusted for dividends and opens, highs and lows are not in "
            f"{', '.join(mixed)}: everything fills at closes, and the agent does not see ranges "
            "and gaps there."
        )
    return found
