"""The time as something that is passed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time with its zone, UTC."""


def read_system_clock() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)
