"""What a unit tells while it is made, written down: often enough to follow, seldom enough to be
cheap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from model_service.database import Database
from model_service.experiments.compute.messages import (
    Advanced,
    Alive,
    Message,
    Noted,
    Validated,
)
from model_service.experiments.records.events import MAX_LOG_CHARACTERS, append_event
from model_service.experiments.records.units import Claim, update_claimed

PROGRESS_SECONDS = 1.0
"""Between two records of a unit's steps."""

SIGN_OF_LIFE_SECONDS = 3.0


class ClaimLost(Exception):
    """Somebody else has begun the unit."""


def ignore(_steps: int) -> None:
    """Count nothing."""


class UnitRecorder:
    """Records the messages of one unit.

    Parameters
    ----------
    database : Database
    claim : Claim
    clock : callable
        Epoch seconds.
    count_steps : callable
        Told of steps that were trained, here and now.
    """

    def __init__(
        self,
        database: Database,
        claim: Claim,
        clock: Callable[[], float],
        count_steps: Callable[[int], None] = ignore,
    ) -> None:
        self._database = database
        self._claim = claim
        self._clock = clock
        self._count_steps = count_steps
        # One that was begun before goes on from a checkpoint, which its first message is near.
        self._step: int | None = 0 if claim.fence == 1 else None
        self._recorded_at = 0.0
        self._pending: Advanced | None = None

    def record(self, message: Message) -> None:
        """Write a message down; steps at most once in a while, the last of them in any case.

        Raises
        ------
        ClaimLost
        """
        now = self._clock()
        since = now - self._recorded_at
        match message:
            case Advanced():
                self._pending = message
                self._count(message.step)
                if since >= PROGRESS_SECONDS or message.step >= message.total:
                    self._write(now)
            case Alive() if since >= SIGN_OF_LIFE_SECONDS:
                self._write(now)
            case Noted(text):
                self._write(now, "log", text=text[:MAX_LOG_CHARACTERS])
            case Validated(step, total, point):
                self._write(now, "validation", step=step, total=total, validation=point)
            case _:
                pass

    def _count(self, step: int) -> None:
        if self._step is not None and step > self._step:
            self._count_steps(step - self._step)
        self._step = step

    def _write(self, now: float, kind: Any = None, **body: Any) -> None:
        progress, self._pending = self._pending, None
        values: dict[str, Any] = {"seen_at": now}
        if progress is not None:
            values.update(
                step=progress.step,
                total=progress.total,
                steps_per_second=progress.steps_per_second,
            )
            metrics = {**progress.metrics, "loss": progress.loss}
            values["metrics"] = metrics
        claim = self._claim

        def work() -> bool:
            with self._database.writing() as connection:
                if not update_claimed(connection, claim, **values):
                    return False
                if progress is not None:
                    append_event(
                        connection,
                        claim.experiment_id,
                        "progress",
                        at=now,
                        unit=claim.unit,
                        step=progress.step,
                        total=progress.total,
                        loss=progress.loss,
                        steps_per_second=progress.steps_per_second,
                    )
                if kind is not None:
                    append_event(
                        connection, claim.experiment_id, kind, at=now, unit=claim.unit, **body
                    )
                return True

        if not self._database.run(work):
            raise ClaimLost
        self._recorded_at = now
