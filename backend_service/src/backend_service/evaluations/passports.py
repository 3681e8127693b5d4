"""An evaluation run again from its passport, on what the passport names and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

import orjson

from backend_service.agents.question import AgentQuestion
from backend_service.answers import Answer
from backend_service.errors import InvalidRequest, PassportOutdated

_CONDITIONS = (
    "may_trade",
    "seeds",
    "members",
    "steps",
    "config",
    "draws",
    "bootstrap_seed",
    "news_hash",
)
"""What a passport says beside candles, agent and terms, and cannot be chosen at a run."""

if TYPE_CHECKING:
    from backend_service.agents.service import AgentService
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.market_data.series import SeriesHead
    from backend_service.model_client.generated import (
        Agent,
        EvaluatedSeries,
        EvaluationPassport,
    )
    from backend_service.model_client.service import ModelService
    from backend_service.news.for_agents import AgentNews


class PassportService:
    """Evaluates anew, never from a cache: the point is to see the same numbers come out."""

    def __init__(
        self,
        library: SeriesLibrary,
        agents: AgentService,
        model: ModelService,
        news: AgentNews,
    ) -> None:
        self._library = library
        self._agents = agents
        self._model = model
        self._news = news

    async def run_again(self, passport: EvaluationPassport) -> Answer:
        """The report of the same agent on the same candles with the same terms.

        Raises
        ------
        InvalidRequest
            The passport is of a protocol, which is run from the command line or as an experiment,
            or names no agent or not exactly one series.
        PassportOutdated
            The candles, the agent or the news that it reads are no longer those of the passport.
        """
        named, agent_id = _read_subject(passport)
        series = await self._library.load(named.symbol, None)
        _require_same_candles(series.head, named)
        agent = await self._agents.one(agent_id)
        _require_same_agent(agent, passport)
        question = AgentQuestion(
            agent_id,
            passport.cash,
            passport.commission_bps,
            passport.slippage_bps,
            passport.fill,
        )
        news = await self._news.read(series.head, agent)
        body = await self._model.evaluate(
            named.symbol, series.head.price_basis, series.candles, question, news
        )
        _require_same_conditions(orjson.loads(body)["passport"], passport)
        return Answer.of(body)


def _require_run_here(passport: EvaluationPassport) -> None:
    match passport.protocol:
        case "agent":
            return
        case "tdqn" | "walk-forward" | "ablation":
            how = "from the command line"
        case "holdout":
            how = "by starting its experiment again"
        case _:
            assert_never(passport.protocol)
    command = f": type `{passport.command}`" if passport.command else ""
    raise InvalidRequest(
        f"A passport of the protocol {passport.protocol} is run again {how}{command}.",
        field="protocol",
    )


def _read_subject(passport: EvaluationPassport) -> tuple[EvaluatedSeries, str]:
    _require_run_here(passport)
    if passport.agent is None or passport.agent_hash is None:
        raise InvalidRequest(
            "The passport does not name the agent and its hash.",
            field="agent" if passport.agent is None else "agent_hash",
        )
    if len(passport.series) != 1:
        raise InvalidRequest(
            f"The passport of an agent's evaluation names one series, not {len(passport.series)}.",
            field="series",
        )
    return passport.series[0], passport.agent


def _require_same_candles(head: SeriesHead, named: EvaluatedSeries) -> None:
    if head.data_hash != named.data_hash:
        raise PassportOutdated(
            f"The candles of {head.symbol} are no longer those of the passport: there are "
            f"{head.count} with hash {head.data_hash[:12]}, and the passport names "
            f"{named.candles} with hash {named.data_hash[:12]}.",
            field="series",
        )
    if head.price_basis != named.price_basis:
        raise PassportOutdated(
            f"The prices of {head.symbol} are {head.price_basis} now and were "
            f"{named.price_basis} when the passport was written.",
            field="series",
        )


def _require_same_agent(agent: Agent, passport: EvaluationPassport) -> None:
    if agent.agent_hash != passport.agent_hash:
        raise PassportOutdated(
            f"The agent {agent.id} is no longer that of the passport: its hash is "
            f"{agent.agent_hash[:12]}, and the passport names {str(passport.agent_hash)[:12]}.",
            field="agent_hash",
        )


def _require_same_conditions(found: dict[str, Any], passport: EvaluationPassport) -> None:
    """Refuse to pass another run off as that of the passport."""
    asked = passport.model_dump(mode="json")
    for name in _CONDITIONS:
        if found.get(name) != asked[name]:
            raise PassportOutdated(
                f"`{name}` of the passport is not what this agent is evaluated with.", field=name
            )
