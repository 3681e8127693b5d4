"""Experiments of the model service over HTTP."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson

from backend_service.errors import ModelServiceBadAnswer, ModelServiceRefusal
from backend_service.model_client.answers import read_aside, read_json
from backend_service.model_client.generated import (
    Dataset,
    Experiment,
    ExperimentEstimate,
    ExperimentEventPage,
    ExperimentPage,
    UnitPage,
)
from backend_service.model_client.news import describe_news

if TYPE_CHECKING:
    from backend_service.experiments.question import (
        ExperimentKind,
        ExperimentQuestion,
        ExperimentSeries,
        ExperimentState,
    )
    from backend_service.market_data.candles import Candles
    from backend_service.model_client.connection import Connection
    from backend_service.settings import Settings

_JSON: Final = "application/json"
_PARQUET: Final = "application/vnd.apache.parquet"


class ExperimentsClient:
    """:class:`backend_service.model_client.service.ModelExperiments` over HTTP.

    Parameters
    ----------
    settings : Settings
        Timeouts.
    connection : Connection
        Closed by its owner.
    """

    def __init__(self, settings: Settings, connection: Connection) -> None:
        self._quick_seconds = settings.model_quick_seconds
        self._experiment_seconds = settings.model_experiment_seconds
        self._dataset_seconds = settings.model_dataset_seconds
        self._connection = connection

    async def has_candles(self, data_hash: str) -> bool:
        try:
            body = await self._connection.ask("GET", f"/datasets/{data_hash}", self._quick_seconds)
        except ModelServiceRefusal as refusal:
            if refusal.refused_status == HTTPStatus.NOT_FOUND:
                return False
            raise
        _require_same_candles(read_json(body, Dataset), data_hash)
        return True

    async def put_candles(self, candles: Candles) -> None:
        content = await asyncio.to_thread(candles.to_parquet)
        body = await self._connection.ask(
            "PUT",
            f"/datasets/{candles.data_hash}",
            self._dataset_seconds,
            content=content,
            headers={"Content-Type": _PARQUET},
        )
        _require_same_candles(read_json(body, Dataset), candles.data_hash)

    async def create(self, question: ExperimentQuestion) -> Experiment:
        return read_json(await self._send("/experiments", question), Experiment)

    async def estimate(self, question: ExperimentQuestion) -> ExperimentEstimate:
        return read_json(await self._send("/experiments/estimate", question), ExperimentEstimate)

    async def page(
        self,
        state: ExperimentState | None,
        kind: ExperimentKind | None,
        limit: int,
        after: str | None,
    ) -> ExperimentPage:
        params = {"state": state, "kind": kind, "limit": str(limit), "after": after}
        body = await self._connection.ask(
            "GET",
            "/experiments",
            self._quick_seconds,
            params={name: value for name, value in params.items() if value is not None},
        )
        return read_json(body, ExperimentPage)

    async def one(self, experiment_id: str) -> Experiment:
        path = f"/experiments/{experiment_id}"
        return read_json(await self._connection.ask("GET", path, self._quick_seconds), Experiment)

    async def cancel(self, experiment_id: str) -> Experiment:
        path = f"/experiments/{experiment_id}/cancel"
        body = await self._connection.ask("POST", path, self._experiment_seconds)
        return read_json(body, Experiment)

    async def remove(self, experiment_id: str) -> Experiment | None:
        path = f"/experiments/{experiment_id}"
        body = await self._connection.ask("DELETE", path, self._experiment_seconds)
        return read_json(body, Experiment) if body else None  # 202 has a body, 204 has none

    async def units(self, experiment_id: str, limit: int, after: int) -> UnitPage:
        body = await self._connection.ask(
            "GET",
            f"/experiments/{experiment_id}/units",
            self._quick_seconds,
            params={"limit": str(limit), "after": str(after)},
        )
        return read_json(body, UnitPage)

    async def events(self, experiment_id: str, limit: int, after: int) -> ExperimentEventPage:
        body = await self._connection.ask(
            "GET",
            f"/experiments/{experiment_id}/events",
            self._quick_seconds,
            params={"limit": str(limit), "after": str(after)},
            headers={"Accept": _JSON},
        )
        return await read_aside(body, lambda: read_json(body, ExperimentEventPage))

    async def _send(self, path: str, question: ExperimentQuestion) -> bytes:
        return await self._connection.ask(
            "POST",
            path,
            self._experiment_seconds,
            content=orjson.dumps(_describe(question)),
            headers={"Content-Type": _JSON},
        )


def _describe(question: ExperimentQuestion) -> dict[str, Any]:
    """The request of the contract; what was left out is left out here too."""
    request = {
        "kind": question.kind,
        "series": [_describe_series(series) for series in question.series],
        "start": question.limits.start,
        "end": question.limits.end,
        "seeds": question.seeds,
        "steps": question.steps,
        "budget_seconds": question.budget_seconds,
        "config": question.config,
        "grid": question.grid,
        "agent": question.agent,
        "name": question.name,
        "idempotency_key": question.idempotency_key,
    }
    return {name: value for name, value in request.items() if value is not None}


def _describe_series(series: ExperimentSeries) -> dict[str, Any]:
    described: dict[str, Any] = {
        "symbol": series.symbol,
        "data_hash": series.data_hash,
        "price_basis": series.price_basis,
    }
    if series.news is not None:
        described["news"] = describe_news(series.news)
    return described


def _require_same_candles(dataset: Dataset, data_hash: str) -> None:
    if dataset.data_hash != data_hash:
        raise ModelServiceBadAnswer("The model service has stored other candles than sent.")
