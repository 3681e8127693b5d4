"""Where kept reports of evaluations are: files of a folder, or names in the artefact store."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from model_service.artefacts.recent_listing import RecentListing
from model_service.artefacts.store import ArtefactStore
from model_service.errors import ArtefactNotFound, CorruptEvaluation

PREFIX = "evaluations"
SUFFIX = ".json"
MAX_FILES = 1_000
"""Of one source; what comes after them in the alphabet is not listed."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# Not blocking matters for a FIFO without a writer; it means nothing for a regular file.
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class ReportSource(Protocol):
    """Reports by their id; their version changes with their content."""

    def ids(self) -> list[str]:
        """Ids of all reports, sorted."""
        ...

    def version(self, evaluation_id: str) -> str | None:
        """Version of one report, None where it is not here."""
        ...

    def read(self, evaluation_id: str, *, max_bytes: int) -> tuple[bytes, str] | None:
        """Content and version of one report, None where it is not here.

        Raises
        ------
        CorruptEvaluation
            If it is larger than `max_bytes`.
        """
        ...


def is_report_id(text: str) -> bool:
    """Whether a report may have this id."""
    return _ID.fullmatch(text) is not None


class ReportFolder:
    """Files of one folder, which need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ids(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        names = sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}"))
        return [name for name in names if is_report_id(name)][:MAX_FILES]

    def version(self, evaluation_id: str) -> str | None:
        path = self._path(evaluation_id)
        try:
            return None if path is None else _version(path, path.lstat())
        except OSError:
            return None

    def read(self, evaluation_id: str, *, max_bytes: int) -> tuple[bytes, str] | None:
        path = self._path(evaluation_id)
        if path is None:
            return None
        try:
            descriptor = os.open(path, _READ_FLAGS)
        except OSError:
            return None
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            return None
        with os.fdopen(descriptor, "rb") as file:
            if status.st_size > max_bytes:
                raise _too_large(evaluation_id, max_bytes)
            return file.read(max_bytes), _version(path, status)

    def _path(self, evaluation_id: str) -> Path | None:
        return self._folder / f"{evaluation_id}{SUFFIX}" if is_report_id(evaluation_id) else None


class ReportArtefacts:
    """Reports that experiments put into the artefact store, as ``evaluations/ID.json``.

    A new one is found at once, a removed one missed after two seconds.

    Parameters
    ----------
    store : ArtefactStore
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self, store: ArtefactStore, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._listing = RecentListing(store, PREFIX, clock=clock)

    def ids(self) -> list[str]:
        names = (
            name.removeprefix(f"{PREFIX}/").removesuffix(SUFFIX)
            for name in self._listing.versions()
            if name.endswith(SUFFIX)
        )
        return sorted(name for name in names if is_report_id(name))[:MAX_FILES]

    def version(self, evaluation_id: str) -> str | None:
        version = self._listing.versions().get(_name(evaluation_id))
        return None if version is None else f"{self._store.url}-{version}"

    def read(self, evaluation_id: str, *, max_bytes: int) -> tuple[bytes, str] | None:
        if not is_report_id(evaluation_id):
            return None
        version = self.version(evaluation_id)
        if version is None:
            # It may be younger than the listing.
            self._listing.current()
            version = self.version(evaluation_id)
        if version is None:
            return None
        try:
            content = self._store.read(_name(evaluation_id))
        except ArtefactNotFound:
            return None
        if len(content) > max_bytes:
            raise _too_large(evaluation_id, max_bytes)
        return content, version


def _name(evaluation_id: str) -> str:
    return f"{PREFIX}/{evaluation_id}{SUFFIX}"


def _version(path: Path, status: os.stat_result) -> str:
    return f"{path}-{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"


def _too_large(evaluation_id: str, max_bytes: int) -> CorruptEvaluation:
    return CorruptEvaluation(
        f"The report {evaluation_id} is larger than {max_bytes / 2**20:g} MiB.", limit=max_bytes
    )
