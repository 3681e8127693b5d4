"""The token that the model service asks for."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import httpx
import pytest
import structlog
from gateway_fakes import connect, make_candles
from pydantic import SecretStr
from structlog.testing import capture_logs

from backend_service.agents.question import AgentQuestion
from backend_service.app import create_app
from backend_service.errors import ModelServiceError, ModelServiceTokenRefused
from backend_service.market_data.ranges import TimeRange
from backend_service.model_client.client import ModelServiceClient
from backend_service.model_client.service import RawFile
from backend_service.settings import Settings
from backend_service.signals.question import SignalQuestion
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from fastapi import FastAPI
    from structlog.typing import EventDict

pytestmark = pytest.mark.anyio

TOKEN = "t0ken/+=" * 3
SIGNALS = SignalQuestion("default", 1_000.0, 10.0, 0.0, "next_open", TimeRange(None, 10**10))
EVALUATION = AgentQuestion("default", 1_000.0, 5.0, 1.0, "next_close")
REFUSAL = {
    "type": "urn:bellwether:problem:token-refused",
    "title": "The service asks for its token",
    "status": 401,
    "detail": "The request does not show the service's token.",
}


@pytest.fixture
def told() -> Iterator[list[EventDict]]:
    """What is logged, which other tests of the gateway keep quiet."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    with capture_logs() as logs:
        yield logs
    structlog.configure(wrapper_class=before)


async def read_nothing() -> AsyncIterator[bytes]:
    yield b"Date,Close\n"


QUESTIONS = {
    "agents": lambda client: client.agents(),
    "agent": lambda client: client.agent("default"),
    "upload": lambda client: client.preprocess(RawFile(read_nothing(), 11, "NHPC.csv")),
    "predict": lambda client: client.predict("NHPC", "raw", make_candles(3), SIGNALS),
    "evaluation page": lambda client: client.evaluate_page(
        "NHPC", "raw", make_candles(3), EVALUATION
    ),
    "sentiment": lambda client: client.score_texts(["good"]),
    "health": lambda client: client.check_health(),
    "has candles": lambda client: client.experiments.has_candles("0" * 64),
    "put candles": lambda client: client.experiments.put_candles(make_candles(3)),
    "events": lambda client: client.experiments.events("e1", limit=10, after=0),
}


def refuse_all(seen: list[httpx.Request]) -> httpx.MockTransport:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        headers = {"content-type": "application/problem+json", "www-authenticate": "Bearer"}
        return httpx.Response(401, content=json.dumps(REFUSAL), headers=headers)

    return httpx.MockTransport(handle)


@pytest.mark.parametrize("name", QUESTIONS)
async def test_every_question_shows_the_token(name: str, told: list[EventDict]) -> None:
    seen: list[httpx.Request] = []
    settings = Settings(model_service_token=SecretStr(TOKEN))
    client = ModelServiceClient(settings, Metrics(), refuse_all(seen))
    ask: Callable[[ModelServiceClient], Awaitable[object]] = QUESTIONS[name]
    with pytest.raises(ModelServiceTokenRefused, match="same in both"):
        await ask(client)
    (request,) = seen
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    (line,) = [line for line in told if line["event"] == "model_service_token_differs"]
    assert line["log_level"] == "error"
    assert "MODEL_SERVICE_TOKEN" in line["detail"]
    assert TOKEN not in str(told)


async def test_without_a_token_none_is_shown() -> None:
    seen: list[httpx.Request] = []
    client = ModelServiceClient(Settings(), Metrics(), refuse_all(seen))
    with pytest.raises(ModelServiceError):
        await client.agents()
    assert "authorization" not in seen[0].headers


@pytest.fixture
def refused(settings: Settings) -> FastAPI:
    """A gateway whose token is not that of the model service."""
    model = ModelServiceClient(
        settings.model_copy(update={"model_service_token": SecretStr(TOKEN)}),
        Metrics(),
        refuse_all([]),
    )
    return create_app(settings, model=model)


async def test_who_asks_the_gateway_learns_that_it_is_not_theirs_to_mend(refused: FastAPI) -> None:
    async with connect(refused) as client:
        answer = await client.get("/api/agents")
        ready = await client.get("/readyz")
    assert answer.status_code == 502
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:bellwether:problem:model-service-token-refused"
    assert "www-authenticate" not in answer.headers
    assert ready.status_code == 503
    assert "MODEL_SERVICE_TOKEN is not the same" in ready.json()["checks"]["model_service"]
    assert TOKEN not in answer.text + ready.text
