"""What is below a prefix of the artefact store, as it was a moment ago.

A listing of S3 is a journey through the network; nobody who predicts should wait for one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import structlog

from model_service.artefacts.store import ArtefactStore
from model_service.errors import ArtefactStoreUnavailable

MAX_AGE_SECONDS = 2.0
_MAX_WAIT_SECONDS = 60.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Listed:
    versions: Mapping[str, str]
    asked_at: float
    """When the question for it was asked, on the listing's clock."""


class RecentListing:
    """Versions by name, asked for again when they are `max_age_seconds` old.

    While the store cannot be asked, what was known before goes on to be known.

    Parameters
    ----------
    store : ArtefactStore
    prefix : str
    max_age_seconds : float
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        store: ArtefactStore,
        prefix: str,
        *,
        max_age_seconds: float = MAX_AGE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._prefix = prefix
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._asking = threading.Lock()
        self._listed: _Listed | None = None

    def versions(self) -> Mapping[str, str]:
        """Names with their versions; the same object until the store was asked again.

        Raises
        ------
        ArtefactStoreUnavailable
            If the store could never be asked.
        """
        oldest = self._clock() - self._max_age_seconds
        listed = self._listed
        if listed is not None and listed.asked_at > oldest:
            return listed.versions
        # One asks; the others go on with what was known, unless nothing was.
        if not self._asking.acquire(timeout=_MAX_WAIT_SECONDS if listed is None else 0.0):
            if listed is None:
                raise ArtefactStoreUnavailable("The artefact store does not answer.")
            return listed.versions
        try:
            return self._ask(oldest)
        except ArtefactStoreUnavailable as error:
            if self._listed is None:
                raise
            _log.warning("listing is old", prefix=self._prefix, detail=error.detail)
            self._listed = replace(self._listed, asked_at=self._clock())
            return self._listed.versions
        finally:
            self._asking.release()

    def current(self) -> Mapping[str, str]:
        """Names with their versions, none of them older than this call.

        Raises
        ------
        ArtefactStoreUnavailable
        """
        since = self._clock()
        if not self._asking.acquire(timeout=_MAX_WAIT_SECONDS):
            raise ArtefactStoreUnavailable("The artefact store does not answer.")
        try:
            return self._ask(since)
        finally:
            self._asking.release()

    def _ask(self, since: float) -> Mapping[str, str]:
        """Ask the store, unless another did meanwhile; the caller holds the lock."""
        listed = self._listed
        if listed is None or listed.asked_at <= since:
            asked_at = self._clock()
            listed = _Listed(self._store.versions(self._prefix), asked_at)
            self._listed = listed
        return listed.versions
