"""Workers and their signs of life."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from model_service.experiments.records.tables import workers


@dataclass(frozen=True)
class Worker:
    """A worker process.

    Attributes
    ----------
    id : str
        Stays the same when the process is started again.
    incarnation : int
        Grows with every start, and when another declares it gone: who finds a higher one than its
        own has been replaced.
    beat : int
        Grows while it lives.
    """

    id: str
    incarnation: int
    beat: int


def register_worker(connection: sa.Connection, worker_id: str, now: float) -> Worker:
    """A new incarnation; an older one of the same id is replaced by it."""
    row = connection.execute(
        sa.select(workers.c.incarnation).where(workers.c.id == worker_id).with_for_update()
    ).one_or_none()
    incarnation = 1 if row is None else row.incarnation + 1
    if row is None:
        connection.execute(
            sa.insert(workers).values(
                id=worker_id, incarnation=incarnation, beat=0, gone=False, seen_at=now
            )
        )
    else:
        connection.execute(
            sa.update(workers)
            .where(workers.c.id == worker_id)
            .values(incarnation=incarnation, beat=workers.c.beat + 1, gone=False, seen_at=now)
        )
    return Worker(worker_id, incarnation, 0)


def beat(connection: sa.Connection, worker: Worker, now: float) -> bool:
    """A sign of life; false where this incarnation has been replaced."""
    updated = connection.execute(
        sa.update(workers)
        .where(workers.c.id == worker.id, workers.c.incarnation == worker.incarnation)
        .values(beat=workers.c.beat + 1, seen_at=now)
    )
    return updated.rowcount == 1


def list_workers(connection: sa.Connection) -> list[Worker]:
    """Workers that were not declared gone."""
    rows = connection.execute(
        sa.select(workers.c.id, workers.c.incarnation, workers.c.beat).where(~workers.c.gone)
    )
    return [Worker(row.id, row.incarnation, row.beat) for row in rows]


def last_sign_of_life(connection: sa.Connection) -> float | None:
    """When any of the workers that were not declared gone was seen last, epoch seconds."""
    seen: float | None = connection.execute(
        sa.select(sa.func.max(workers.c.seen_at)).where(~workers.c.gone)
    ).scalar_one()
    return seen


def is_incarnation(connection: sa.Connection, worker: Worker) -> bool:
    """Whether a worker is still the one that it was, and not gone."""
    found = connection.execute(
        sa.select(workers.c.incarnation).where(workers.c.id == worker.id, ~workers.c.gone)
    ).scalar_one_or_none()
    return found == worker.incarnation


def declare_gone(connection: sa.Connection, seen: Worker) -> bool:
    """Take a worker for dead, unless it has given a sign of life since it was `seen`.

    Its incarnation grows: should it live after all, it finds itself replaced and stops.
    """
    updated = connection.execute(
        sa.update(workers)
        .where(
            workers.c.id == seen.id,
            workers.c.incarnation == seen.incarnation,
            workers.c.beat == seen.beat,
        )
        .values(gone=True, incarnation=workers.c.incarnation + 1)
    )
    return updated.rowcount == 1
