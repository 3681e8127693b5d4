"""Uploaded files of headlines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from backend_service.errors import WHOLE_FILE, PayloadTooLarge, TooBusy
from backend_service.news.csv_file import read_headlines
from backend_service.news.schemas import NewsUploadResponse
from backend_service.news.sources import SourceState

if TYPE_CHECKING:
    from fastapi import UploadFile

    from backend_service.clock import Clock
    from backend_service.news.scoring import HeadlineScorer
    from backend_service.news.store import NewsStore

_WAITING: Final = 8
"""Uploads that may wait for their turn; each holds a temporary file."""
_NAME: Final = "Uploaded files"


class NewsUploads:
    """Takes uploads of headlines, one at a time."""

    def __init__(
        self, store: NewsStore, scorer: HeadlineScorer, clock: Clock, max_bytes: int
    ) -> None:
        self._store = store
        self._scorer = scorer
        self._clock = clock
        self._max_bytes = max_bytes
        self._turns = asyncio.Semaphore(1)
        self._taken_on = 0

    async def store(self, file: UploadFile, symbol: str | None) -> NewsUploadResponse:
        """Store the headlines in `file`; scoring them begins afterwards.

        Raises
        ------
        InvalidRequest
            The file cannot be read; nothing is stored.
        PayloadTooLarge
            More bytes or rows than the limit.
        TooBusy
            Too many uploads wait for their turn.
        """
        size = file.size or 0
        if size > self._max_bytes:
            raise PayloadTooLarge(
                f"The file has {size} bytes; at most {self._max_bytes} are taken.",
                field="file",
                row=WHOLE_FILE,
                limit=self._max_bytes,
            )
        if self._taken_on > _WAITING:
            raise TooBusy("Too many uploads are waiting; try again in a moment.", limit=_WAITING)
        self._taken_on += 1
        try:
            async with self._turns:
                return await self._read_and_store(file, symbol)
        finally:
            self._taken_on -= 1

    async def _read_and_store(self, file: UploadFile, symbol: str | None) -> NewsUploadResponse:
        content = await file.read()
        found = await asyncio.to_thread(read_headlines, content, symbol)
        symbols = sorted({headline.symbol for headline in found.headlines})
        now = self._clock()
        state = SourceState("upload", _NAME, refreshed_at=now)
        added = await self._store.add(found.headlines, dict.fromkeys(symbols, state))
        for each in symbols:
            self._scorer.consider(await self._store.head(each), now)
        times = [headline.published_at for headline in found.headlines]
        return NewsUploadResponse(
            items=len(found.headlines),
            added=added.added,
            duplicates=added.duplicates,
            symbols=symbols,
            start=min(times),
            end=max(times),
            issues=found.issues,
        )
