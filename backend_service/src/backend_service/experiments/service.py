"""Experiments in the gateway's words: symbols and days instead of hashes and seconds."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from backend_service.errors import InvalidRequest, ModelServiceRefusal
from backend_service.experiments.question import ExperimentQuestion
from backend_service.experiments.supply import NewsWanted
from backend_service.market_data.ranges import read_range

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from backend_service.agents.service import AgentService
    from backend_service.experiments.question import ExperimentKind, ExperimentState
    from backend_service.experiments.schemas import NewExperiment
    from backend_service.experiments.supply import SeriesSupply
    from backend_service.model_client.generated import (
        Experiment,
        ExperimentEstimate,
        ExperimentPage,
        UnitPage,
    )
    from backend_service.model_client.service import ModelExperiments

T = TypeVar("T")

_SERIES_FIELD: Final = re.compile(r"series((\.[0-9]+)?)(\..*)?")
_NEWS_SPANS: Final = ("features", "news_spans")


class ExperimentService:
    """Asks the model service for experiments and about them.

    Parameters
    ----------
    supply : SeriesSupply
    agents : AgentService
    model : ModelExperiments
    """

    def __init__(self, supply: SeriesSupply, agents: AgentService, model: ModelExperiments) -> None:
        self._supply = supply
        self._agents = agents
        self._model = model

    async def create(self, new: NewExperiment) -> Experiment:
        """Queue an experiment, or find the one that did the same before.

        Raises
        ------
        InvalidRequest
            It asks for both steps and seconds, for days without candles, or for a symbol twice.
        SymbolNotFound
            No source knows one of the symbols.
        ModelServiceRefusal
            The model service does not take it; the field is that of the gateway's request.
        """
        return await self._ask(new, self._model.create)

    async def estimate(self, new: NewExperiment) -> ExperimentEstimate:
        """What it would take; refused as :meth:`create` refuses it."""
        return await self._ask(new, self._model.estimate)

    async def page(
        self,
        state: ExperimentState | None,
        kind: ExperimentKind | None,
        limit: int,
        after: str | None,
    ) -> ExperimentPage:
        """At most `limit` experiments that are older than `after`, the newest first."""
        return await self._model.page(state, kind, limit, after)

    async def one(self, experiment_id: str) -> Experiment:
        """One experiment."""
        return await self._model.one(experiment_id)

    async def units(self, experiment_id: str, limit: int, after: int) -> UnitPage:
        """At most `limit` of its units with a higher index than `after`."""
        return await self._model.units(experiment_id, limit, after)

    async def cancel(self, experiment_id: str) -> Experiment:
        """Stop an experiment; one that has ended stays as it is."""
        return await self._model.cancel(experiment_id)

    async def remove(self, experiment_id: str) -> Experiment | None:
        """None where it was removed with its agents; else it is being cancelled."""
        cancelled = await self._model.remove(experiment_id)
        self._agents.forget()
        return cancelled

    async def _ask(
        self, new: NewExperiment, ask: Callable[[ExperimentQuestion], Awaitable[T]]
    ) -> T:
        question = await self._read(new)
        try:
            return await ask(question)
        except ModelServiceRefusal as refusal:
            if not _misses_candles(refusal):
                raise _in_own_words(refusal) from refusal
        # It had these candles a while ago and has lost them since.
        self._supply.forget(question.series)
        try:
            return await ask(await self._read(new))
        except ModelServiceRefusal as refusal:
            raise _in_own_words(refusal) from refusal

    async def _read(self, new: NewExperiment) -> ExperimentQuestion:
        if new.steps is not None and new.budget_seconds is not None:
            raise InvalidRequest(
                "`budget_seconds`: an experiment has either `steps` or `budget_seconds`.",
                field="budget_seconds",
            )
        limits = read_range(new.start, new.end)
        wanted = await self._choose_news(new)
        return ExperimentQuestion(
            kind=new.kind,
            series=await self._supply.provide(new.symbols, limits, wanted),
            limits=limits,
            seeds=new.seeds,
            steps=new.steps,
            budget_seconds=new.budget_seconds,
            config=new.config,
            grid=new.grid,
            agent=new.agent,
            name=new.name,
            idempotency_key=new.idempotency_key,
        )

    async def _choose_news(self, new: NewExperiment) -> NewsWanted | None:
        """An agent that exists reads what it was trained on; others what they are to learn."""
        if new.kind == "evaluate" and new.agent is not None:
            try:
                agent = await self._agents.one(new.agent)
            except ModelServiceRefusal as refusal:
                raise refusal.about("agent") from refusal
            return NewsWanted(agent.sentiment_engine) if agent.reads_news else None
        return NewsWanted(None) if _learns_from_news(new) else None


def _learns_from_news(new: NewExperiment) -> bool:
    section, name = _NEWS_SPANS
    features: Any = new.config.get(section)
    tried = (new.grid or {}).get(f"{section}.{name}", [])
    return any(tried) or (isinstance(features, dict) and bool(features.get(name)))


def _misses_candles(refusal: ModelServiceRefusal) -> bool:
    is_about_series = _SERIES_FIELD.fullmatch(refusal.refused_field or "") is not None
    return refusal.refused_status == HTTPStatus.NOT_FOUND and is_about_series


def _in_own_words(refusal: ModelServiceRefusal) -> ModelServiceRefusal:
    """The gateway's request has symbols where the model service's has series."""
    named = _SERIES_FIELD.fullmatch(refusal.refused_field or "")
    return refusal.about(f"symbols{named[1]}") if named else refusal
