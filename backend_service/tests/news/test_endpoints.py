"""News over HTTP: from the store at once, fetched and scored afterwards."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from gateway_fakes import DAY, MONDAY, FakeClock, FakeModelService, connect, make_candles
from news_fakes import FakeNewsProvider, make_item

from backend_service.app import create_app
from backend_service.errors import ModelServiceUnavailable, ProviderUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


@pytest.fixture
def provider() -> FakeNewsProvider:
    return FakeNewsProvider(
        items=[
            make_item("A good dam", MONDAY - HOUR, url="https://example.com/dam"),
            make_item("A bad dam", MONDAY - 30 * HOUR),
            make_item("Old", MONDAY - timedelta(days=40)),
            make_item("From tomorrow", MONDAY + 24 * HOUR),
        ]
    )


@pytest.fixture
def app(
    settings: Settings, model: FakeModelService, clock: FakeClock, provider: FakeNewsProvider
) -> FastAPI:
    return create_app(settings, model=model, clock=clock, news_providers=[provider])


@pytest.fixture(autouse=True)
async def uploaded(client: httpx.AsyncClient, model: FakeModelService) -> None:
    # The last candle is that of the clock's Monday.
    first = int(MONDAY.replace(hour=0).timestamp()) - 299 * DAY
    model.upload = make_candles(300, first=first)
    answer = await client.post("/api/datasets", files={"file": ("NHPC.csv", b"x")})
    assert answer.status_code == 201


async def settle(client: httpx.AsyncClient, path: str = "/api/news/NHPC") -> dict[str, Any]:
    """Ask as the page does, until nothing more is to come."""
    for _ in range(500):
        answer = (await client.get(path)).raise_for_status().json()
        if not answer["refreshing"]:
            found: dict[str, Any] = answer
            return found
        await asyncio.sleep(0.01)
    raise TimeoutError(path)


async def upload(client: httpx.AsyncClient, text: str, **form: str) -> httpx.Response:
    return await client.post("/api/news", files={"file": ("news.csv", text)}, data=form)


async def test_letter_case_makes_no_other_symbol(client: httpx.AsyncClient) -> None:
    await settle(client)
    answer = (await client.get("/api/news/nhpc")).json()
    assert (answer["symbol"], answer["total"]) == ("NHPC", 2)


async def test_the_first_answer_comes_at_once_and_the_headlines_later(
    client: httpx.AsyncClient, provider: FakeNewsProvider
) -> None:
    provider.gate = asyncio.Event()
    first = (await client.get("/api/news/NHPC")).json()
    assert first["refreshing"] is True
    assert (first["items"], first["total"], first["refreshed_at"]) == ([], 0, None)
    assert first["sources"] == [
        {
            "provider": "feed",
            "name": "Wire",
            "available": True,
            "reason": None,
            "refreshed_at": None,
        }
    ]
    provider.gate.set()
    answer = await settle(client)
    assert [item["headline"] for item in answer["items"]] == ["A good dam", "A bad dam"]
    assert (answer["total"], answer["truncated"], answer["age_seconds"]) == (2, False, 0)


async def test_an_item_with_all_that_is_known_of_it(client: httpx.AsyncClient) -> None:
    item = (await settle(client))["items"][0]
    assert int(item.pop("id")) > 0
    assert item == {
        "headline": "A good dam",
        "provider": "feed",
        "source": "Reuters",
        "url": "https://example.com/dam",
        "published_at": "2024-06-10T11:00:00Z",
        "precision": "time",
        "counts_from": int(datetime(2024, 6, 11, tzinfo=UTC).timestamp()),
        "duplicates": 0,
        "sentiment": {
            "label": "positive",
            "positive": 0.8,
            "negative": 0.1,
            "neutral": 0.1,
            "score": 0.7,
            "engine": "lite",
            "engine_version": "1",
        },
    }


async def test_the_window_of_an_uploaded_series_ends_with_its_last_candle(
    client: httpx.AsyncClient,
) -> None:
    answer = await settle(client)
    assert answer["as_of"] == answer["end"] == "2024-06-10T23:59:59Z"
    assert (answer["start"], answer["days"]) == ("2024-05-26T00:00:00Z", 15)


@pytest.mark.parametrize(
    ("query", "headlines"),
    [
        ("days=60", ["A good dam", "A bad dam", "Old"]),
        ("as_of=2024-05-05", ["Old"]),
        ("as_of=2024-06-10T10:00:00Z", ["A bad dam"]),
        ("as_of=2024-06-12", ["From tomorrow", "A good dam", "A bad dam"]),
        ("as_of=0001-01-01&days=3650", []),
        ("as_of=9999-12-31", []),
    ],
)
async def test_the_window_moves(
    client: httpx.AsyncClient, query: str, headlines: list[str]
) -> None:
    answer = await settle(client, f"/api/news/NHPC?{query}")
    await settle(client)
    answer = await settle(client, f"/api/news/NHPC?{query}")
    assert [item["headline"] for item in answer["items"]] == headlines


async def test_what_was_seen_is_not_sent_again(client: httpx.AsyncClient) -> None:
    await settle(client)
    answer = await client.get("/api/news/NHPC")
    tagged = {"If-None-Match": answer.headers["etag"]}
    assert (await client.get("/api/news/NHPC", headers=tagged)).status_code == 304


async def test_a_source_that_fails_is_named_with_the_reason(
    client: httpx.AsyncClient, provider: FakeNewsProvider, clock: FakeClock
) -> None:
    await settle(client)
    clock.now += 2 * HOUR
    provider.failure = ProviderUnavailable("The wire is cut.")
    answer = await settle(client)
    assert answer["sources"] == [
        {
            "provider": "feed",
            "name": "Wire",
            "available": False,
            "reason": "The wire is cut.",
            "refreshed_at": "2024-06-10T12:00:00Z",
        }
    ]
    assert answer["age_seconds"] == 7_200
    assert len(answer["items"]) == 2


async def test_without_scores_headlines_are_shown_all_the_same(
    client: httpx.AsyncClient, model: FakeModelService
) -> None:
    model.scoring_failure = ModelServiceUnavailable("It is away.")
    answer = await settle(client)
    assert [item["sentiment"] for item in answer["items"]] == [None, None]
    assert (answer["engine"], answer["engine_reason"]) == (None, "It is away.")


async def test_the_engine_and_why_it_is_that_one(client: httpx.AsyncClient) -> None:
    answer = await settle(client)
    assert answer["engine_reason"] is None
    assert answer["engine"] == {
        "name": "lite",
        "version": "1",
        "reason": "It is the only one here.",
    }


async def test_a_new_engine_takes_over(
    settings: Settings, model: FakeModelService, provider: FakeNewsProvider
) -> None:
    eager = settings.model_copy(update={"news_engine_seconds": 0.0})
    app = create_app(eager, model=model, clock=FakeClock(), news_providers=[provider])
    async with connect(app) as client:
        await settle(client)
        model.engine, model.engine_version = "finbert", "7"
        for _ in range(500):
            answer = await settle(client)
            engines = {item["sentiment"]["engine"] for item in answer["items"]}
            if engines == {"finbert"}:
                break
            await asyncio.sleep(0.01)
        assert engines == {"finbert"}
        assert answer["engine"]["name"] == "finbert"


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/api/news/NONE", 404, "symbol"),
        ("/api/sentiment/NONE", 404, "symbol"),
        ("/api/news/NHPC?days=0", 422, "days"),
        ("/api/news/NHPC?days=3651", 422, "days"),
        ("/api/sentiment/NHPC?days=36501", 422, "days"),
        ("/api/news/NHPC?as_of=yesterday", 422, "as_of"),
        ("/api/news/%00", 422, "symbol"),
    ],
)
async def test_refusals(client: httpx.AsyncClient, path: str, status: int, field: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["field"] == field
    assert "row" not in answer.json()


async def test_a_symbol_that_only_news_is_known_of_is_shown(client: httpx.AsyncClient) -> None:
    await upload(client, "date,headline,symbol\n2024-06-07,Elsewhere,tcs\n")
    answer = await settle(client, "/api/news/tcs")
    assert [item["headline"] for item in answer["items"]] == [
        "A good dam",
        "A bad dam",
        "Elsewhere",
    ]
    daily = (await client.get("/api/sentiment/TCS")).json()["daily"]
    assert daily == {n: [] for n in ("time", "score", "count", "positive", "negative", "neutral")}


async def test_sentiment_candle_by_candle(client: httpx.AsyncClient) -> None:
    await settle(client)
    await upload(
        client,
        "date,headline\n"
        "2024-06-06,good\n2024-06-06,bad again\n2024-06-06,plain\n2024-05-25,before\n",
        symbol="NHPC",
    )
    answer = await settle(client, "/api/sentiment/NHPC?days=4")
    daily = answer["daily"]
    sixth = int(datetime(2024, 6, 6, tzinfo=UTC).timestamp())
    assert daily["time"] == [sixth + n * DAY for n in range(5)]
    # From Thursday's three headlines on Friday, and Sunday's one on Monday.
    assert daily["count"] == [0, 3, 0, 0, 1]
    assert daily["positive"] == [0, 1, 0, 0, 0]
    assert daily["negative"] == [0, 1, 0, 0, 1]
    assert daily["neutral"] == [0, 1, 0, 0, 0]
    assert daily["score"] == [None, pytest.approx(0), None, None, pytest.approx(-0.7)]


async def test_an_uploaded_file(client: httpx.AsyncClient) -> None:
    answer = await upload(
        client,
        "Date;Title;Ticker\n2024-06-07;Dam opens;NHPC\n2024-06-07;DAM OPENS;NHPC\n;;\n"
        "2024-06-01 00:00:00;Elsewhere;TCS\n",
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "items": 3,
        "added": 2,
        "duplicates": 1,
        "symbols": ["NHPC", "TCS"],
        "start": "2024-06-01T00:00:00Z",
        "end": "2024-06-07T00:00:00Z",
        "issues": [
            {
                "row": 5,
                "kind": "midnight_is_a_date",
                "action": "converted",
                "message": "A midnight without a zone is read as a date alone: the headline counts "
                "from the next session.",
                "count": 1,
            }
        ],
    }
    shown = await settle(client)
    assert shown["sources"][0]["provider"] == "upload"
    assert "Dam opens" in [item["headline"] for item in shown["items"]]


@pytest.mark.parametrize(
    ("content", "form", "field", "row"),
    [
        (b"", {"symbol": "NHPC"}, "file", 1),
        (b"\x00\xff\xfe" * 50, {"symbol": "NHPC"}, "file", 1),
        (b"date,headline\n2024-06-07,x\n", {}, "symbol", 1),
        (b"date,headline\n2024-06-07,x\n", {"symbol": "<>"}, "symbol", 1),
        (b"date,headline\nyesterday,x\n", {"symbol": "NHPC"}, "date", 2),
    ],
)
async def test_files_that_are_refused(
    client: httpx.AsyncClient, content: bytes, form: dict[str, str], field: str, row: int
) -> None:
    answer = await client.post("/api/news", files={"file": ("news.csv", content)}, data=form)
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["field"], problem["row"]) == (field, row)


async def test_a_file_over_the_limit_is_refused(
    settings: Settings, model: FakeModelService
) -> None:
    small = settings.model_copy(update={"max_news_upload_bytes": 100})
    async with connect(create_app(small, model=model, news_providers=())) as client:
        answer = await upload(client, "date,headline\n" + "2024-06-07,x\n" * 10, symbol="NHPC")
        assert (answer.status_code, answer.json()["limit"]) == (413, 100)
        again = await client.post("/api/news", files={"file": ("n.csv", b"x" * 3_000_000)})
        assert (again.status_code, again.json()["row"]) == (413, 1)


async def test_what_is_asked_often_is_answered_from_the_cache(client: httpx.AsyncClient) -> None:
    await settle(client)
    for _ in range(3):
        await client.get("/api/news/NHPC")
    lines = (await client.get("/metrics")).text.splitlines()
    (hits,) = [line for line in lines if '_total{cache="news",result="hit"' in line]
    assert float(hits.rsplit(" ", 1)[1]) >= 3


async def test_an_odd_headline_does_no_harm(
    client: httpx.AsyncClient, provider: FakeNewsProvider
) -> None:
    odd = ["ارتفاع أسهم", "🚀" * 3_000, "half \ud83d pair", "<script>alert(1)</script>", "\x00 x"]
    provider.items = [make_item(text, MONDAY - n * HOUR) for n, text in enumerate(odd)]
    answer = await settle(client)
    assert [item["headline"] for item in answer["items"]] == [
        "ارتفاع أسهم",
        "🚀" * 1_000,
        "half ? pair",
        "<script>alert(1)</script>",
        "x",
    ]


@pytest.mark.realdata
async def test_the_recorded_headlines_are_taken_as_they_are(
    client: httpx.AsyncClient, market_data: Path
) -> None:
    file = market_data / "news" / "headlines_2018_2019.csv"
    files = {"file": (file.name, file.read_bytes())}
    answer = (await client.post("/api/news", files=files)).raise_for_status().json()
    assert answer["items"] == 3_108
    assert answer["added"] + answer["duplicates"] == 3_108
    assert answer["duplicates"] < 100
    assert {"AAPL", "VOW3.DE"} <= set(answer["symbols"])
    shown = await settle(client, "/api/news/AAPL?as_of=2019-06-30&days=30")
    assert shown["total"] > 10
    assert {item["precision"] for item in shown["items"]} == {"date"}
    again = (await client.post("/api/news", files=files)).json()
    assert (again["added"], again["duplicates"]) == (0, 3_108)
