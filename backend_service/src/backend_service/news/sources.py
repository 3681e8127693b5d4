"""How sources of headlines answered, and queries on that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import select

from backend_service.news.tables import NewsSourceRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from backend_service.providers.news import NewsProviderName


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source answered about a symbol.

    Attributes
    ----------
    etag, last_modified : str or None
        What it wants to be told when it is asked again.
    refreshed_at : datetime or None
        When it last answered.
    failures : int
        In a row, since then.
    next_attempt_at : datetime or None
        Before this it is left alone after a failure.
    reason : str or None
        Of the last failure; None after an answer.
    """

    provider: NewsProviderName
    name: str
    etag: str | None = None
    last_modified: str | None = None
    refreshed_at: datetime | None = None
    failures: int = 0
    next_attempt_at: datetime | None = None
    reason: str | None = None


class SourceRepository:
    """States of the sources of one owner, within the transaction of `session`."""

    def __init__(self, session: AsyncSession, owner_id: str) -> None:
        self._session = session
        self._owner_id = owner_id

    async def of_symbol(self, symbol: str) -> list[SourceState]:
        """The states of all sources that were ever asked about `symbol`."""
        rows = await self._session.scalars(
            select(NewsSourceRow).where(
                NewsSourceRow.owner_id == self._owner_id, NewsSourceRow.symbol == symbol
            )
        )
        return [
            SourceState(
                provider=cast("NewsProviderName", row.provider),
                name=row.name,
                etag=row.etag,
                last_modified=row.last_modified,
                refreshed_at=row.refreshed_at,
                failures=row.failures,
                next_attempt_at=row.next_attempt_at,
                reason=row.reason,
            )
            for row in rows
        ]

    async def save(self, symbol: str, state: SourceState) -> None:
        """Keep the state of a source in place of its last one."""
        await self._session.merge(
            NewsSourceRow(
                owner_id=self._owner_id,
                symbol=symbol,
                name=state.name,
                provider=state.provider,
                etag=state.etag,
                last_modified=state.last_modified,
                refreshed_at=state.refreshed_at,
                failures=state.failures,
                next_attempt_at=state.next_attempt_at,
                reason=state.reason,
            )
        )
