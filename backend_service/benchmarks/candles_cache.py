"""Requests a second of `/api/candles` from cache, against a bare FastAPI route.

Both apps run in a child process of their own under the same uvicorn on loopback, and answer the
same bytes (5,000 candles). The load is a bounded number of keep-alive connections, each asking
again when its answer has come; the two sides take turns, the medians are compared.

    python backend_service/benchmarks/candles_cache.py [--candles 5000 --rounds 5 --seconds 2]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httptools
import httpx
import numpy as np
from fastapi import FastAPI, Response
from serving import serve, start

from backend_service.app import create_app
from backend_service.market_data.candles import Candles
from backend_service.model_client.service import ModelSeries
from backend_service.settings import Settings
from backend_service.telemetry.log_output import configure_logging

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from backend_service.model_client.service import RawFile

SYMBOL = "BENCH"
CONNECTIONS = 8
WARM_UP_SECONDS = 0.5


class OneUpload:
    """The model service's part in an upload, without the model service."""

    experiments = None

    def __init__(self, count: int) -> None:
        random = np.random.default_rng(0)
        close = np.round(100 * np.exp(np.cumsum(random.normal(0, 0.01, count))), 2)
        self._candles = Candles.from_columns(
            {
                "time": 86_400 * np.arange(1, count + 1),
                "open": close,
                "high": close + 1,
                "low": close * 0.99,
                "close": close,
                "volume": random.integers(1, 10**7, count),
            }
        )

    async def preprocess(self, _raw: RawFile) -> ModelSeries:
        return ModelSeries(SYMBOL, "1d", "raw", None, None, self._candles)

    async def close(self) -> None:
        """Hold nothing."""


def choose_settings(folder: str) -> Settings:
    return Settings(database_url=f"sqlite:///{folder}/bench.db", yahoo_enabled=False)


def create_gateway(settings: Settings, count: int) -> FastAPI:
    return create_app(settings, providers=(), model=OneUpload(count))  # type: ignore[arg-type]


def create_bare(body: bytes) -> FastAPI:
    app = FastAPI()

    @app.get("/bytes")
    async def read_bytes() -> Response:
        return Response(body, media_type="application/json")

    return app


def serve_gateway(ready: Connection, folder: str, count: int, log: str) -> None:
    # The access log is part of what a request costs; it goes to a file, as in production.
    settings = choose_settings(folder)
    with Path(log).open("wb", buffering=0) as file:
        configure_logging(settings, file)
        serve(create_gateway(settings, count), ready)


def serve_bare(ready: Connection, body: bytes) -> None:
    serve(create_bare(body), ready)


class Asker(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as an answer has come."""

    def __init__(self, path: str, until: float) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
        self._until = until
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self.answers = 0
        self.wrong = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.answers += 1
        self.wrong += self._parser.get_status_code() != 200
        if time.perf_counter() < self._until:
            self._transport.write(self._request)
        else:
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def load(port: int, path: str, seconds: float) -> float:
    """Requests a second over `seconds`."""
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    askers = []
    for _ in range(CONNECTIONS):
        _, asker = await loop.create_connection(
            lambda: Asker(path, started + seconds), "127.0.0.1", port
        )
        askers.append(asker)
    async with asyncio.timeout(seconds + 10):
        await asyncio.gather(*(asker.done for asker in askers))
    if any(asker.wrong for asker in askers):
        raise RuntimeError(f"{path} did not answer 200")
    return sum(asker.answers for asker in askers) / (time.perf_counter() - started)


def measure(count: int, rounds: int, seconds: float) -> dict[str, Any]:
    path = f"/api/candles/{SYMBOL}"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        gateway = start(stack, serve_gateway, folder, count, f"{folder}/log")
        url = f"http://127.0.0.1:{gateway}"
        file = {"file": ("BENCH.csv", b"unread")}
        httpx.post(f"{url}/api/datasets", files=file, timeout=30).raise_for_status()
        answer = httpx.get(url + path, timeout=30).raise_for_status()
        bare = start(stack, serve_bare, answer.content)
        sides = {"gateway": (gateway, path), "bare": (bare, "/bytes")}
        for port, target in sides.values():
            asyncio.run(load(port, target, WARM_UP_SECONDS))
        rates: dict[str, list[float]] = {"gateway": [], "bare": []}
        for number in range(rounds):
            order = list(sides) if number % 2 == 0 else list(reversed(sides))
            for side in order:
                rates[side].append(asyncio.run(load(*sides[side], seconds)))
        ratios = [ours / theirs for ours, theirs in zip(*rates.values(), strict=True)]
        return {
            "benchmark": "candles_cache",
            "value": round(statistics.median(rates["gateway"]), 1),
            "unit": "requests/s",
            "baseline": round(statistics.median(rates["bare"]), 1),
            "baseline_name": "bare FastAPI route, same bytes",
            "ratio": round(statistics.median(ratios), 3),
            "target_ratio": 0.7,
            "candles": count,
            "bytes": len(answer.content),
            "connections": CONNECTIONS,
            "rounds": rounds,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candles", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.candles, arguments.rounds, arguments.seconds)))


if __name__ == "__main__":
    main()
