"""One follower for all who watch an experiment, and bounds on everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from experiment_fakes import FakeModelExperiments, make_event

from backend_service.errors import (
    ModelServiceBusy,
    ModelServiceError,
    ModelServiceRefusal,
    ModelServiceUnavailable,
    TooBusy,
)
from backend_service.experiments.feed import EventFeeds, FeedLimits
from backend_service.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from backend_service.experiments.watch import Watch

pytestmark = pytest.mark.anyio

SECONDS = 5
LIMITS = FeedLimits(
    streams=10,
    backlog=1_000,
    poll_seconds=0.01,
    longest_backoff_seconds=0.02,
    heartbeat_seconds=10,
    stall_seconds=10,
)


@pytest.fixture
def model() -> FakeModelExperiments:
    return FakeModelExperiments(happened={"e1": []})


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def feeds(model: FakeModelExperiments, metrics: Metrics) -> AsyncIterator[EventFeeds]:
    feeds = EventFeeds(model, LIMITS, lambda: None, metrics)
    yield feeds
    await feeds.close()


async def open_watch(feeds: EventFeeds, after: int = 0, experiment_id: str = "e1") -> Watch:
    watch = await feeds.open(experiment_id, after)
    assert watch is not None
    return watch


def read_ids(part: bytes | None) -> list[int]:
    """Ids of the events in `part`."""
    lines = (part or b"").decode().splitlines()
    return [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]


async def take(parts: AsyncGenerator[bytes], last: int) -> list[int]:
    """Ids up to `last`, or all where the stream ends before."""
    found: list[int] = []
    async with asyncio.timeout(SECONDS):
        while last not in found and (part := await anext(parts, None)) is not None:
            found += read_ids(part)
    return found


async def wait_until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.005)


async def test_an_event_is_written_as_the_standard_wants_it(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    event = make_event(3, "log", text="Two\nlines\r\nand ümläut", step=None)
    model.happen("e1", event)
    watch = await open_watch(feeds)
    part = await anext(watch.parts())
    lines = part.decode().split("\n")
    assert lines[:2] == ["id: 3", "event: log"]
    assert lines[3:] == ["", ""]
    assert orjson.loads(lines[2].removeprefix("data: ")) == event


async def test_what_happened_comes_first_and_then_what_happens(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    model.happen("e1", *(make_event(n) for n in range(1, 4)))
    parts = (await open_watch(feeds, after=1)).parts()
    assert await take(parts, 3) == [2, 3]
    reading = asyncio.create_task(take(parts, 6))
    for n in (4, 5, 6):
        await asyncio.sleep(0.02)
        model.happen("e1", make_event(n))
    assert await reading == [4, 5, 6]


async def test_a_long_past_is_read_page_by_page(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    model.happen("e1", *(make_event(n) for n in range(1, 2_501)))
    model.end("e1", 2_501)
    parts = (await open_watch(feeds)).parts()
    assert await take(parts, -1) == list(range(1, 2_502))
    assert model.pages_asked == [("e1", 0), ("e1", 1_000), ("e1", 2_000)]


async def test_a_stream_ends_behind_the_last_event(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    parts = (await open_watch(feeds)).parts()
    reading = asyncio.create_task(take(parts, -1))
    await asyncio.sleep(0.05)
    model.happen("e1", make_event(1))
    model.end("e1", 2)
    assert await reading == [1, 2]
    assert await feeds.open("e1", 2) is None


async def test_all_who_watch_share_one_follower(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    watches = [await open_watch(feeds) for _ in range(5)]
    readings = [asyncio.create_task(take(watch.parts(), 9)) for watch in watches]
    await asyncio.sleep(0.05)
    before = len(model.pages_asked)
    await asyncio.sleep(0.1)
    # 5 followers would have asked for 50 pages.
    assert len(model.pages_asked) - before <= 11
    model.happen("e1", make_event(9))
    assert await asyncio.gather(*readings) == [[9]] * 5


async def test_who_comes_late_catches_up_without_gap_or_repetition(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    async def happen() -> None:
        for n in range(1, 401):
            model.happen("e1", make_event(n))
            if n % 5 == 0:
                await asyncio.sleep(0.003)

    happening = asyncio.create_task(happen())
    readings = []
    for _ in range(8):
        watch = await open_watch(feeds)
        readings.append(asyncio.create_task(take(watch.parts(), 400)))
        await asyncio.sleep(0.02)
    for found in await asyncio.gather(*readings):
        assert found == list(range(1, 401))
    await happening


async def test_nobody_is_asked_when_nobody_watches(
    feeds: EventFeeds, model: FakeModelExperiments, metrics: Metrics
) -> None:
    model.happen("e1", make_event(1))
    watch = await open_watch(feeds)
    parts = watch.parts()
    await take(parts, 1)
    waiting = asyncio.create_task(take(parts, 2))
    await wait_until(lambda: len(model.pages_asked) > 3)
    waiting.cancel()
    await asyncio.wait({waiting})
    watch.release()
    watch.release()
    await asyncio.sleep(0.02)
    asked = len(model.pages_asked)
    await asyncio.sleep(0.05)
    assert len(model.pages_asked) == asked
    assert metrics.registry.get_sample_value("bellwether_event_streams") == 0


async def test_places_are_counted_and_given_back(
    feeds: EventFeeds, model: FakeModelExperiments, metrics: Metrics
) -> None:
    watches = [await open_watch(feeds) for _ in range(LIMITS.streams)]
    with pytest.raises(TooBusy) as refusal:
        await feeds.open("e1", 0)
    assert refusal.value.limit == LIMITS.streams
    watches[0].release()
    await open_watch(feeds)
    for refused in ("nobody", "nothing"):
        watches.pop().release()
        with pytest.raises(ModelServiceRefusal):
            await feeds.open(refused, 0)
    await open_watch(feeds)
    assert metrics.registry.get_sample_value("bellwether_event_streams") == 9


async def test_a_slow_browser_is_cut_off_and_the_others_are_not(
    feeds: EventFeeds, model: FakeModelExperiments, metrics: Metrics
) -> None:
    slow, quick = await open_watch(feeds), await open_watch(feeds)
    slow_parts = slow.parts()
    model.happen("e1", make_event(1))
    stuck = asyncio.create_task(take(slow_parts, 1))
    reading = asyncio.create_task(take(quick.parts(), 1_501))
    assert await stuck == [1]
    # It has joined and takes nothing more.
    waiting = asyncio.ensure_future(anext(slow_parts))
    await asyncio.sleep(0.05)
    model.happen("e1", make_event(2))
    assert read_ids(await waiting) == [2]
    for first in range(3, 1_502, 100):
        model.happen("e1", *(make_event(n) for n in range(first, min(first + 100, 1_502))))
        await asyncio.sleep(0.02)
    assert (await reading)[-1] == 1_501
    await wait_until(slow.stopped.is_set)
    assert not quick.stopped.is_set()
    assert metrics.registry.get_sample_value("bellwether_event_streams_cut_off_total") == 1
    again = await open_watch(feeds, after=2)
    assert await take(again.parts(), 1_501) == list(range(3, 1_502))


@pytest.mark.parametrize(
    "failure",
    [
        ModelServiceUnavailable("It is starting."),
        ModelServiceBusy({"status": 429, "title": "T", "detail": "D"}, 1),
    ],
)
async def test_a_stream_outlives_a_model_service_that_is_away(
    feeds: EventFeeds, model: FakeModelExperiments, failure: ModelServiceError
) -> None:
    model.failure = failure
    parts = (await open_watch(feeds)).parts()
    reading = asyncio.create_task(take(parts, 2))
    await wait_until(lambda: model.asked.count("events") > 3)
    model.happen("e1", make_event(1))
    model.failure = None
    await wait_until(lambda: len(model.pages_asked) > 3)
    model.failure = failure
    asked = model.asked.count("events")
    await wait_until(lambda: model.asked.count("events") > asked + 3)
    assert not reading.done()
    model.happen("e1", make_event(2))
    model.failure = None
    assert await reading == [1, 2]


async def test_a_stream_ends_when_the_experiment_is_removed(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    readings = [asyncio.create_task(take((await open_watch(feeds)).parts(), -1)) for _ in range(2)]
    await asyncio.sleep(0.05)
    del model.happened["e1"]
    assert await asyncio.gather(*readings) == [[], []]


async def test_a_defect_ends_streams_instead_of_leaving_them(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    reading = asyncio.create_task(take((await open_watch(feeds)).parts(), -1))
    await wait_until(lambda: len(model.pages_asked) > 3)
    del model.__dict__["happened"]
    assert await reading == []


async def test_opening_does_not_wait_long_for_a_model_service_that_hangs(
    model: FakeModelExperiments, metrics: Metrics
) -> None:
    model.gate = asyncio.Event()
    feeds = EventFeeds(model, LIMITS, lambda: None, metrics)
    async with asyncio.timeout(SECONDS):
        watch = await open_watch(feeds)
    model.gate.set()
    model.happen("e1", make_event(1))
    assert await take(watch.parts(), 1) == [1]
    await feeds.close()


async def test_few_pages_are_asked_for_at_the_same_time(
    model: FakeModelExperiments, metrics: Metrics
) -> None:
    class Counting(FakeModelExperiments):
        now = 0
        most = 0

        async def events(self, experiment_id: str, limit: int, after: int) -> Any:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.01)
            self.now -= 1
            return await super().events(experiment_id, limit, after)

    counting = Counting(happened={f"e{n}": [] for n in range(10)})
    feeds = EventFeeds(counting, LIMITS, lambda: None, metrics)
    watches = await asyncio.gather(*(open_watch(feeds, 0, f"e{n}") for n in range(10)))
    for n in range(10):
        counting.happen(f"e{n}", make_event(1))
    assert await asyncio.gather(*(take(watch.parts(), 1) for watch in watches)) == [[1]] * 10
    assert counting.most <= 4
    await feeds.close()


async def test_the_end_of_an_experiment_is_told(
    model: FakeModelExperiments, metrics: Metrics
) -> None:
    ends: list[None] = []
    feeds = EventFeeds(model, LIMITS, lambda: ends.append(None), metrics)
    reading = asyncio.create_task(take((await open_watch(feeds)).parts(), -1))
    await asyncio.sleep(0.03)
    assert ends == []
    model.end("e1", 1)
    await reading
    assert len(ends) == 1
    await feeds.close()


async def test_stopping_ends_all_streams_and_those_opened_after(
    feeds: EventFeeds, model: FakeModelExperiments
) -> None:
    watch = await open_watch(feeds)
    feeds.stop()
    assert watch.stopped.is_set()
    assert (await open_watch(feeds)).stopped.is_set()
