"""Stored series, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gateway_fakes import MONDAY, make_candles

from backend_service.market_data.candles import COLUMNS, Candles
from backend_service.market_data.repository import SeriesRepository
from backend_service.market_data.series import SeriesHead
from backend_service.migrations import migrate

if TYPE_CHECKING:
    from backend_service.db import Database
    from backend_service.settings import Settings

pytestmark = pytest.mark.anyio


def make_head(candles: Candles, symbol: str = "NHPC", **changes: object) -> SeriesHead:
    head = SeriesHead(
        symbol=symbol,
        name=f"{symbol}.csv",
        source="upload",
        interval="1d",
        price_basis="adjusted",
        currency=None,
        timezone="Asia/Kolkata",
        data_hash=candles.data_hash,
        as_of=MONDAY.replace(microsecond=123_456),
        fresh_until=None,
        count=len(candles),
        start=int(candles.time[0]),
        end=int(candles.time[-1]),
    )
    return replace(head, **changes)  # type: ignore[arg-type]


async def store(
    database: Database, head: SeriesHead, candles: Candles, owner: str = "local"
) -> None:
    async with database.transaction() as session:
        repository = SeriesRepository(session, owner)
        if head.source == "upload":
            await repository.replace_upload(head, candles.to_arrow(), [{"row": 1}])
        else:
            await repository.replace_provided(head, candles.to_arrow())


async def read_heads(database: Database, symbol: str, owner: str = "local") -> list[SeriesHead]:
    async with database.transaction() as session:
        return await SeriesRepository(session, owner).heads_of(symbol)


async def test_a_series_comes_back_as_it_was_stored(database: Database) -> None:
    candles = make_candles(500)
    head = make_head(candles, fresh_until=MONDAY)
    await store(database, head, candles)
    assert await read_heads(database, "NHPC") == [head]
    async with database.transaction() as session:
        stored = await SeriesRepository(session, "local").candles_of(head)
    assert stored is not None
    read = Candles.from_arrow(stored)
    for name in COLUMNS:
        assert np.array_equal(getattr(read, name), getattr(candles, name))


async def test_an_upload_replaces_every_uploaded_series_of_its_symbol_and_no_other(
    database: Database,
) -> None:
    old, new = make_candles(10, seed=1), make_candles(20, seed=2)
    await store(database, make_head(old, interval="1h"), old)
    await store(database, make_head(old, source="yahoo"), old)
    await store(database, make_head(old, "OTHER"), old)
    await store(database, make_head(old), old, owner="somebody")
    await store(database, make_head(new), new)
    heads = await read_heads(database, "NHPC")
    assert [(head.source, head.count) for head in heads] == [("upload", 20), ("yahoo", 10)]
    assert [head.count for head in await read_heads(database, "OTHER")] == [10]
    assert [head.count for head in await read_heads(database, "NHPC", "somebody")] == [10]


async def test_a_provided_series_replaces_only_its_own_interval(database: Database) -> None:
    candles, newer = make_candles(10), make_candles(11)
    await store(database, make_head(candles, source="yahoo"), candles)
    await store(database, make_head(candles, source="yahoo", interval="1h"), candles)
    await store(database, make_head(newer, source="yahoo"), newer)
    heads = await read_heads(database, "NHPC")
    assert {(head.interval, head.count) for head in heads} == {("1d", 11), ("1h", 10)}


async def test_uploads_of_a_symbol_at_the_same_time_leave_exactly_one(database: Database) -> None:
    series = [make_candles(count) for count in range(5, 13)]
    await asyncio.gather(
        *(
            store(database, make_head(candles, interval=f"{index + 1}h"), candles)
            for index, candles in enumerate(series)
        )
    )
    heads = await read_heads(database, "NHPC")
    assert len(heads) == 1
    assert heads[0].data_hash in {candles.data_hash for candles in series}


async def test_nothing_is_replaced_when_the_transaction_fails(database: Database) -> None:
    old, new = make_candles(10), make_candles(20)
    await store(database, make_head(old), old)

    async def replace_and_fail() -> None:
        async with database.transaction() as session:
            repository = SeriesRepository(session, "local")
            await repository.replace_upload(make_head(new), new.to_arrow(), [])
            raise RuntimeError("later")

    with pytest.raises(RuntimeError, match="later"):
        await replace_and_fail()
    assert [head.count for head in await read_heads(database, "NHPC")] == [10]


async def test_candles_of_a_replaced_head_are_gone(database: Database) -> None:
    old, new = make_candles(10), make_candles(20)
    head = make_head(old)
    await store(database, head, old)
    await store(database, make_head(new), new)
    async with database.transaction() as session:
        assert await SeriesRepository(session, "local").candles_of(head) is None


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("", ["A_B", "NHPC", "XYZ"]),
        ("nh", ["NHPC"]),
        ("FILE of", ["XYZ"]),
        ("_", ["A_B"]),
        ("%", []),
        ("absent", []),
    ],
)
async def test_search_looks_at_symbol_and_name_and_takes_wildcards_literally(
    database: Database, part: str, found: list[str]
) -> None:
    candles = make_candles(3)
    for symbol, name in (("NHPC", "N"), ("A_B", "u"), ("XYZ", "File of mine")):
        await store(database, make_head(candles, symbol, name=name), candles)
    async with database.transaction() as session:
        heads = await SeriesRepository(session, "local").search(part, 10)
    assert [head.symbol for head in heads] == found


async def test_search_is_bounded(database: Database) -> None:
    candles = make_candles(3)
    for number in range(5):
        await store(database, make_head(candles, f"S{number}"), candles)
    async with database.transaction() as session:
        assert len(await SeriesRepository(session, "local").search("", 3)) == 3


async def test_migrations_run_once_however_many_processes_start(
    database: Database, settings: Settings
) -> None:
    candles = make_candles(3)
    await store(database, make_head(candles), candles)
    await asyncio.gather(*(migrate(database, settings.migrations_dir) for _ in range(4)))
    assert len(await read_heads(database, "NHPC")) == 1
