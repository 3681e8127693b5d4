from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.line_server import LineServer, serve_lines


@pytest.fixture
def line_server() -> Iterator[LineServer]:
    """A server that takes lines; it is there at first."""
    with serve_lines() as server:
        yield server
