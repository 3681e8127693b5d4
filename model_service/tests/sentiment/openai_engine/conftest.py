"""An engine that asks a local server, and a clock that stands still."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from model_service.sentiment.openai_engine.books import FileBook
from model_service.sentiment.openai_engine.config import Patience
from model_service.sentiment.openai_engine.engine import OpenAIConfig, OpenAIEngine

# pytest's importlib mode makes test folders no packages, so what tests share has its own path.
sys.path.insert(0, str(Path(__file__).parent / "support"))

from chat_server import KEY, MODEL, PRICE_INPUT, PRICE_OUTPUT, FakeEndpoint


class SettableClock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 23, 22, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def endpoint() -> Iterator[FakeEndpoint]:
    """The server, started."""
    server = FakeEndpoint()
    yield server
    server.stop()


@pytest.fixture
def clock() -> SettableClock:
    """Late on 23 November 2026."""
    return SettableClock()


@pytest.fixture
def make_engine(
    endpoint: FakeEndpoint, clock: SettableClock, tmp_path: Path
) -> Iterator[Callable[..., OpenAIEngine]]:
    """``make_engine(**config)``: an engine that asks the server and waits but milliseconds."""
    engines: list[OpenAIEngine] = []

    def make(patience: Patience | None = None, **changes: Any) -> OpenAIEngine:
        config: dict[str, Any] = {
            "api_key": SecretStr(KEY),
            "base_url": endpoint.url,
            "model": MODEL,
            "timeout_seconds": 5.0,
            "daily_budget_usd": 1.0,
            "price_per_million_input_usd": PRICE_INPUT,
            "price_per_million_output_usd": PRICE_OUTPUT,
            "book": FileBook(tmp_path / "state" / "spending.sqlite3"),
            **changes,
        }
        short = Patience(
            attempts=3, total_seconds=10.0, first_wait_seconds=0.001, longest_wait_seconds=0.002
        )
        engine = OpenAIEngine(OpenAIConfig(**config), clock, patience or short)
        engines.append(engine)
        return engine

    yield make
    for engine in engines:
        engine.close()
