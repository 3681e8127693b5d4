"""The model service as the rest of the gateway sees it: the seam at which tests put a fake."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Sequence
    from datetime import date

    from backend_service.agents.question import AgentQuestion
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.market_data.candles import Candles, PriceBasis
    from backend_service.model_client.generated import (
        Agent,
        EvaluationList,
        Issue,
        SentimentResponse,
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


class ModelService(Protocol):
    """What the gateway asks of the model service.

    Every method returns or raises :class:`backend_service.errors.ModelServiceError` within the
    client's timeout.
    """

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
