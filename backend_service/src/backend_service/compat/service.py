"""Results files of the dataset folder, for clients of the original system.

The original took the name of a candle file, let its model write ``NAME_results.csv`` beside it
and returned the rows of that. Here the name of a results file is taken as well, and what is
already written is not computed again.
"""

from __future__ import annotations

import asyncio
import csv
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from backend_service.compat.columns import name_columns
from backend_service.errors import DatasetFileNotFound, InvalidRequest, PayloadTooLarge
from backend_service.single_flight import SingleFlight

if TYPE_CHECKING:
    from backend_service.model_client.service import ModelService

_RESULTS: Final = "_results.csv"
_PREFIX: Final = "dataset/"
_SUFFIXES: Final = (".csv", ".csv.gz", ".zip")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9^][A-Za-z0-9 .&=^_-]*(?:\.csv|\.csv\.gz|\.zip)")
"""A file name and nothing else: no folder, no drive, no encoding, no control character."""


class ResultsReader:
    """Reads results files, and has missing ones written by the model service.

    Parameters
    ----------
    model : ModelService
    folder : Path
        The dataset folder that the model service writes into; nothing outside it is read.
    max_bytes : int
        Largest file that is read.
    """

    def __init__(self, model: ModelService, folder: Path, max_bytes: int) -> None:
        self._model = model
        self._folder = folder
        self._max_bytes = max_bytes
        self._runs: SingleFlight[str] = SingleFlight()

    async def rows(self, file_name: str) -> list[dict[str, str]]:
        """Rows of the results of `file_name`, every value as the text in the file.

        Parameters
        ----------
        file_name : str
            ``NHPC.csv``, ``.csv.gz`` or ``.zip``, or ``NHPC_results.csv``, also with ``dataset/``
            before it.

        Raises
        ------
        InvalidRequest
            The name is no plain file name.
        DatasetFileNotFound
            Neither the results nor the candles are there.
        PayloadTooLarge
            The results are larger than the limit.
        ModelServiceError
            The results could not be written.
        """
        name = file_name.removeprefix(_PREFIX)
        if not _PLAIN_NAME.fullmatch(name):
            raise InvalidRequest(
                "`fileName` is not the plain name of a .csv, .csv.gz or .zip file in the dataset "
                "folder.",
                field="fileName",
            )
        results, candles = await asyncio.to_thread(self._pair, name)
        if await asyncio.to_thread(self._needs_run, results, candles):
            await self._runs.run(candles, lambda: self._model.predict_file(candles))
        return await asyncio.to_thread(self._read, results)

    def _pair(self, name: str) -> tuple[str, str]:
        """The results file that `name` means, and the candle file behind it."""
        if name.endswith(_RESULTS):
            stem = name.removesuffix(_RESULTS)
            there = [stem + suffix for suffix in _SUFFIXES if self._find(stem + suffix)]
            return name, there[0] if there else stem + ".csv"
        suffix = max((each for each in _SUFFIXES if name.endswith(each)), key=len)
        return name.removesuffix(suffix) + _RESULTS, name

    def _needs_run(self, results: str, candles: str) -> bool:
        """Whether results are missing, or older than their candles."""
        written = self._find(results)
        source = self._find(candles)
        if written is None and source is None:
            raise DatasetFileNotFound(
                f"Neither `{results}` nor `{candles}` is in the dataset folder.", field="fileName"
            )
        if written is None or source is None:
            return written is None
        return written.stat().st_mtime < source.stat().st_mtime

    def _find(self, name: str) -> Path | None:
        """The regular file of that name; None for a missing one and for any kind of link."""
        path = self._folder / name
        return path if path.is_file() and not path.is_symlink() else None

    def _read(self, name: str) -> list[dict[str, str]]:
        try:
            # The link check and the opening are one step here: nobody can swap the file between.
            descriptor = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as error:
            raise DatasetFileNotFound(
                f"`{name}` is not in the dataset folder.", field="fileName"
            ) from error
        with os.fdopen(descriptor, encoding="utf-8-sig", errors="replace", newline="") as file:
            if os.fstat(descriptor).st_size > self._max_bytes:
                raise PayloadTooLarge(
                    f"`{name}` has more than {self._max_bytes} bytes.",
                    field="fileName",
                    limit=self._max_bytes,
                )
            rows = csv.DictReader(file, restkey="", restval="")
            rows.fieldnames = name_columns(rows.fieldnames or [])
            return [{key: value for key, value in row.items() if key} for row in rows]
