"""Milliseconds that `GET /api/news` takes for a symbol with stored, scored headlines.

The gateway runs in a child process under uvicorn on loopback, with SQLite and with scores from a
stand-in for the model service. One connection asks again and again, for longer than the gateway
believes what it knows, so that questions to the database are among what is measured. `first` is
what it takes when nothing is cached: the headlines are read, timed and written.

    python backend_service/benchmarks/news_answers.py [--items 500 --seconds 5]
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from serving import serve, start

from backend_service.app import create_app
from backend_service.model_client.generated import SentimentResponse
from backend_service.settings import Settings
from backend_service.telemetry.log_output import configure_logging

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

SYMBOL = "BENCH"
SCORE_SECONDS = 30
TARGET_MILLISECONDS = 15


class Scores:
    """The model service's part in showing news, without the model service."""

    async def score_texts(
        self, texts: Sequence[str], _while_loading: str = "lite"
    ) -> SentimentResponse:
        score = {"label": "neutral", "positive": 0.25, "negative": 0.125, "neutral": 0.625}
        return SentimentResponse.model_validate(
            {
                "engine": "lite",
                "engine_version": "bench",
                "reason": "It stands in.",
                "scores": [{**score, "score": 0.125} for _ in texts],
            }
        )

    async def close(self) -> None:
        """Hold nothing."""


def serve_gateway(ready: Connection, folder: str, log: str) -> None:
    # The access log is part of what a request costs; it goes to a file, as in production.
    settings = Settings(database_url=f"sqlite:///{folder}/bench.db", yahoo_enabled=False)
    with Path(log).open("wb", buffering=0) as file:
        configure_logging(settings, file)
        app = create_app(
            settings,
            providers=(),
            news_providers=(),
            model=Scores(),  # type: ignore[arg-type]
        )
        serve(app, ready)


def write_headlines(count: int) -> str:
    """A file of `count` headlines, one an hour."""
    last = datetime(2024, 6, 10, tzinfo=UTC)
    rows = (
        f"{last - timedelta(hours=n):%Y-%m-%dT%H:%M:%SZ},Headline {n} about the firm and its "
        f"{n} plans,https://example.com/news/{n}\n"
        for n in range(1, count + 1)
    )
    return "date,headline,url\n" + "".join(rows)


def wait_for_scores(client: httpx.Client, path: str) -> None:
    deadline = time.monotonic() + SCORE_SECONDS
    while client.get(path).raise_for_status().json()["refreshing"]:
        if time.monotonic() > deadline:
            raise TimeoutError("headlines were not scored in time")
        time.sleep(0.05)


def measure(count: int, seconds: float) -> dict[str, Any]:
    path = f"/api/news/{SYMBOL}?as_of=2024-06-10&days=3650"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        port = start(stack, serve_gateway, folder, f"{folder}/log")
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30))
        file = {"file": ("news.csv", write_headlines(count))}
        client.post("/api/news", files=file, data={"symbol": SYMBOL}).raise_for_status()
        wait_for_scores(client, path)
        first = ask(client, path.replace("3650", "3649"))
        ask(client, path)
        taken = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            taken.append(ask(client, path))
        answer = client.get(path).json()
        if answer["total"] != count or answer["items"][0]["sentiment"] is None:
            raise RuntimeError("the answer is not what was stored")
        return {
            "benchmark": "news_answers",
            "value": round(statistics.median(taken), 3),
            "unit": "ms",
            "target_max": TARGET_MILLISECONDS,
            "p99": round(statistics.quantiles(taken, n=100)[98], 3),
            "first": round(first, 3),
            "items": count,
            "bytes": len(client.get(path).content),
            "requests": len(taken),
        }


def ask(client: httpx.Client, path: str) -> float:
    """Milliseconds from the question to the whole answer."""
    started = time.perf_counter()
    client.get(path).raise_for_status()
    return (time.perf_counter() - started) * 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=5.0)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.items, arguments.seconds)))


if __name__ == "__main__":
    main()
