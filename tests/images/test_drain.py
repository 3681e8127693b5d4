"""Stopping loses no request that was under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from tests.figures import Record
from tests.images.engine import inspect, podman
from tests.images.platform import Platform

REQUESTS = 4
STOP_SECONDS = 20.0


def evaluate(platform: Platform, cents: int) -> int:
    """An evaluation, which takes a second or more; with costs that nobody has asked for yet."""
    address = (
        f"{platform.page_url}/api/evaluation/SIM-TREND?agent=test-alternating"
        f"&commission_bps=10&slippage_bps={cents / 100}"
    )
    return httpx.get(address, timeout=60).status_code


def stop(platform: Platform, service: str) -> tuple[float, dict[str, Any]]:
    """Stop a container as an engine does; tells how long it took and how it ended."""
    started = time.monotonic()
    podman("stop", "--time", "30", platform.container(service))
    seconds = time.monotonic() - started
    return seconds, inspect("container", platform.container(service))["State"]


@contextmanager
def stopped_and_begun_again(platform: Platform, service: str) -> Iterator[None]:
    """Whatever happens within, the service runs again behind it."""
    try:
        yield
    finally:
        podman("start", platform.container(service))
        platform.wait_until_ready()


@pytest.mark.parametrize("service", ["client", "server", "model"])
def test_requests_under_way_are_answered_when_a_service_stops(
    platform: Platform, figures: Record, service: str
) -> None:
    begun = threading.Barrier(REQUESTS + 1)
    seed = {"client": 100, "server": 200, "model": 300}[service]

    def ask(number: int) -> int:
        begun.wait(timeout=30)
        return evaluate(platform, seed + number)

    with ThreadPoolExecutor(REQUESTS) as pool, stopped_and_begun_again(platform, service):
        answers: list[Future[int]] = [pool.submit(ask, number) for number in range(REQUESTS)]
        begun.wait(timeout=30)
        time.sleep(0.3)
        under_way = sum(not answer.done() for answer in answers)
        stopped, state = stop(platform, service)
        statuses = [answer.result(timeout=60) for answer in answers]
    figures(requests_under_way=under_way, stopped_seconds=round(stopped, 1))
    assert under_way >= 1, "all were answered before the service was told to stop"
    assert statuses == [HTTPStatus.OK] * REQUESTS
    assert stopped < STOP_SECONDS
    assert state["ExitCode"] == 0
    assert not state["OOMKilled"]


def test_a_worker_stops_in_time(platform: Platform, figures: Record) -> None:
    with stopped_and_begun_again(platform, "worker"):
        stopped, state = stop(platform, "worker")
    figures(stopped_seconds=round(stopped, 1))
    assert stopped < STOP_SECONDS
    assert state["ExitCode"] == 0
