"""An experiment that is made once, for whoever looks at what it left behind."""

from __future__ import annotations

import pytest

from scripts.stack.trial import Trial
from tests.observability.asking import Asked, train

SECRET = "t0p-secret-of-the-person"  # noqa: S105 - what is looked for in the logs


@pytest.fixture(scope="session")
def experiment(live_services: Trial) -> Asked:
    """The request that created it; it is done."""
    return train(live_services, Authorization=f"Bearer {SECRET}", Cookie=f"session={SECRET}")
