"""Queries on stored headlines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend_service.news.duplicates import Kept
from backend_service.news.items import Headline, split_words
from backend_service.news.tables import SCHEMA_VERSION, NewsItemRow, NewsSymbolRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_service.providers.news import NewsProviderName, Precision


@dataclass(frozen=True, slots=True)
class StoredItem:
    """A stored headline, as far as it is shown."""

    id: int
    symbol: str
    headline: str
    text_key: str
    provider: NewsProviderName
    source: str
    url: str | None
    published_at: datetime
    precision: Precision
    duplicates: int


_ITEM_COLUMNS = (
    NewsItemRow.id,
    NewsItemRow.symbol,
    NewsItemRow.headline,
    NewsItemRow.text_key,
    NewsItemRow.provider,
    NewsItemRow.source,
    NewsItemRow.url,
    NewsItemRow.published_at,
    NewsItemRow.precision,
    NewsItemRow.duplicates,
)


class NewsRepository:
    """Stored news of one owner, within the transaction of `session`."""

    def __init__(self, session: AsyncSession, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    async def lock(self, symbols: Collection[str]) -> None:
        """Let one transaction at a time change these symbols, until it ends.

        It is the first thing to be asked in a transaction that writes: SQLite then has its
        write lock before anything is read.
        """
        ordered = sorted(symbols)  # two that want the same ones wait and do not embrace
        await insert_missing(
            self._session,
            NewsSymbolRow,
            [{"owner_id": self._owner_id, "symbol": each, "version": 0} for each in ordered],
        )
        if self._session.get_bind().dialect.name == "postgresql":
            for symbol in ordered:
                await self._session.execute(
                    select(NewsSymbolRow.version).where(self._is_symbol(symbol)).with_for_update()
                )

    async def bump(self, symbols: Collection[str]) -> None:
        """Say that what is shown of these symbols has changed."""
        for symbol in sorted(symbols):
            await self._session.execute(
                update(NewsSymbolRow)
                .where(self._is_symbol(symbol))
                .values(version=NewsSymbolRow.version + 1)
            )

    async def version_of(self, symbol: str) -> int | None:
        """The version of a symbol's news; None where nothing was ever stored of it."""
        return await self._session.scalar(
            select(NewsSymbolRow.version).where(self._is_symbol(symbol))
        )

    async def around(self, symbol: str, first: datetime, last: datetime) -> list[Kept]:
        """Stored headlines of that time, for comparison."""
        rows = await self._session.execute(
            self._items_of(symbol)
            .add_columns(NewsItemRow.copies)
            .where(NewsItemRow.published_at.between(first, last))
        )
        return [Kept(_to_headline(row), row.id, set(row.copies)) for row in rows]

    async def insert(self, found: Sequence[Kept], seen_at: datetime) -> None:
        """Store new headlines."""
        rows = [
            {
                **_describe(kept.headline),
                "schema_version": SCHEMA_VERSION,
                "owner_id": self._owner_id,
                "symbol": kept.headline.symbol,
                "duplicates": len(kept.copies),
                "copies": sorted(kept.copies),
                "first_seen_at": seen_at,
            }
            for kept in found
        ]
        if rows:
            await self._session.execute(insert(NewsItemRow), rows)

    async def update(self, changed: Sequence[Kept]) -> None:
        """Count copies of stored headlines; one that was known earlier takes the place."""
        await self._update_many([_count_copies(kept) for kept in changed if not kept.replaced])
        await self._update_many(
            [
                {**_count_copies(kept), **_describe(kept.headline)}
                for kept in changed
                if kept.replaced
            ]
        )

    async def _update_many(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            await self._session.execute(update(NewsItemRow), list(rows))

    async def published(
        self,
        symbol: str,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = None,
    ) -> list[StoredItem]:
        """Headlines published from `start` to `end`, both inclusive, the newest first."""
        query = self._items_of(symbol)
        if start is not None:
            query = query.where(NewsItemRow.published_at >= start)
        if end is not None:
            query = query.where(NewsItemRow.published_at <= end)
        rows = await self._session.execute(
            query.order_by(NewsItemRow.published_at.desc(), NewsItemRow.id.desc()).limit(limit)
        )
        return [_to_item(row) for row in rows]

    async def count_published(self, symbol: str, start: datetime, end: datetime) -> int:
        """How many :meth:`published` would list without a limit."""
        count = await self._session.scalar(
            select(func.count())
            .select_from(NewsItemRow)
            .where(
                NewsItemRow.owner_id == self._owner_id,
                NewsItemRow.symbol == symbol,
                NewsItemRow.published_at.between(start, end),
            )
        )
        return count or 0

    async def newest(self, until: datetime, limit: int) -> list[StoredItem]:
        """The newest headlines of all symbols."""
        rows = await self._session.execute(
            select(*_ITEM_COLUMNS)
            .where(NewsItemRow.owner_id == self._owner_id, NewsItemRow.published_at <= until)
            .order_by(NewsItemRow.published_at.desc(), NewsItemRow.id.desc())
            .limit(limit)
        )
        return [_to_item(row) for row in rows]

    def _items_of(self, symbol: str) -> Select[*tuple[Any, ...]]:
        return select(*_ITEM_COLUMNS).where(
            NewsItemRow.owner_id == self._owner_id, NewsItemRow.symbol == symbol
        )

    def _is_symbol(self, symbol: str) -> ColumnElement[bool]:
        return (NewsSymbolRow.owner_id == self._owner_id) & (NewsSymbolRow.symbol == symbol)


async def insert_missing(
    session: AsyncSession, table: type[Any], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert those rows whose key is not there yet."""
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    await session.execute(build(table.__table__).on_conflict_do_nothing(), list(rows))


def _count_copies(kept: Kept) -> dict[str, Any]:
    return {"id": kept.row, "duplicates": len(kept.copies), "copies": sorted(kept.copies)}


def _describe(headline: Headline) -> dict[str, Any]:
    return {
        "headline": headline.text,
        "text_key": headline.text_key,
        "provider": headline.provider,
        "source": headline.source,
        "url": headline.url,
        "published_at": headline.published_at,
        "precision": headline.precision,
    }


def _to_headline(row: Row[*tuple[Any, ...]]) -> Headline:
    return Headline(
        symbol=row.symbol,
        text=row.headline,
        words=split_words(row.headline, row.source),
        text_key=row.text_key,
        provider=cast("NewsProviderName", row.provider),
        source=row.source,
        url=row.url,
        published_at=row.published_at,
        precision=cast("Precision", row.precision),
    )


def _to_item(row: Row[*tuple[Any, ...]]) -> StoredItem:
    return StoredItem(
        id=row.id,
        symbol=row.symbol,
        headline=row.headline,
        text_key=row.text_key,
        provider=cast("NewsProviderName", row.provider),
        source=row.source,
        url=row.url,
        published_at=row.published_at,
        precision=cast("Precision", row.precision),
        duplicates=row.duplicates,
    )
