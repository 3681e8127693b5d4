"""What the tests of artefacts share: a clock that stands, and a store that counts questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest

from model_service.artefacts.store import ArtefactStore
from model_service.errors import ArtefactStoreUnavailable


class StandingClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class CountingStore(ArtefactStore):
    """Counts what is asked of it, and fails while it is `away`."""

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout_seconds=20)
        self.asked: Counter[str] = Counter()
        self.away = False

    def read(self, name: str) -> bytes:
        self._count("read")
        return super().read(name)

    def versions(self, prefix: str) -> Mapping[str, str]:
        self._count("versions")
        return super().versions(prefix)

    def _count(self, question: str) -> None:
        self.asked[question] += 1
        if self.away:
            raise ArtefactStoreUnavailable("The artefact store is away.")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def counting(artefact_url: str) -> CountingStore:
    """An empty store that counts, on a folder and on S3."""
    return CountingStore(artefact_url)


@pytest.fixture
def weight_arrays() -> list[np.ndarray]:
    return [np.arange(6, dtype=np.float32).reshape(2, 3), np.zeros(3, np.float32)]
