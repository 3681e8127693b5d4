"""Log lines about a unit: each says which one, and where its experiment came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, clear_contextvars


@contextmanager
def logging_about(
    experiment_id: str, unit: int, fields: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Have all lines of this thread say what they are about.

    Parameters
    ----------
    experiment_id : str
    unit : int
    fields : mapping, optional
        What else they say; more can be bound on the way.
    """
    bind_contextvars(
        **{"bellwether.experiment_id": experiment_id, "bellwether.unit": unit, **(fields or {})}
    )
    try:
        yield
    finally:
        clear_contextvars()
