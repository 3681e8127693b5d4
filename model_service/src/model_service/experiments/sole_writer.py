"""One evaluation at a time for one report: two would remove each other's finished units."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model_service.errors import InvalidRequest


@contextmanager
def sole_writer(out: Path) -> Iterator[None]:
    """Hold the lock of a report; the kernel lets it go however the process ends (flock(2)).

    Raises
    ------
    InvalidRequest
        If another process holds it.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    path = out.with_name(f".{out.name}.lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InvalidRequest(
                f"Another evaluation is writing {out.name!r}; wait for it, or name another report.",
                field="out",
            ) from None
        yield
        path.unlink(missing_ok=True)
