from __future__ import annotations

import pytest

from tests.deploy.observability.sources import Sources, read_sources


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_sources()
