"""The model service asked over HTTP, as contracts/model_service.openapi.yaml describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from backend_service.errors import ModelServiceBadAnswer
from backend_service.model_client.answers import (
    read_aside,
    read_json,
    read_page,
    read_report,
    read_series,
)
from backend_service.model_client.connection import Connection
from backend_service.model_client.experiments import ExperimentsClient
from backend_service.model_client.generated import (
    Agent,
    AgentList,
    EvaluationList,
    Health,
    PredictFileResponse,
    PredictResponse,
    PreprocessResponse,
    SentimentResponse,
    SimulateResponse,
)
from backend_service.model_client.news import describe_news

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import httpx

    from backend_service.agents.question import AgentQuestion
    from backend_service.agents.scored_news import ScoredNews
    from backend_service.market_data.candles import Candles, PriceBasis
    from backend_service.model_client.service import ModelSeries, RawFile, WhileLoading
    from backend_service.settings import Settings
    from backend_service.signals.question import SignalQuestion
    from backend_service.telemetry.metrics import Metrics

_HEALTH_SECONDS: Final = 1.0
_JSON: Final = "application/json"
_HTML: Final = "text/html"


class ModelServiceClient:
    """:class:`backend_service.model_client.service.ModelService` over HTTP.

    Parameters
    ----------
    settings : Settings
        Address, timeouts and limits.
    metrics : Metrics
        Where failures are counted.
    transport : httpx.AsyncBaseTransport, optional
        Another way to the service than the network.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._quick_seconds = settings.model_quick_seconds
        self._predict_seconds = settings.model_predict_seconds
        self._evaluate_seconds = settings.model_evaluate_seconds
        self._sentiment_seconds = settings.model_sentiment_seconds
        self._preprocess_seconds = settings.model_preprocess_seconds
        self._connection = Connection(settings, metrics, transport)
        self._experiments = ExperimentsClient(settings, self._connection)

    @property
    def experiments(self) -> ExperimentsClient:
        return self._experiments

    async def preprocess(self, raw: RawFile) -> ModelSeries:
        query = {"file_name": raw.file_name, "repair": "true" if raw.repair else "false"}
        if raw.symbol is not None:
            query["symbol"] = raw.symbol
        if raw.column is not None:
            query["column"] = raw.column
        body = await self._connection.ask(
            "POST",
            "/preprocess",
            self._preprocess_seconds,
            params=query,
            content=raw.chunks,
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Length": str(raw.size),
            },
        )
        return await read_aside(body, lambda: read_series(body, PreprocessResponse))

    async def simulate(
        self, symbol: str, seed: int, start: date, end: date, interval: str
    ) -> ModelSeries:
        body = await self._connection.ask(
            "GET",
            "/simulate",
            self._quick_seconds,
            params={
                "symbol": symbol,
                "seed": str(seed),
                "start": start.isoformat(),
                "end": end.isoformat(),
                "interval": interval,
            },
        )
        return await read_aside(body, lambda: read_series(body, SimulateResponse))

    async def predict(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: SignalQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        request = {
            **_describe(symbol, price_basis, candles, question, news),
            "start": question.limits.start,
            "end": question.limits.end,
        }
        body = await self._ask_predict(request)

        def check() -> bytes:
            answer = read_json(body, PredictResponse)
            if answer.data_hash != candles.data_hash:
                raise ModelServiceBadAnswer("The model service decided on other candles than sent.")
            return body

        return await read_aside(body, check)

    async def predict_file(self, input_file: str) -> str:
        body = await self._ask_predict({"input_file": input_file})
        return read_json(body, PredictFileResponse).output_file

    async def agents(self) -> list[Agent]:
        return read_json(
            await self._connection.ask("GET", "/agents", self._quick_seconds), AgentList
        ).agents

    async def agent(self, agent_id: str) -> Agent:
        body = await self._connection.ask("GET", f"/agents/{agent_id}", self._quick_seconds)
        return read_json(body, Agent)

    async def promote_agent(self, agent_id: str) -> Agent:
        path = f"/agents/{agent_id}/promote"
        return read_json(await self._connection.ask("POST", path, self._quick_seconds), Agent)

    async def evaluate(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: AgentQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        request = _describe(symbol, price_basis, candles, question, news)
        body = await self._ask_evaluate(request, _JSON)

        def check() -> bytes:
            report = read_report(body)
            if [series.data_hash for series in report.passport.series] != [candles.data_hash]:
                raise ModelServiceBadAnswer("The model service evaluated other candles than sent.")
            return body

        return await read_aside(body, check)

    async def evaluate_page(
        self,
        symbol: str,
        price_basis: PriceBasis,
        candles: Candles,
        question: AgentQuestion,
        news: ScoredNews | None = None,
    ) -> bytes:
        request = _describe(symbol, price_basis, candles, question, news)
        return read_page(await self._ask_evaluate(request, _HTML))

    async def evaluations(self) -> EvaluationList:
        return read_json(
            await self._connection.ask("GET", "/evaluations", self._quick_seconds), EvaluationList
        )

    async def evaluation(self, evaluation_id: str) -> bytes:
        body = await self._ask_evaluation(evaluation_id, _JSON)

        def check() -> bytes:
            read_report(body)
            return body

        return await read_aside(body, check)

    async def evaluation_page(self, evaluation_id: str) -> bytes:
        return read_page(await self._ask_evaluation(evaluation_id, _HTML))

    async def score_texts(
        self, texts: Sequence[str], while_loading: WhileLoading = "lite"
    ) -> SentimentResponse:
        request = {"texts": list(texts), "while_loading": while_loading}
        body = await self._connection.ask(
            "POST",
            "/sentiment",
            self._sentiment_seconds,
            content=orjson.dumps(request),
            headers={"Content-Type": _JSON},
        )
        answer = read_json(body, SentimentResponse)
        if len(answer.scores) != len(texts):
            raise ModelServiceBadAnswer(
                f"The model service gave {len(answer.scores)} scores for {len(texts)} texts."
            )
        return answer

    async def check_health(self) -> None:
        read_json(await self._connection.ask("GET", "/healthz", _HEALTH_SECONDS), Health)

    async def close(self) -> None:
        await self._connection.close()

    async def _ask_predict(self, request: dict[str, Any]) -> bytes:
        content = orjson.dumps(request, option=orjson.OPT_SERIALIZE_NUMPY)
        headers = {"Content-Type": _JSON}
        return await self._connection.ask(
            "POST", "/predict", self._predict_seconds, content=content, headers=headers
        )

    async def _ask_evaluate(self, request: dict[str, Any], media_type: str) -> bytes:
        return await self._connection.ask(
            "POST",
            "/evaluate",
            self._evaluate_seconds,
            content=orjson.dumps(request, option=orjson.OPT_SERIALIZE_NUMPY),
            headers={"Content-Type": _JSON, "Accept": media_type},
        )

    async def _ask_evaluation(self, evaluation_id: str, media_type: str) -> bytes:
        path = f"/evaluations/{evaluation_id}"
        return await self._connection.ask(
            "GET", path, self._evaluate_seconds, headers={"Accept": media_type}
        )


def _describe(
    symbol: str,
    price_basis: PriceBasis,
    candles: Candles,
    question: AgentQuestion,
    news: ScoredNews | None,
) -> dict[str, Any]:
    request = {
        "symbol": symbol,
        "price_basis": price_basis,
        "candles": candles.to_columns(),
        "agent": question.agent,
        "cash": question.cash,
        "costs": {
            "commission_bps": question.commission_bps,
            "slippage_bps": question.slippage_bps,
        },
        "fill": question.fill,
    }
    if news is not None:
        request["news"] = describe_news(news)
    return request
