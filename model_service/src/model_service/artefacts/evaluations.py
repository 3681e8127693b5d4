"""Kept reports of evaluations: JSON files, one a report, named by their ids."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from model_service.errors import BellwetherError, CorruptEvaluation, EvaluationNotFound

SCHEMA_VERSION = 1
SUFFIX = ".json"
MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 1_000
"""Of one folder; what comes after them in the alphabet is not listed."""

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# Not blocking matters for a FIFO without a writer; it means nothing for a regular file.
_READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY

_log = structlog.get_logger(__name__)

Report = Mapping[str, Any]
Version = tuple[str, int, int, int]
"""Path, inode, time of the last change in nanoseconds, and size."""


@dataclass(frozen=True)
class StoredEvaluation:
    """A kept report.

    Attributes
    ----------
    id : str
        Name of its file without the suffix.
    content : bytes
        The report as JSON, as it lies on disk.
    """

    id: str
    content: bytes


class EvaluationStore:
    """Folders that hold reports; the last folder wins where two hold the same id.

    What a file says about itself is kept in memory until the file changes.

    Parameters
    ----------
    folders : sequence of Path
        Listed in this order; need not exist.
    check : callable
        Raises `BellwetherError` where a parsed report is not what the contract says.
    max_bytes : int
        Larger files are refused.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        check: Callable[[Report], None],
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._folders = tuple(folders)
        self._check = check
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._summaries: dict[str, tuple[Version, dict[str, Any] | CorruptEvaluation]] = {}

    def summaries(self) -> list[dict[str, Any]]:
        """A line about each report, as `EvaluationSummary` of the contract.

        A file that is no report is left out, and the log says so.
        """
        ids = list(dict.fromkeys(self._ids()))
        with self._lock:
            self._summaries = {one: self._summaries[one] for one in ids if one in self._summaries}
        return [summary for one in ids if (summary := self._summary_or_skip(one)) is not None]

    def get(self, evaluation_id: str) -> StoredEvaluation:
        """One report.

        Raises
        ------
        EvaluationNotFound
            If no folder holds it.
        CorruptEvaluation
            If its file is too large or no report.
        """
        content, version = self._read(evaluation_id)
        self._summarise(evaluation_id, content, version)
        return StoredEvaluation(evaluation_id, content)

    def _summary_or_skip(self, evaluation_id: str) -> dict[str, Any] | None:
        """One broken file must not hide the others."""
        try:
            known = self._known(evaluation_id, self._version_of(evaluation_id))
            return known or self._summarise(evaluation_id, *self._read(evaluation_id))
        except BellwetherError as error:
            _log.warning("evaluation left out", evaluation=evaluation_id, detail=error.detail)
            return None

    def _ids(self) -> Iterator[str]:
        for folder in self._folders:
            if folder.is_dir():
                names = sorted(path.stem for path in folder.glob(f"*{SUFFIX}"))
                yield from [name for name in names if _ID.fullmatch(name)][:MAX_FILES]

    def _paths(self, evaluation_id: str) -> Iterator[Path]:
        if _ID.fullmatch(evaluation_id):
            for folder in reversed(self._folders):
                yield folder / f"{evaluation_id}{SUFFIX}"

    def _version_of(self, evaluation_id: str) -> Version | None:
        for path in self._paths(evaluation_id):
            try:
                return _version(path, path.lstat())
            except OSError:
                continue
        return None

    def _read(self, evaluation_id: str) -> tuple[bytes, Version]:
        for path in self._paths(evaluation_id):
            try:
                descriptor = os.open(path, _READ_FLAGS)
            except OSError:
                continue
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                os.close(descriptor)
                continue
            with os.fdopen(descriptor, "rb") as file:
                if status.st_size > self._max_bytes:
                    raise CorruptEvaluation(
                        f"The report {evaluation_id} is larger than "
                        f"{self._max_bytes / 2**20:g} MiB.",
                        limit=self._max_bytes,
                    )
                return file.read(self._max_bytes), _version(path, status)
        ids = ", ".join(dict.fromkeys(self._ids()))
        raise EvaluationNotFound(
            f"There is no report {evaluation_id!r}; there are: {ids or 'none'}.",
            field="evaluation_id",
        )

    def _known(self, evaluation_id: str, version: Version | None) -> dict[str, Any] | None:
        with self._lock:
            known = self._summaries.get(evaluation_id)
        if known is None or known[0] != version:
            return None
        if isinstance(known[1], CorruptEvaluation):
            raise CorruptEvaluation(known[1].detail)
        return known[1]

    def _summarise(self, evaluation_id: str, content: bytes, version: Version) -> dict[str, Any]:
        known = self._known(evaluation_id, version)
        if known is not None:
            return known
        try:
            summary = self._summarise_anew(evaluation_id, content)
        except CorruptEvaluation as error:
            self._remember(evaluation_id, version, error)
            raise
        self._remember(evaluation_id, version, summary)
        return summary

    def _remember(
        self, evaluation_id: str, version: Version, outcome: dict[str, Any] | CorruptEvaluation
    ) -> None:
        with self._lock:
            self._summaries[evaluation_id] = (version, outcome)

    def _summarise_anew(self, evaluation_id: str, content: bytes) -> dict[str, Any]:
        try:
            report = json.loads(content, parse_constant=_refuse_constant)
            found = report["schema_version"]
            if found != SCHEMA_VERSION:
                raise CorruptEvaluation(
                    f"The report {evaluation_id} has schema version {found}, "
                    f"this service reads {SCHEMA_VERSION}."
                )
            self._check(report)
            return summarise_report(evaluation_id, report)
        except CorruptEvaluation:
            raise
        except BellwetherError as error:
            raise CorruptEvaluation(
                f"The report {evaluation_id} breaks the contract: {error.detail}"
            ) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CorruptEvaluation(f"The report {evaluation_id} cannot be read.") from error


def summarise_report(evaluation_id: str, report: Report) -> dict[str, Any]:
    """What a list says about a report: `EvaluationSummary` of the contract."""
    rows, passport = report["rows"], report["passport"]
    return {
        "id": evaluation_id,
        "protocol": report["protocol"],
        "title": report["title"],
        "verdict": report["verdict"],
        "sentence": report["sentence"],
        "symbols": [series["symbol"] for series in passport["series"]],
        "seeds": len(passport["seeds"]),
        "start": min((row["start"] for row in rows), default=None),
        "end": max((row["end"] for row in rows), default=None),
    }


def _version(path: Path, status: os.stat_result) -> Version:
    return (str(path), status.st_ino, status.st_mtime_ns, status.st_size)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
