"""Kept reports of evaluations: those in folders, and those in the artefact store."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from model_service.artefacts.report_sources import ReportArtefacts, ReportFolder, ReportSource
from model_service.artefacts.store import ArtefactStore
from model_service.errors import (
    ArtefactStoreUnavailable,
    BellwetherError,
    CorruptEvaluation,
    EvaluationNotFound,
)

SCHEMA_VERSION = 1
MAX_BYTES = 64 * 1024 * 1024

_log = structlog.get_logger(__name__)

Report = Mapping[str, Any]
Tell = Callable[..., object]


@dataclass(frozen=True)
class StoredEvaluation:
    """A kept report.

    Attributes
    ----------
    id : str
        Its name without the suffix.
    content : bytes
        The report as JSON, as it is kept.
    """

    id: str
    content: bytes


class EvaluationStore:
    """Reports by their id; the last folder wins where two hold the same, each over the store.

    What a report says about itself is kept in memory until the report changes.

    Parameters
    ----------
    folders : sequence of Path
        Listed in this order; need not exist.
    artefacts : ArtefactStore, optional
        Where experiments keep reports; listed last.
    check : callable
        Raises `BellwetherError` where a parsed report is not what the contract says.
    max_bytes : int
        Larger reports are refused.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        artefacts: ArtefactStore | None = None,
        *,
        check: Callable[[Report], None],
        max_bytes: int = MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        in_folders: list[ReportSource] = [ReportFolder(folder) for folder in folders]
        in_store = [] if artefacts is None else [ReportArtefacts(artefacts, clock=clock)]
        self._listed: list[ReportSource] = [*in_folders, *in_store]
        self._searched: list[ReportSource] = [*reversed(in_folders), *in_store]
        self._check = check
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._summaries: dict[str, tuple[str, dict[str, Any] | CorruptEvaluation]] = {}

    def summaries(self, *, quietly: bool = False) -> list[dict[str, Any]]:
        """A line about each report, as `EvaluationSummary` of the contract.

        One that is no report is left out, and the log says so unless it is to be done `quietly`; so
        are all of an artefact store that cannot be read.
        """
        tell = _log.debug if quietly else _log.warning
        ids = list(dict.fromkeys(self._ids(tell)))
        with self._lock:
            self._summaries = {one: self._summaries[one] for one in ids if one in self._summaries}
        return [summary for one in ids if (summary := self._summary_or_skip(one, tell)) is not None]

    def get(self, evaluation_id: str) -> StoredEvaluation:
        """One report.

        Raises
        ------
        EvaluationNotFound
            If nothing holds it.
        CorruptEvaluation
            If it is too large or no report.
        ArtefactStoreUnavailable
            If it may be in an artefact store that cannot be read now.
        """
        content, version = self._read(evaluation_id)
        self._summarise(evaluation_id, content, version)
        return StoredEvaluation(evaluation_id, content)

    def _summary_or_skip(self, evaluation_id: str, tell: Tell) -> dict[str, Any] | None:
        """One broken report must not hide the others."""
        try:
            known = self._known(evaluation_id, self._version_of(evaluation_id))
            return known or self._summarise(evaluation_id, *self._read(evaluation_id))
        except BellwetherError as error:
            tell("evaluation left out", evaluation=evaluation_id, detail=error.detail)
            return None

    def _ids(self, tell: Tell = _log.warning) -> Iterator[str]:
        for source in self._listed:
            try:
                yield from source.ids()
            except ArtefactStoreUnavailable as error:
                tell("evaluations left out", detail=error.detail)

    def _version_of(self, evaluation_id: str) -> str | None:
        versions = (source.version(evaluation_id) for source in self._searched)
        return next((version for version in versions if version is not None), None)

    def _read(self, evaluation_id: str) -> tuple[bytes, str]:
        for source in self._searched:
            found = source.read(evaluation_id, max_bytes=self._max_bytes)
            if found is not None:
                return found
        ids = ", ".join(dict.fromkeys(self._ids()))
        raise EvaluationNotFound(
            f"There is no report {evaluation_id!r}; there are: {ids or 'none'}.",
            field="evaluation_id",
        )

    def _known(self, evaluation_id: str, version: str | None) -> dict[str, Any] | None:
        with self._lock:
            known = self._summaries.get(evaluation_id)
        if known is None or known[0] != version:
            return None
        if isinstance(known[1], CorruptEvaluation):
            raise CorruptEvaluation(known[1].detail)
        return known[1]

    def _summarise(self, evaluation_id: str, content: bytes, version: str) -> dict[str, Any]:
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
        self, evaluation_id: str, version: str, outcome: dict[str, Any] | CorruptEvaluation
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


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
