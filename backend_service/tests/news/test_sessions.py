"""No headline counts before it was published, on any clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.market_data.series import SeriesHead
from backend_service.news.sessions import (
    CandleTiming,
    ExchangeDays,
    UnknownDays,
    daily_timing,
    intraday_timing,
)

HEAD = SeriesHead(
    symbol="AAPL",
    name="Apple",
    source="yahoo",
    interval="1d",
    price_basis="adjusted",
    currency="USD",
    timezone="America/New_York",
    data_hash="0" * 64,
    as_of=datetime(2024, 6, 10, tzinfo=UTC),
    fresh_until=None,
    count=1,
    start=0,
    end=0,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def midnight_of(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


MOMENTS = st.integers(day("1985-01-01") * 1_000, day("2090-01-01") * 1_000).map(
    lambda milliseconds: datetime.fromtimestamp(milliseconds / 1_000, UTC)
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("published", "session"),
    [
        ("2024-06-10T15:59:59-04:00", "2024-06-10"),  # a Monday, before the close
        ("2024-06-10T16:00:00-04:00", "2024-06-11"),  # not strictly before it
        ("2024-06-10T03:00:00-04:00", "2024-06-10"),  # before the open
        ("2024-06-07T16:30:00-04:00", "2024-06-10"),  # over the weekend
        ("2024-07-03T12:59:00-04:00", "2024-07-03"),  # closes at 13:00 before the holiday
        ("2024-07-03T13:01:00-04:00", "2024-07-05"),  # after that close, over the holiday
        ("2024-01-10T20:59:00+00:00", "2024-01-10"),  # winter time
        ("2024-01-10T21:00:00+00:00", "2024-01-11"),
        ("1999-12-31T22:00:00+00:00", "2000-01-03"),
    ],
)
async def test_new_york(published: str, session: str) -> None:
    timing = await daily_timing(HEAD)
    assert timing.counts_from(at(published), "time") == day(session)


@pytest.mark.parametrize(
    ("zone", "published", "session"),
    [
        ("Asia/Kolkata", "2024-06-10T09:59:00+00:00", "2024-06-10"),  # Bombay closes at 15:30
        ("Asia/Kolkata", "2024-06-10T10:00:00+00:00", "2024-06-11"),
        ("Asia/Tokyo", "2024-06-10T23:00:00+00:00", "2024-06-11"),
        ("Europe/London", "2024-06-10T15:29:00+00:00", "2024-06-10"),
        ("Asia/Hong_Kong", "2024-06-07T09:00:00+00:00", "2024-06-11"),  # Dragon Boat Festival
    ],
)
async def test_other_exchanges(zone: str, published: str, session: str) -> None:
    timing = await daily_timing(replace(HEAD, timezone=zone))
    assert timing.counts_from(at(published), "time") == day(session)


async def test_a_date_counts_from_the_session_after_it() -> None:
    timing = await daily_timing(HEAD)
    friday, sunday = at("2024-06-07T00:00:00+00:00"), at("2024-06-09T00:00:00+00:00")
    assert timing.counts_from(friday, "date") == day("2024-06-10")
    assert timing.counts_from(sunday, "date") == day("2024-06-10")


@pytest.mark.parametrize("zone", [None, "UTC", "-04:00", "Mars/Olympus"])
async def test_an_unknown_zone_takes_the_day_after(zone: str | None) -> None:
    timing = await daily_timing(replace(HEAD, timezone=zone))
    assert timing.counts_from(at("2024-06-10T00:00:01+00:00"), "time") == day("2024-06-11")
    assert timing.counts_from(at("2024-06-10T00:00:00+00:00"), "time") == day("2024-06-10")
    assert timing.counts_from(at("2024-06-10T00:00:00+00:00"), "date") == day("2024-06-11")


async def test_no_series_is_an_unknown_zone() -> None:
    assert isinstance(await daily_timing(None), UnknownDays)


async def test_every_calendar_that_is_named_is_there() -> None:
    from backend_service.news import sessions

    for zone in sessions._CALENDARS:
        ZoneInfo(zone)
        timing = await daily_timing(replace(HEAD, timezone=zone))
        assert isinstance(timing, ExchangeDays)
        assert len(timing.dates) == len(timing.closes) > 5_000


INTRADAY = intraday_timing(
    replace(HEAD, interval="5m"),
    np.array([day("2024-06-10T13:30:00") + 300 * n for n in range(78)], dtype=np.int64),
)


def test_within_the_day_a_candle_uses_what_was_published_by_its_time() -> None:
    first = day("2024-06-10T13:30:00")
    assert INTRADAY.counts_from(at("2024-06-10T13:30:00+00:00"), "time") == first
    assert INTRADAY.counts_from(at("2024-06-10T13:30:00.001+00:00"), "time") == first + 300
    assert INTRADAY.counts_from(at("2024-06-09T00:00:00+00:00"), "time") == first


def test_within_the_day_a_date_counts_once_it_has_ended_everywhere_it_may_be_meant() -> None:
    # Midnight in New York, four hours after midnight UTC.
    start = day("2024-06-10T13:30:00")
    timing = intraday_timing(
        replace(HEAD, interval="1h"),
        np.array([start + 3_600 * n for n in range(48)], dtype=np.int64),
    )
    found = timing.counts_from(at("2024-06-10T00:00:00+00:00"), "date")
    assert found == day("2024-06-11T04:30:00")
    tokyo = intraday_timing(
        replace(HEAD, interval="1h", timezone="Asia/Tokyo"),
        timing.times,  # type: ignore[attr-defined]
    )
    assert tokyo.counts_from(at("2024-06-10T00:00:00+00:00"), "date") == day("2024-06-11T00:30:00")


def test_the_close_of_a_candle() -> None:
    assert INTRADAY.close_of(day("2024-06-10T13:30:00")) == at("2024-06-10T13:35:00+00:00")
    assert UnknownDays().close_of(day("2024-06-10")) == at("2024-06-10T23:59:59+00:00")


async def test_the_close_of_a_short_session() -> None:
    timing = await daily_timing(HEAD)
    assert timing.close_of(day("2024-07-03")) == at("2024-07-03T13:00:00-04:00")
    assert timing.close_of(day("2024-07-04")) == at("2024-07-04T23:59:59+00:00")


@pytest.fixture(
    scope="module", params=["America/New_York", "Asia/Tokyo", "Pacific/Auckland", None, "5m"]
)
def timing(request: pytest.FixtureRequest) -> CandleTiming:
    import asyncio

    if request.param == "5m":
        return INTRADAY
    return asyncio.run(daily_timing(replace(HEAD, timezone=request.param)))


@given(moments=st.lists(MOMENTS, min_size=2, max_size=8))
def test_later_publications_never_count_from_earlier_candles(
    timing: CandleTiming, moments: list[datetime]
) -> None:
    for precision in ("time", "date"):
        ordered = sorted(
            moment if precision == "time" else midnight_of(moment) for moment in moments
        )
        candles = [timing.counts_from(moment, precision) for moment in ordered]  # type: ignore[arg-type]
        assert candles == sorted(candles)


@given(moment=MOMENTS)
def test_no_decision_is_made_before_the_publication(timing: CandleTiming, moment: datetime) -> None:
    candle = timing.counts_from(moment, "time")
    # The decision is made at the candle's close; the close of an unknown day is told as its end.
    assert timing.close_of(candle) > moment - timedelta(seconds=1)
    midnight = midnight_of(moment)
    assert timing.counts_from(midnight, "date") > midnight.timestamp()
    assert timing.counts_from(midnight, "date") >= timing.counts_from(midnight, "time")
