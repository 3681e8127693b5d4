"""The application on the tiny agent, and a client of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model_service.app import create_app
from model_service.artefacts.agents import AgentStore
from model_service.artefacts.store import ArtefactStore
from model_service.evaluation.sealed import open_looks
from model_service.market.candles import Candles
from model_service.sentiment.engines import Engines
from model_service.settings import Settings

COLUMNS = ("time", "open", "high", "low", "close", "volume")

Ask = Callable[..., TestResponse]


def _columns_of(candles: Candles) -> dict[str, list[float]]:
    """Candles as `CandleColumns` of the contract."""
    return {name: getattr(candles, name).tolist() for name in COLUMNS}


def _csv_of(candles: Candles) -> str:
    """Candles as a CSV that reads back to the same numbers."""
    rows = zip(
        candles.time.astype("datetime64[s]").astype("datetime64[D]").astype(str),
        *(getattr(candles, name).tolist() for name in COLUMNS[1:]),
        strict=True,
    )
    lines = [",".join(str(cell) for cell in row) for row in rows]
    return "\n".join(["Date,Open,High,Low,Close,Volume", *lines]) + "\n"


@pytest.fixture
def settings(tiny_agent_folder: Path) -> Settings:
    dataset = tiny_agent_folder / "dataset"
    dataset.mkdir()
    return Settings(
        agents_dir=tiny_agent_folder / "agents",
        dataset_dir=dataset,
        evaluations_dir=tiny_agent_folder / "evaluations",
        artefacts_url=str(tiny_agent_folder / "artefacts"),
        state_dir=tiny_agent_folder / "state",
        max_upload_bytes=1_000_000,
        max_body_bytes=2_000_000,
        max_candles=5_000,
        max_evaluated_candles=1_000,
        code_version="abc1234",
    )


@pytest.fixture
def app(settings: Settings, fake_engines: Callable[..., Engines]) -> Iterator[Flask]:
    looks = open_looks(settings.looks_url)
    yield create_app(
        settings,
        agents=AgentStore([settings.agents_dir], ArtefactStore(settings.artefacts_url)),
        looks=looks,
        engines=fake_engines(),
    )
    looks.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Ask:
    """Ask /predict inline: ``ask(candles, cash=1000, ...)``."""

    def post(candles: Candles, **terms: Any) -> TestResponse:
        body = {"symbol": candles.symbol, "candles": _columns_of(candles), **terms}
        return client.post("/predict", data=orjson.dumps(body), content_type="application/json")

    return post


def _problem_of(response: TestResponse, status: int, slug: str) -> dict[str, Any]:
    """The problem that a response has to be; checks what all problems have in common."""
    assert response.status_code == status, response.text[:500]
    assert response.content_type == "application/problem+json"
    problem: dict[str, Any] = response.get_json()
    assert problem["type"] == f"urn:bellwether:problem:{slug}"
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert problem["detail"].endswith(".")
    assert "Traceback" not in response.text
    return problem


@pytest.fixture
def columns_of() -> Callable[[Candles], dict[str, list[float]]]:
    return _columns_of


@pytest.fixture
def csv_of() -> Callable[[Candles], str]:
    return _csv_of


@pytest.fixture
def problem_of() -> Callable[[TestResponse, int, str], dict[str, Any]]:
    """``problem_of(response, 404, "agent-not-found")``."""
    return _problem_of
