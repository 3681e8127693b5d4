"""The three real services, once for all tests that need them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.stack.trial import Trial, trial_stack


@pytest.fixture(scope="session")
def live_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """Model service, gateway and page on free ports, with an empty folder of their own.

    Without Yahoo: a test must not depend on what a provider answers today.
    """
    folder = tmp_path_factory.mktemp("services")
    with trial_stack(folder, {"BACKEND_YAHOO_ENABLED": "false"}) as trial:
        yield trial
