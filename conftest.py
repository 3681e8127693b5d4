"""What the tests of all packages share: the folder of real data, and its absence."""

from __future__ import annotations

from pathlib import Path

import pytest

# The tests of a service lie in a folder that is called like its package, and pytest's importlib
# mode would take that folder for the package if the package were not known before.
import backend_service  # noqa: F401
import model_service  # noqa: F401
from tests.market_data import market_data_folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if market_data_folder().is_dir():
        return
    absent = pytest.mark.skip(reason="no real data here: BELLWETHER_DATA names no folder")
    for item in items:
        if item.get_closest_marker("realdata"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def market_data() -> Path:
    """The folder of real data; tests that use it carry the marker `realdata`."""
    return market_data_folder()
