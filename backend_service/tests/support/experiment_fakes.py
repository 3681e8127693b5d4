"""Experiments for tests: a model service's, at the gateway's own typed seam."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backend_service.errors import ModelServiceRefusal
from backend_service.model_client.generated import (
    Experiment,
    ExperimentEstimate,
    ExperimentEvent,
    ExperimentEventPage,
    ExperimentPage,
    Unit,
    UnitPage,
)

if TYPE_CHECKING:
    from backend_service.errors import ModelServiceError, ProblemValue
    from backend_service.experiments.question import (
        ExperimentKind,
        ExperimentQuestion,
        ExperimentState,
    )
    from backend_service.market_data.candles import Candles

AT = "2024-06-10T12:00:00Z"


def make_experiment(experiment_id: str = "e1", **changes: object) -> dict[str, Any]:
    """An experiment of the contract's form, as JSON."""
    return {
        "id": experiment_id,
        "schema_version": 1,
        "owner_id": "local",
        "kind": "train",
        "name": "Mine",
        "state": "queued",
        "symbols": ["NHPC"],
        "created_at": AT,
        "started_at": None,
        "ended_at": None,
        "specification": {
            "series": [],
            "agent": None,
            "start": None,
            "end": None,
            "seeds": [0],
            "steps": 10,
            "budget_seconds": None,
            "config": {},
            "grid": None,
        },
        "code_version": "0",
        "units": {"total": 1, "queued": 1, "running": 0, "done": 0, "failed": 0, "cancelled": 0},
        "step": 0,
        "total": 10,
        "steps_per_second": None,
        "eta_seconds": None,
        "last_seen": None,
        "metrics": {},
        "result": None,
        "reason": None,
        "reused": False,
        **changes,
    }


def make_unit(index: int = 0) -> dict[str, Any]:
    """A unit of the contract's form, as JSON."""
    return {
        "index": index,
        "task": "train",
        "seed": 0,
        "fold": None,
        "point": {},
        "state": "queued",
        "step": 0,
        "total": 10,
        "attempts": 0,
        "started_at": None,
        "ended_at": None,
        "agent": None,
        "metrics": {},
        "reason": None,
    }


def make_event(event_id: int, kind: str = "progress", **changes: object) -> dict[str, Any]:
    """An event of the contract's form, as JSON."""
    return {
        "id": event_id,
        "at": AT,
        "kind": kind,
        "unit": 0,
        "state": None,
        "text": None,
        "step": event_id,
        "total": 10,
        "loss": None,
        "steps_per_second": None,
        "validation": None,
        **changes,
    }


def make_refusal(status: int, slug: str, **members: ProblemValue) -> ModelServiceRefusal:
    """A problem of the model service."""
    return ModelServiceRefusal(
        {
            "type": f"urn:bellwether:problem:{slug}",
            "title": "No",
            "status": status,
            "detail": f"It is {slug}.",
            **members,
        }
    )


@dataclass
class FakeModelExperiments:
    """Answers at once; a test may change what it answers, or have it fail.

    Attributes
    ----------
    candles : dict of str to Candles
        Those that were put, by hash.
    refusals : list of ModelServiceError
        Raised by `create` and `estimate`, one a call, the first first.
    failure : ModelServiceError or None
        Raised by every method while it is set.
    gate : asyncio.Event or None
        `events` waits for it while it is set.
    happened : dict of str to list of ExperimentEvent
        Events by experiment; an experiment that is not among them does not exist.
    ended : set of str
        Experiments to which nothing more will happen.
    asked : list of str
        Names of the methods that were called, in order.
    """

    candles: dict[str, Candles] = field(default_factory=dict)
    refusals: list[ModelServiceError] = field(default_factory=list)
    failure: ModelServiceError | None = None
    gate: asyncio.Event | None = None
    happened: dict[str, list[ExperimentEvent]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    questions: list[ExperimentQuestion] = field(default_factory=list)
    pages_asked: list[tuple[str, int]] = field(default_factory=list)
    listed: list[tuple[str | None, str | None, int, str | None]] = field(default_factory=list)
    units_asked: list[tuple[str, int, int]] = field(default_factory=list)
    running: set[str] = field(default_factory=set)

    def happen(self, experiment_id: str, *events: dict[str, Any]) -> None:
        """Let these events happen."""
        kept = self.happened.setdefault(experiment_id, [])
        kept.extend(ExperimentEvent.model_validate(event) for event in events)

    def end(self, experiment_id: str, event_id: int) -> None:
        """Let the event happen that ends the experiment."""
        self.happen(experiment_id, make_event(event_id, "state", unit=None, state="done"))
        self.ended.add(experiment_id)

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if self.failure is not None:
            raise self.failure

    def _require(self, experiment_id: str) -> None:
        if experiment_id not in self.happened:
            raise make_refusal(404, "experiment-not-found")

    def _question(self, question: ExperimentQuestion) -> None:
        self.questions.append(question)
        if self.refusals:
            raise self.refusals.pop(0)

    async def has_candles(self, data_hash: str) -> bool:
        self._ask("has_candles")
        return data_hash in self.candles

    async def put_candles(self, candles: Candles) -> None:
        self._ask("put_candles")
        self.candles[candles.data_hash] = candles

    async def create(self, question: ExperimentQuestion) -> Experiment:
        self._ask("create")
        self._question(question)
        experiment = make_experiment(f"e{len(self.questions)}", kind=question.kind)
        self.happened.setdefault(experiment["id"], [])
        return Experiment.model_validate(experiment)

    async def estimate(self, question: ExperimentQuestion) -> ExperimentEstimate:
        self._ask("estimate")
        self._question(question)
        return ExperimentEstimate(
            units=1, steps=10, total_steps=10, seconds=1, steps_per_second=10, measured=False
        )

    async def page(
        self,
        state: ExperimentState | None,
        kind: ExperimentKind | None,
        limit: int,
        after: str | None,
    ) -> ExperimentPage:
        self._ask("page")
        self.listed.append((state, kind, limit, after))
        experiments = [make_experiment(each) for each in self.happened]
        return ExperimentPage.model_validate({"experiments": experiments, "more": False})

    async def one(self, experiment_id: str) -> Experiment:
        self._ask("one")
        self._require(experiment_id)
        return Experiment.model_validate(make_experiment(experiment_id))

    async def cancel(self, experiment_id: str) -> Experiment:
        self._ask("cancel")
        self._require(experiment_id)
        return Experiment.model_validate(make_experiment(experiment_id, state="cancelling"))

    async def remove(self, experiment_id: str) -> Experiment | None:
        self._ask("remove")
        self._require(experiment_id)
        if experiment_id in self.running:
            return await self.cancel(experiment_id)
        del self.happened[experiment_id]
        return None

    async def units(self, experiment_id: str, limit: int, after: int) -> UnitPage:
        self._ask("units")
        self._require(experiment_id)
        self.units_asked.append((experiment_id, limit, after))
        return UnitPage(units=[Unit.model_validate(make_unit())], more=False)

    async def events(self, experiment_id: str, limit: int, after: int) -> ExperimentEventPage:
        if self.gate is not None:
            await self.gate.wait()
        self._ask("events")
        self._require(experiment_id)
        self.pages_asked.append((experiment_id, after))
        behind = [event for event in self.happened[experiment_id] if event.id > after]
        page = behind[:limit]
        return ExperimentEventPage(
            events=page,
            last_id=page[-1].id if page else after,
            ended=experiment_id in self.ended and len(page) == len(behind),
        )
