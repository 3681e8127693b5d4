"""Symbols and candles over HTTP, on fakes of everything outside the gateway."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from gateway_fakes import DAY, FakeClock, FakeModelService, connect, make_candles

from backend_service.app import create_app
from backend_service.errors import ModelServiceUnavailable, ProviderUnavailable
from backend_service.providers import Availability, Listing, ProvidedSeries

if TYPE_CHECKING:
    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio


async def upload(
    client: httpx.AsyncClient, name: str = "NHPC.csv", **fields: str
) -> dict[str, Any]:
    answer = await client.post("/api/datasets", files={"file": (name, b"x")}, data=fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


class FakeProvider:
    """A source called Yahoo that a test can take away."""

    source = "yahoo"
    intervals = ("1d", "1h")
    symbols = ()

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.fetched = 0
        self.failure: Exception | None = None
        self.count = 50

    def offers(self, symbol: str) -> bool:
        return symbol.isupper()

    async def fetch(self, symbol: str, interval: str) -> ProvidedSeries:
        self.fetched += 1
        if self.failure is not None:
            raise self.failure
        return ProvidedSeries(
            symbol=symbol,
            name="Fake Inc.",
            interval=interval,
            price_basis="adjusted",
            currency="USD",
            timezone="America/New_York",
            candles=make_candles(self.count),
            fresh_until=self.clock() + timedelta(hours=1),
        )

    async def search(self, query: str) -> list[Listing]:
        return [Listing("FAKE", "Fake Inc.", "1d")] if query == "fake" else []

    async def availability(self) -> Availability:
        return Availability(self.failure is None, str(self.failure) if self.failure else None)


async def test_an_upload_comes_back_as_candles(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    stored = await upload(client)
    answer = await client.get("/api/candles/NHPC")
    assert answer.status_code == 200
    body = answer.json()
    assert {name: body[name] for name in ("symbol", "interval", "source", "price_basis")} == {
        "symbol": "NHPC",
        "interval": "1d",
        "source": "upload",
        "price_basis": "raw",
    }
    assert body["data_hash"] == stored["data_hash"] == model.upload.data_hash
    assert datetime.fromisoformat(body["as_of"]) == datetime(2024, 6, 10, 12, 0, tzinfo=UTC)
    assert body["candles"]["time"] == model.upload.time.tolist()
    assert body["candles"]["close"] == model.upload.close.tolist()
    assert [stored["candles"], stored["start"], stored["end"]] == [
        300,
        body["candles"]["time"][0],
        body["candles"]["time"][-1],
    ]


async def test_a_range_is_cut_and_keeps_the_hash_of_the_whole(client: httpx.AsyncClient) -> None:
    stored = await upload(client)
    parameters = {"start": "2010-01-06", "end": "2010-01-08"}
    body = (await client.get("/api/candles/NHPC", params=parameters)).json()
    days = [datetime.fromtimestamp(time, UTC).day for time in body["candles"]["time"]]
    assert days == [6, 7, 8]
    assert {len(column) for column in body["candles"].values()} == {3}
    assert body["data_hash"] == stored["data_hash"]
    by_seconds = {"start": 1_262_736_000, "end": 1_262_908_800}
    assert (await client.get("/api/candles/NHPC", params=by_seconds)).json() == body


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=yesterday", "start"),
        ("end=2010-02-30", "end"),
        ("start=2011-01-01&end=2010-01-01", "start"),
        ("start=2030-01-01", "start"),
        ("end=1999-01-01", "end"),
        ("interval=1h", "interval"),
        ("interval=weekly", "interval"),
    ],
)
async def test_a_bad_query_is_refused_by_name(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    await upload(client)
    answer = await client.get(f"/api/candles/NHPC?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:bellwether:problem:invalid-request"
    assert problem["field"] == field
    assert problem["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ("1d", "they go from 2010-01-04 to 2010-01-08."),
        ("1h", "they go from 2010-01-04T00:00:00Z to 2010-01-04T04:00:00Z."),
    ],
)
async def test_a_range_without_candles_is_told_the_dates_that_there_are(
    client: httpx.AsyncClient, model: FakeModelService, interval: str, said: str
) -> None:
    model.interval = interval
    model.upload = make_candles(5, step=DAY if interval == "1d" else 3_600)
    await upload(client)
    for path in ("candles", "signals"):
        problem = (await client.get(f"/api/{path}/NHPC?start=2030-01-01")).json()
        assert problem["detail"] == f"NHPC has no candles in that range: {said}"


async def test_an_interval_that_is_not_there_names_the_one_that_is(
    client: httpx.AsyncClient,
) -> None:
    await upload(client)
    assert (await client.get("/api/candles/NHPC?interval=1d")).status_code == 200
    detail = (await client.get("/api/candles/NHPC?interval=5m")).json()["detail"]
    assert "1d" in detail


async def test_an_unknown_symbol_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/candles/NOSUCH")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:bellwether:problem:symbol-not-found"


async def test_the_client_that_has_an_answer_gets_304(client: httpx.AsyncClient) -> None:
    await upload(client)
    first = await client.get("/api/candles/NHPC")
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for header in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = await client.get("/api/candles/NHPC", headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = await client.get("/api/candles/NHPC", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


async def test_a_new_upload_replaces_the_answer_at_once(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"series_fresh_seconds": 3_600.0})
    async with connect(create_app(trusting, model=model)) as client:
        await upload(client)
        first = await client.get("/api/candles/NHPC")
        assert (await client.get("/api/candles/NHPC")).content == first.content
        model.upload = make_candles(20, seed=7)
        await upload(client)
        second = await client.get("/api/candles/NHPC")
        assert len(second.json()["candles"]["time"]) == 20
        assert second.headers["etag"] != first.headers["etag"]
        text = (await client.get("/metrics")).text
        assert 'bellwether_cache_requests_total{cache="candles",result="hit"} 1.0' in text


async def test_the_short_way_answers_like_the_long_one_and_is_counted_alike(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"series_fresh_seconds": 3_600.0})
    async with connect(create_app(trusting, model=model)) as client:
        await upload(client)
        long = await client.get("/api/candles/NHPC?start=2010-01-06")
        short = await client.get("/api/candles/NHPC?start=2010-01-06")
        kept = ("content-type", "content-length", "etag", "cache-control")
        assert [short.headers[name] for name in kept] == [long.headers[name] for name in kept]
        assert short.content == long.content
        tagged = {"If-None-Match": long.headers["etag"]}
        unchanged = await client.get("/api/candles/NHPC?start=2010-01-06", headers=tagged)
        assert unchanged.status_code == 304
        wrong_method = await client.post("/api/candles/NHPC?start=2010-01-06")
        assert wrong_method.status_code == 405
        assert wrong_method.headers["allow"] == "GET"
        text = (await client.get("/metrics")).text
        route = 'method="GET",route="/api/candles/{symbol}",status="200"'
        assert f"http_server_request_duration_seconds_count{{{route}}} 2.0" in text


async def test_simulated_candles_go_from_2010_to_the_last_completed_weekday(
    client: httpx.AsyncClient, model: FakeModelService, clock: FakeClock
) -> None:
    first = (await client.get("/api/candles/SIM-TREND")).json()
    assert first["source"] == "simulated"
    assert [str(day) for day in model.simulated_ranges[0]] == ["2010-01-04", "2024-06-07"]
    assert (await client.get("/api/candles/SIM-TREND")).status_code == 200
    assert len(model.simulated_ranges) == 1
    clock.now += timedelta(days=1)
    await client.get("/api/candles/SIM-TREND")
    assert str(model.simulated_ranges[1][1]) == "2024-06-10"


async def test_a_provided_series_is_asked_for_once_while_it_is_fresh_and_shown_when_it_is_stale(
    settings: Settings, model: FakeModelService, clock: FakeClock
) -> None:
    provider = FakeProvider(clock)
    app = create_app(settings, providers=[provider], model=model, clock=clock)
    async with connect(app) as client:
        first = await client.get("/api/candles/FAKE")
        assert [first.json()[name] for name in ("source", "currency")] == ["yahoo", "USD"]
        await client.get("/api/candles/FAKE?interval=1d")
        assert provider.fetched == 1
        assert (await client.get("/api/candles/FAKE?interval=1h")).json()["interval"] == "1h"
        assert provider.fetched == 2
        clock.now += timedelta(hours=2)
        provider.failure = ProviderUnavailable("No network.")
        stale = await client.get("/api/candles/FAKE")
        assert (stale.status_code, stale.content) == (200, first.content)
        other = await client.get("/api/candles/OTHER")
        assert other.status_code == 503
        assert other.json()["type"] == "urn:bellwether:problem:provider-unavailable"
        assert other.json()["detail"] == "No network."
        assert "retry-after" in other.headers
        provider.failure, provider.count = None, 51
        assert len((await client.get("/api/candles/FAKE")).json()["candles"]["time"]) == 51
        assert (await client.get("/api/candles/FAKE?interval=2h")).status_code == 422


async def test_an_index_is_a_symbol_though_it_begins_with_a_caret(
    settings: Settings, model: FakeModelService, clock: FakeClock
) -> None:
    app = create_app(settings, providers=[FakeProvider(clock)], model=model, clock=clock)
    async with connect(app) as client:
        provided = (await client.get("/api/candles/%5EGSPC")).json()
        assert [provided["symbol"], provided["source"]] == ["^GSPC", "yahoo"]
        await upload(client, symbol="^NSEI")
        assert (await client.get("/api/candles/^NSEI")).json()["source"] == "upload"
        signals = (await client.get("/api/signals/%5ENSEI")).json()
        assert signals["symbol"] == "^NSEI"


async def test_a_symbol_is_found_in_another_letter_case_and_answers_with_its_name(
    settings: Settings, model: FakeModelService
) -> None:
    trusting = settings.model_copy(update={"series_fresh_seconds": 3_600.0})
    async with connect(create_app(trusting, model=model)) as client:
        assert (await client.get("/api/candles/nhpc")).status_code == 404
        await upload(client)
        real = (await client.get("/api/candles/NHPC")).json()
        assert (await client.get("/api/candles/nhpc")).json() == real
        assert (await client.get("/api/signals/Nhpc")).json()["symbol"] == "NHPC"
        for name in ("sim-calm", "Sim-Calm"):
            invented = (await client.get(f"/api/candles/{name}")).json()
            assert [invented["symbol"], invented["source"]] == ["SIM-CALM", "simulated"]
        model.upload = make_candles(20, seed=7)
        await upload(client)
        assert len((await client.get("/api/candles/nhpc")).json()["candles"]["time"]) == 20


async def test_the_exact_name_comes_first_and_of_several_others_none(
    client: httpx.AsyncClient,
) -> None:
    for name in ("NHPC", "Nhpc"):
        await upload(client, symbol=name)
        assert (await client.get(f"/api/candles/{name}")).json()["symbol"] == name
    assert (await client.get("/api/candles/nhpc")).status_code == 404
    await upload(client, symbol="nhpc")
    assert (await client.get("/api/candles/nhpc")).json()["symbol"] == "nhpc"


async def test_a_symbol_that_is_not_stored_goes_to_the_provider_as_it_was_asked(
    settings: Settings, model: FakeModelService, clock: FakeClock
) -> None:
    app = create_app(settings, providers=[FakeProvider(clock)], model=model, clock=clock)
    async with connect(app) as client:
        assert (await client.get("/api/candles/fake")).status_code == 404
        assert (await client.get("/api/candles/FAKE")).json()["symbol"] == "FAKE"
        assert (await client.get("/api/candles/fake")).json()["symbol"] == "FAKE"


async def test_an_upload_wins_over_every_provider(
    settings: Settings, model: FakeModelService, clock: FakeClock
) -> None:
    provider = FakeProvider(clock)
    app = create_app(settings, providers=[provider], model=model, clock=clock)
    async with connect(app) as client:
        assert (await client.get("/api/candles/FAKE")).json()["source"] == "yahoo"
        await upload(client, "FAKE.csv")
        assert (await client.get("/api/candles/FAKE")).json()["source"] == "upload"
        symbols = (await client.get("/api/symbols?query=fake")).json()["symbols"]
        assert [(each["symbol"], each["source"]) for each in symbols] == [("FAKE", "upload")]


async def test_symbols_lists_what_there_is_and_why_a_source_is_not_there(
    settings: Settings, model: FakeModelService, clock: FakeClock
) -> None:
    provider = FakeProvider(clock)
    provider.failure = ProviderUnavailable("No network.")
    app = create_app(settings, providers=[provider], model=model, clock=clock)
    async with connect(app) as client:
        await upload(client)
        body = (await client.get("/api/symbols")).json()
        (known,) = body["symbols"]
        assert known == {
            "symbol": "NHPC",
            "name": "NHPC.csv",
            "source": "upload",
            "interval": "1d",
            "candles": 300,
            "start": int(model.upload.time[0]),
            "end": int(model.upload.time[0]) + 299 * DAY,
            "price_basis": "raw",
            "currency": None,
        }
        assert body["sources"] == [
            {"source": "upload", "available": True, "reason": None},
            {"source": "yahoo", "available": False, "reason": "No network."},
        ]


async def test_symbols_finds_simulated_ones_and_says_when_the_model_service_is_down(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    found = (await client.get("/api/symbols?query=crash")).json()
    assert [each["symbol"] for each in found["symbols"]] == ["SIM-CRASH"]
    assert found["symbols"][0]["candles"] is None
    assert found["sources"][1] == {"source": "simulated", "available": True, "reason": None}
    model.failure = ModelServiceUnavailable("It is starting.")
    down = (await client.get("/api/symbols?query=crash")).json()
    assert down["sources"][1]["reason"] == "It is starting."


async def test_candles_are_json_without_nan(client: httpx.AsyncClient) -> None:
    await upload(client)
    orjson.loads((await client.get("/api/candles/NHPC")).content)
