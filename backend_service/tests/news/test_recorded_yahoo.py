"""Recorded news flow from a local Yahoo through the gateway to scored headlines."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from gateway_fakes import FakeClock, FakeModelService, connect
from recorded_yahoo import serve_recorded_yahoo

from backend_service.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from backend_service.settings import Settings

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.realdata,
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]


async def test_recorded_headlines_are_stored_scored_and_timed(
    settings: Settings, model: FakeModelService, market_data: Path
) -> None:
    with serve_recorded_yahoo() as yahoo:
        yahoo.record(market_data / "yahoo" / "chart" / "chart-AAPL-2020-08-31-to-2020-11-07.json")
        recorded = yahoo.record(market_data / "yahoo" / "search" / "search-AAPL.json")
        local = settings.model_copy(
            update={
                "yahoo_enabled": True,
                "yahoo_url": yahoo.url,
                "yahoo_budget_seconds": 20.0,
                "yahoo_search_seconds": 5.0,
            }
        )
        clock = FakeClock(datetime(2026, 1, 5, 12, tzinfo=UTC))
        async with connect(create_app(local, model=model, clock=clock)) as client:
            answer: dict[str, Any] = {"refreshing": True}
            while answer["refreshing"]:
                await asyncio.sleep(0.05)
                reply = await client.get("/api/news/AAPL?days=3650")
                answer = reply.raise_for_status().json()
    titles = {" ".join(news["title"].split()): news for news in recorded["news"]}
    assert answer["total"] == 3
    for item in answer["items"]:
        news = titles[item["headline"]]
        published = datetime.fromtimestamp(news["providerPublishTime"], UTC)
        assert datetime.fromisoformat(item["published_at"]) == published
        assert item["source"] == news["publisher"]
        assert item["sentiment"]["engine"] == "lite"
        # New York's session of that date, or of a later one.
        assert item["counts_from"] >= published.replace(hour=0, minute=0, second=0).timestamp()
    (source,) = answer["sources"]
    assert (source["provider"], source["available"]) == ("yahoo", True)
