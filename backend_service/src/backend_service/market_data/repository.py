"""Queries on stored series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Select, delete, func, or_, select, text

from backend_service.market_data.series import SeriesHead
from backend_service.market_data.tables import SeriesRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_service.market_data.candles import PriceBasis, Source

_HEAD_COLUMNS = (
    SeriesRow.symbol,
    SeriesRow.name,
    SeriesRow.source,
    SeriesRow.interval,
    SeriesRow.price_basis,
    SeriesRow.currency,
    SeriesRow.timezone,
    SeriesRow.data_hash,
    SeriesRow.as_of,
    SeriesRow.fresh_until,
    SeriesRow.candle_count,
    SeriesRow.start_time,
    SeriesRow.end_time,
)


class SeriesRepository:
    """Stored series of one owner, within the transaction of `session`."""

    def __init__(self, session: AsyncSession, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    async def heads_of(self, symbol: str) -> list[SeriesHead]:
        """Heads of every stored series of `symbol`, the newest first."""
        query = self._select_heads().where(SeriesRow.symbol == symbol)
        rows = await self._session.execute(query.order_by(SeriesRow.id.desc()))
        return [_to_head(row) for row in rows]

    async def spellings_of(self, symbol: str) -> set[str]:
        """Stored symbols that are `symbol` in some letter case."""
        query = select(SeriesRow.symbol).where(
            SeriesRow.owner_id == self._owner_id,
            func.lower(SeriesRow.symbol) == symbol.lower(),
        )
        return set(await self._session.scalars(query.distinct()))

    async def search(self, part: str, limit: int) -> list[SeriesHead]:
        """Heads whose symbol or name holds `part` (any case), by symbol; all for an empty one."""
        query = self._select_heads()
        if part:
            wanted = part.lower()
            query = query.where(
                or_(
                    func.lower(SeriesRow.symbol).contains(wanted, autoescape=True),
                    func.lower(SeriesRow.name).contains(wanted, autoescape=True),
                )
            )
        rows = await self._session.execute(
            query.order_by(SeriesRow.symbol, SeriesRow.id.desc()).limit(limit)
        )
        return [_to_head(row) for row in rows]

    async def candles_of(self, head: SeriesHead) -> bytes | None:
        """Stored candles that `head` describes; None where they were replaced since."""
        return await self._session.scalar(
            select(SeriesRow.candles).where(
                SeriesRow.owner_id == self._owner_id,
                SeriesRow.symbol == head.symbol,
                SeriesRow.source == head.source,
                SeriesRow.interval == head.interval,
                SeriesRow.data_hash == head.data_hash,
            )
        )

    async def replace_upload(
        self, head: SeriesHead, candles: bytes, issues: Sequence[dict[str, Any]]
    ) -> None:
        """Store `head` in place of every uploaded series of its symbol."""
        await self._replace(head, candles, issues, every_interval=True)

    async def replace_provided(self, head: SeriesHead, candles: bytes) -> None:
        """Store `head` in place of the series of its source and interval."""
        await self._replace(head, candles, (), every_interval=False)

    async def _replace(
        self,
        head: SeriesHead,
        candles: bytes,
        issues: Sequence[dict[str, Any]],
        *,
        every_interval: bool,
    ) -> None:
        await self._lock_symbol(head.symbol)
        old = delete(SeriesRow).where(
            SeriesRow.owner_id == self._owner_id,
            SeriesRow.symbol == head.symbol,
            SeriesRow.source == head.source,
        )
        if not every_interval:
            old = old.where(SeriesRow.interval == head.interval)
        await self._session.execute(old)
        self._session.add(
            SeriesRow(
                owner_id=self._owner_id,
                symbol=head.symbol,
                name=head.name,
                source=head.source,
                interval=head.interval,
                price_basis=head.price_basis,
                currency=head.currency,
                timezone=head.timezone,
                data_hash=head.data_hash,
                as_of=head.as_of,
                fresh_until=head.fresh_until,
                candle_count=head.count,
                start_time=head.start,
                end_time=head.end,
                issues=list(issues),
                candles=candles,
            )
        )
        await self._session.flush()

    async def _lock_symbol(self, symbol: str) -> None:
        """Let one transaction at a time replace a symbol, until it ends.

        SQLite has one writer anyway: its DELETE takes the lock.
        """
        if self._session.get_bind().dialect.name == "postgresql":
            await self._session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
                {"key": f"series/{self._owner_id}/{symbol}"},
            )

    def _select_heads(self) -> Select[*tuple[Any, ...]]:
        return select(*_HEAD_COLUMNS).where(SeriesRow.owner_id == self._owner_id)


def _to_head(row: Row[*tuple[Any, ...]]) -> SeriesHead:
    return SeriesHead(
        symbol=row.symbol,
        name=row.name,
        source=cast("Source", row.source),
        interval=row.interval,
        price_basis=cast("PriceBasis", row.price_basis),
        currency=row.currency,
        timezone=row.timezone,
        data_hash=row.data_hash,
        as_of=row.as_of,
        fresh_until=row.fresh_until,
        count=row.candle_count,
        start=row.start_time,
        end=row.end_time,
    )
