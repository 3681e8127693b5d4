"""The model service as the rest of the gateway sees it: the seam at which tests put a fake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Sequence
    from datetime import date

    from backend_service.agents.question import AgentQuestion
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.experiments.question import (
        ExperimentKind,
        ExperimentQuestion,
        ExperimentState,
    )
    from backend_service.market_data.candles import Candles, PriceBasis
    from backend_service.model_client.generated import (
        Agent,
        EvaluationList,
        Experiment,
        ExperimentEstimate,
        ExperimentEventPage,
        ExperimentPage,
        Issue,
        SentimentResponse,
        UnitPage,
    )
    from backend_service.signals.question import SignalQuestion

WhileLoading = Literal["lite", "wait"]
"""Who scores while FinBERT is being loaded: the small engine, or nobody."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """An uploaded file on its way to ``/preprocess``.

    Attributes
    ----------
    chunks : asynchronous iterable of bytes
        Its content, read once.
    size : int
        Its length in bytes.
    symbol, column : str or None
    repair : bool
        As the contract's parameters of the same names.
    """

    chunks: AsyncIterable[bytes]
    size: int
    file_name: str
    symbol: str | None = None
    column: str | None = None
    repair: bool = False


@dataclass(frozen=True, slots=True)
class ModelSeries:
    """Candles that the model service read or invented; their hash has been checked."""

    symbol: str
    interval: str
    price_basis: PriceBasis
    currency: str | None
    timezone: str | None
    candles: Candles
    issues: Sequence[Issue] = field(default_factory=tuple)


class ModelExperiments(Protocol):
    """What the gateway asks of the model service about experiments.

    Every method returns or raises :class:`backend_service.errors.ModelServiceError` within the
    client's timeout.
    """

    async def has_candles(self, data_hash: str) -> bool:
        """Whether candles of that hash are there."""
        ...

    async def put_candles(self, candles: Candles) -> None:
        """Store candles under their hash; those that are there stay as they are."""
        ...

    async def create(self, question: ExperimentQuestion) -> Experiment:
        """Queue an experiment, or find the one that did the same before."""
        ...

    async def estimate(self, question: ExperimentQuestion) -> ExperimentEstimate:
        """What an experiment would take."""
        ...

    async def page(
        self,
        state: ExperimentState | None,
        kind: ExperimentKind | None,
        limit: int,
        after: str | None,
    ) -> ExperimentPage:
        """At most `limit` experiments that are older than `after`, the newest first."""
        ...

    async def one(self, experiment_id: str) -> Experiment:
        """One experiment."""
        ...

    async def cancel(self, experiment_id: str) -> Experiment:
        """Stop an experiment; one that has ended stays as it is."""
        ...

    async def remove(self, experiment_id: str) -> Experiment | None:
        """None where it was removed; an experiment that had not ended and is being cancelled."""
        ...

    async def units(self, experiment_id: str, limit: int, after: int) -> UnitPage:
        """At most `limit` units with a higher index than `after`."""
        ...

    async def events(self, experiment_id: str, limit: int, after: int) -> ExperimentEventPage:
        """At most `limit` events with a higher id than `after`, in order."""
        ...


class ModelService(Protocol):
    """What the gateway asks of the model service.

    Every method returns or raises :class:`backend_service.errors.ModelServiceError` within the
    client's timeout.
    """

    @property
    def experiments(self) -> ModelExperiments:
        """Its experiments."""
        ...

    async def preprocess(self, raw: RawFile) -> ModelSeries:
        """Canonical candles and issues of a raw file."""
        ...

    async def simulate(
        self, symbol: str, seed: int, start: date, end: date, interval: str
    ) -> ModelSeries:
        """Candles of a simulated market, the same for the same arguments."""
        ...

    async def predict(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: SignalQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        """A valid ``PredictResponse`` of these candles, as the bytes that came.

        `news` is for agents that read it.
        """
        ...

    async def predict_file(self, input_file: str) -> str:
        """Write the results of a file of the dataset folder; the results file's name."""
        ...

    async def agents(self) -> list[Agent]:
        """All agents, the default first."""
        ...

    async def agent(self, agent_id: str) -> Agent:
        """One agent."""
        ...

    async def promote_agent(self, agent_id: str) -> Agent:
        """Make that agent the default one."""
        ...

    async def evaluate(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: AgentQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        """A valid ``EvaluationReport`` on these candles, as the bytes that came."""
        ...

    async def evaluate_page(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: AgentQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        """The same report as an HTML page, UTF-8."""
        ...

    async def evaluations(self) -> EvaluationList:
        """The reports that are kept."""
        ...

    async def evaluation(self, evaluation_id: str) -> bytes:
        """A kept report, valid, as the bytes that came."""
        ...

    async def evaluation_page(self, evaluation_id: str) -> bytes:
        """A kept report as an HTML page, UTF-8."""
        ...

    async def score_texts(
        self, texts: Sequence[str], while_loading: WhileLoading = "lite"
    ) -> SentimentResponse:
        """One score for each text (at most 1,000, none blank), in order, all of one engine."""
        ...

    async def check_health(self) -> None:
        """Return where the service's process answers; waits about a second at most."""
        ...

    async def close(self) -> None:
        """Give up all connections."""
        ...
