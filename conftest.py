"""What the tests of all packages share: the folder of real data, and its absence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent


def market_data_folder() -> Path:
    """Folder of public data; not part of the repository."""
    return Path(os.environ.get("BELLWETHER_DATA") or ROOT / ".." / "shared" / "data").resolve()


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
