"""The simulated market's dates and names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from gateway_fakes import FakeClock, FakeModelService

from backend_service.providers.simulated import CATALOGUE, SimulatedProvider
from backend_service.telemetry.metrics import Metrics

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("now", "last_day"),
    [
        (datetime(2024, 6, 10, 0, 0, tzinfo=UTC), "2024-06-07"),  # Monday: Friday is the last
        (datetime(2024, 6, 11, 23, 59, tzinfo=UTC), "2024-06-10"),
        (datetime(2024, 6, 15, 12, 0, tzinfo=UTC), "2024-06-14"),  # Saturday
        (datetime(2024, 6, 16, 12, 0, tzinfo=UTC), "2024-06-14"),  # Sunday
    ],
)
async def test_candles_end_with_the_last_completed_weekday(now: datetime, last_day: str) -> None:
    model = FakeModelService()
    series = await SimulatedProvider(model, FakeClock(now), Metrics()).fetch("SIM-CALM", "1d")
    assert [str(day) for day in model.simulated_ranges[0]] == ["2010-01-04", last_day]
    assert series.fresh_until > now
    assert (series.fresh_until - now).total_seconds() <= 86_400


async def test_every_listed_symbol_is_offered_and_says_that_it_is_simulated() -> None:
    provider = SimulatedProvider(FakeModelService(), FakeClock(), Metrics())
    assert len(CATALOGUE) >= 4
    for listing in CATALOGUE:
        assert provider.offers(listing.symbol)
        assert listing.symbol in provider.symbols
        assert listing.name.startswith("Simulated")
        assert [found.symbol for found in await provider.search(listing.symbol)] == [listing.symbol]
    assert not provider.offers("SIM-OTHER")
