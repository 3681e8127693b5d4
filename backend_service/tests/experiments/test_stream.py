"""Server-sent events from a real server: their form, their end, restarts, slow browsers."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from experiment_fakes import make_event
from gateway_fakes import FakeModelService
from live_gateway import SECONDS, EventSource, serve, wait_for_ids

from backend_service.app import create_app
from backend_service.errors import ModelServiceUnavailable
from backend_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI

pytestmark = pytest.mark.anyio

PATH = "/api/experiments/e1/events"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"event_poll_seconds": 0.02, "event_longest_backoff_seconds": 0.05}
    )


@pytest.fixture
def model() -> FakeModelService:
    model = FakeModelService()
    model.experiments.happen("e1")
    return model


@pytest.fixture
async def url(app: FastAPI) -> AsyncIterator[str]:
    async with serve(app) as url:
        yield url


async def read_all(url: str, **headers: str) -> httpx.Response:
    """An answer that has ended."""
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        return await client.get(url + PATH, headers=headers)


async def count_streams(url: str) -> float:
    """What the metrics say about how many watch."""
    text = (await read_metrics(url)).splitlines()
    (line,) = [line for line in text if line.startswith("bellwether_event_streams ")]
    return float(line.split()[1])


async def read_metrics(url: str) -> str:
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        return (await client.get(f"{url}/metrics")).text


async def wait_for_streams(url: str, count: int) -> None:
    async with asyncio.timeout(SECONDS):
        while await count_streams(url) != count:
            await asyncio.sleep(0.02)


async def test_a_stream_has_the_form_and_headers_that_browsers_and_proxies_want(
    url: str, model: FakeModelService
) -> None:
    model.experiments.happen("e1", make_event(1))
    model.experiments.end("e1", 2)
    answer = await read_all(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert answer.headers["x-request-id"]
    assert "content-length" not in answer.headers
    parts = answer.text.split("\n\n")
    assert parts[0] == "retry: 2000"
    assert [part.split("\n")[:2] for part in parts[1:3]] == [
        ["id: 1", "event: progress"],
        ["id: 2", "event: state"],
    ]
    assert parts[3:] == [""]


async def test_the_last_event_id_wins_over_after(url: str, model: FakeModelService) -> None:
    model.experiments.happen("e1", make_event(1), make_event(2))
    model.experiments.end("e1", 3)
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        behind = await client.get(f"{url}{PATH}?after=2")
        assert behind.text.count("id: ") == 1
        resumed = await client.get(f"{url}{PATH}?after=0", headers={"Last-Event-ID": "1"})
        assert resumed.text.count("id: ") == 2
        over = await client.get(f"{url}{PATH}", headers={"Last-Event-ID": "3"})
        assert (over.status_code, over.content) == (204, b"")


@pytest.mark.parametrize("last", ["x", "-1", "9007199254740992", "1.5"])
async def test_a_last_event_id_that_is_none_is_refused(url: str, last: str) -> None:
    answer = await read_all(url, **{"Last-Event-ID": last})
    assert (answer.status_code, answer.json()["field"]) == (422, "Last-Event-ID")


async def test_events_come_while_they_happen_and_comments_while_nothing_does(
    settings: Settings, model: FakeModelService
) -> None:
    quick = settings.model_copy(update={"event_heartbeat_seconds": 0.05})
    async with (
        serve(create_app(quick, model=model)) as url,
        httpx.AsyncClient(timeout=SECONDS) as client,
        client.stream("GET", url + PATH) as answer,
    ):
        lines = answer.aiter_lines()
        seen: list[str] = []
        while seen.count(":") < 2:
            seen.append(await anext(lines))
        started = time.monotonic()
        model.experiments.happen("e1", make_event(1))
        while "id: 1" not in seen:
            seen.append(await anext(lines))
        assert time.monotonic() - started < 1
        model.experiments.failure = ModelServiceUnavailable("It is starting.")
        comments = seen.count(":")
        while seen.count(":") < comments + 3:
            seen.append(await anext(lines))


async def test_a_restarted_gateway_is_watched_on_without_gap_or_repetition(
    settings: Settings, model: FakeModelService
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    source = EventSource(f"http://127.0.0.1:{port}{PATH}")
    watching = asyncio.create_task(source.watch())
    for generation in range(3):
        async with serve(create_app(settings, model=model), port):
            first = 10 * generation
            model.experiments.happen("e1", *(make_event(first + n) for n in range(1, 6)))
            await wait_for_ids(source, first + 5)
        # What happens while the gateway is away is not lost.
        model.experiments.happen("e1", *(make_event(first + n) for n in range(6, 11)))
    async with serve(create_app(settings, model=model), port):
        await wait_for_ids(source, 30)
        model.experiments.end("e1", 31)
        async with asyncio.timeout(SECONDS):
            await watching
    assert source.ids == list(range(1, 32))
    assert [event["id"] for event in source.events] == source.ids
    assert source.connections >= 4


async def test_a_restarted_model_service_is_a_pause(url: str, model: FakeModelService) -> None:
    source = EventSource(url + PATH)
    model.experiments.failure = ModelServiceUnavailable("It is starting.")
    watching = asyncio.create_task(source.watch())
    await asyncio.sleep(0.2)
    model.experiments.failure = None
    model.experiments.happen("e1", make_event(1))
    await wait_for_ids(source, 1)
    model.experiments.failure = ModelServiceUnavailable("It is starting.")
    await asyncio.sleep(0.2)
    model.experiments.failure = None
    model.experiments.end("e1", 2)
    async with asyncio.timeout(SECONDS):
        await watching
    assert source.ids == [1, 2]
    assert source.connections == 1


async def test_a_removed_experiment_ends_the_stream_and_is_not_found_again(
    url: str, model: FakeModelService
) -> None:
    source = EventSource(url + PATH)
    watching = asyncio.create_task(source.watch())
    model.experiments.happen("e1", make_event(1))
    await wait_for_ids(source, 1)
    del model.experiments.happened["e1"]
    async with asyncio.timeout(SECONDS):
        await watching
    assert source.connections == 1


async def test_a_browser_that_leaves_gives_its_place_back(url: str) -> None:
    source = EventSource(url + PATH)
    watching = asyncio.create_task(source.watch())
    await wait_for_streams(url, 1)
    watching.cancel()
    await wait_for_streams(url, 0)


async def test_one_too_many_is_told_to_come_again(
    settings: Settings, model: FakeModelService
) -> None:
    few = settings.model_copy(update={"event_streams": 2})
    async with serve(create_app(few, model=model)) as url:
        watching = [asyncio.create_task(EventSource(url + PATH).watch()) for _ in range(2)]
        await wait_for_streams(url, 2)
        answer = await read_all(url)
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:bellwether:problem:too-busy"
        assert answer.headers["retry-after"]
        watching[0].cancel()
        await wait_for_streams(url, 1)
        watching[0] = asyncio.create_task(EventSource(url + PATH).watch())
        await wait_for_streams(url, 2)
        for task in watching:
            task.cancel()


def connect_without_reading(url: str, **query: Any) -> socket.socket:
    """A browser that asks and takes nothing."""
    parsed = httpx.URL(url + PATH, params=query)
    browser = socket.socket()
    browser.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    browser.connect(("127.0.0.1", parsed.port or 80))
    request = f"GET {parsed.raw_path.decode()} HTTP/1.1\r\nHost: x\r\n\r\n"
    browser.sendall(request.encode())
    return browser


@pytest.mark.parametrize("is_past", [True, False])
async def test_a_browser_that_takes_nothing_is_cut_off(
    settings: Settings, model: FakeModelService, is_past: bool
) -> None:
    strict = settings.model_copy(update={"event_stall_seconds": 0.3})
    large = [make_event(n, "log", text="x" * 20_000) for n in range(1, 600)]
    async with serve(create_app(strict, model=model)) as url:
        quick = EventSource(url + PATH)
        watching = asyncio.create_task(quick.watch())
        if is_past:
            model.experiments.happen("e1", *large)
        with connect_without_reading(url):
            if not is_past:
                await wait_for_streams(url, 2)
                model.experiments.happen("e1", *large)
            await wait_for_ids(quick, 599)
            await wait_for_streams(url, 1)
            assert "event_streams_cut_off_total 1.0" in await read_metrics(url)
        watching.cancel()


async def test_a_server_that_stops_ends_streams_in_order(
    settings: Settings, model: FakeModelService
) -> None:
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        async with serve(create_app(settings, model=model)) as url:
            model.experiments.happen("e1", make_event(1))
            reading = asyncio.create_task(client.get(url + PATH))
            await wait_for_streams(url, 1)
            started = time.monotonic()
        assert time.monotonic() - started < 2
        # Complete: a body that breaks off would be an error.
        assert "id: 1" in (await reading).text


async def test_a_server_that_stops_does_not_wait_for_a_browser_that_takes_nothing(
    settings: Settings, model: FakeModelService
) -> None:
    model.experiments.happen(
        "e1", *(make_event(n, "log", text="x" * 20_000) for n in range(1, 600))
    )
    async with serve(create_app(settings, model=model)) as url:
        browser = connect_without_reading(url)
        await wait_for_streams(url, 1)
        await asyncio.sleep(0.3)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    browser.close()


async def test_agents_are_asked_for_anew_when_an_experiment_ends(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"agents_fresh_seconds": 3_600.0})
    async with serve(create_app(trusting, model=model)) as url, httpx.AsyncClient() as client:
        await client.get(f"{url}/api/agents")
        source = EventSource(url + PATH)
        watching = asyncio.create_task(source.watch())
        await wait_for_streams(url, 1)
        model.experiments.end("e1", 1)
        async with asyncio.timeout(SECONDS):
            await watching
        await client.get(f"{url}/api/agents")
    assert model.asked.count("agents") == 2
