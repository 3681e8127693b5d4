"""Uploads: the model service reads them, the gateway stores what it read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from backend_service.datasets.schemas import DatasetResponse
from backend_service.errors import WHOLE_FILE, InvalidRequest, PayloadTooLarge, TooBusy
from backend_service.market_data.repository import SeriesRepository
from backend_service.market_data.series import LOCAL_OWNER, SeriesHead
from backend_service.model_client.service import RawFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import UploadFile

    from backend_service.clock import Clock
    from backend_service.db import Database
    from backend_service.market_data.library import SeriesLibrary
    from backend_service.model_client.service import ModelSeries, ModelService

_CHUNK_BYTES: Final = 256 * 1024
_AT_ONCE: Final = 2
"""Uploads that are read at the same time; a million candles take some 300 MB while they are."""
_WAITING: Final = 8
"""Uploads that may wait for their turn; each holds a temporary file."""
_NAME_LENGTH: Final = 255


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """What the uploader said about the file."""

    symbol: str | None
    column: str | None
    repair: bool


class DatasetService:
    """Takes uploads.

    The form's file lies in a temporary file by the time it comes here (Starlette keeps one
    megabyte in memory), so it is passed on in chunks and never held as a whole.
    """

    def __init__(
        self,
        database: Database,
        library: SeriesLibrary,
        model: ModelService,
        clock: Clock,
        max_upload_bytes: int,
    ) -> None:
        self._database = database
        self._library = library
        self._model = model
        self._clock = clock
        self._max_upload_bytes = max_upload_bytes
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._taken_on = 0

    async def store(self, file: UploadFile, options: UploadOptions) -> DatasetResponse:
        """Store the candles in `file` in place of earlier uploads of the symbol.

        Raises
        ------
        InvalidRequest
            The symbol is that of a simulated series, or the file has no name.
        PayloadTooLarge
            More bytes than the limit.
        TooBusy
            Too many uploads wait for their turn.
        ModelServiceRefusal
            The file cannot be read as candles; nothing is stored.
        """
        size = file.size or 0
        if size > self._max_upload_bytes:
            raise PayloadTooLarge(
                f"The file has {size} bytes; at most {self._max_upload_bytes} are taken.",
                field="file",
                row=WHOLE_FILE,
                limit=self._max_upload_bytes,
            )
        name = _base_name(file.filename)
        if options.symbol is not None:
            self._refuse_simulated(options.symbol)
        if self._taken_on >= _AT_ONCE + _WAITING:
            raise TooBusy("Too many uploads are waiting; try again in a moment.", limit=_WAITING)
        self._taken_on += 1
        try:
            async with self._turns:
                return await self._read_and_store(file, name, size, options)
        finally:
            self._taken_on -= 1

    async def _read_and_store(
        self, file: UploadFile, name: str, size: int, options: UploadOptions
    ) -> DatasetResponse:
        series = await self._model.preprocess(
            RawFile(_read_chunks(file), size, name, options.symbol, options.column, options.repair)
        )
        self._refuse_simulated(series.symbol)
        head = self._describe(series, name)
        packed = await asyncio.to_thread(series.candles.to_arrow)
        issues = [issue.model_dump() for issue in series.issues]
        async with self._database.transaction() as session:
            repository = SeriesRepository(session, LOCAL_OWNER)
            await repository.replace_upload(head, packed, issues)
        self._library.forget(head.symbol)
        return DatasetResponse(
            symbol=head.symbol,
            candles=head.count,
            start=head.start,
            end=head.end,
            price_basis=head.price_basis,
            data_hash=head.data_hash,
            issues=list(series.issues),
        )

    def _refuse_simulated(self, symbol: str) -> None:
        """Uploads are shown without the label of invented candles, so they cannot hide any."""
        simulated = self._library.simulated_name(symbol)
        if simulated is not None:
            raise InvalidRequest(
                f"{simulated} is a simulated symbol; give the upload another `symbol`.",
                field="symbol",
                row=WHOLE_FILE,
            )

    def _describe(self, series: ModelSeries, file_name: str) -> SeriesHead:
        return SeriesHead(
            symbol=series.symbol,
            name=file_name,
            source="upload",
            interval=series.interval,
            price_basis=series.price_basis,
            currency=series.currency,
            timezone=series.timezone,
            data_hash=series.candles.data_hash,
            as_of=self._clock(),
            fresh_until=None,
            count=len(series.candles),
            start=int(series.candles.time[0]),
            end=int(series.candles.time[-1]),
        )


async def _read_chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(_CHUNK_BYTES):
        yield chunk


def _base_name(file_name: str | None) -> str:
    """The last part of the name that a browser sent, without anything that is no text."""
    last = PurePosixPath((file_name or "").replace("\\", "/")).name
    name = "".join(character for character in last if character.isprintable())
    if not name:
        raise InvalidRequest("`file` has no file name.", field="file", row=WHOLE_FILE)
    return name[-_NAME_LENGTH:]
