"""Units as tasks of a Ray cluster: the executor where RAY_ADDRESS is set.

This machine has to be a node of the cluster, if need be one without CPUs for tasks. All nodes have
the worker's code installed, and reach the artefact store under its URL: with more than one machine
that is a bucket of S3 or a folder that they share; on one machine any folder is fine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

import structlog

from model_service.experiments.compute.executor import UnitDied, UnitStopped
from model_service.experiments.compute.messages import LAST, Alive, Hindered, Message, Noted
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.ray_link import RayLink
from model_service.experiments.compute.ray_process import RayProcess, RemoteUnit, UnitLost
from model_service.experiments.compute.signs_of_life import ALIVE_SECONDS

_POLL_SECONDS = 0.1
_FIRST_ANSWER_SECONDS = 30.0
_NOTED_SECONDS = 10.0
_PENDING_SECONDS = 600.0
"""So long a unit waits on the cluster for a CPU; then the queue has it wait."""
_KILL_SECONDS = 10.0
"""Ray itself kills a process that does not listen to it only after 5 s."""

_log = structlog.get_logger(__name__)


class RayTasks:
    """Makes units as tasks of a Ray cluster.

    Parameters
    ----------
    address : str
        ``host:port`` of the cluster's head, or what else `ray.init` takes.
    slots : int or None
        Units that are on the cluster at once; None: as many as it has CPUs, at least one.
    silence_seconds : float
        A unit that says nothing for so long is taken for dead and killed.
    patience_seconds : float
        So long a unit waits here for a cluster; then the queue has it wait.
    """

    def __init__(
        self,
        address: str,
        slots: int | None,
        *,
        silence_seconds: float,
        patience_seconds: float = 30.0,
    ) -> None:
        self._slots = slots
        self._silence_seconds = silence_seconds
        self._patience_seconds = patience_seconds
        self._link = RayLink(address)
        if slots is None:
            self._link.connected(_FIRST_ANSWER_SECONDS)

    @property
    def slots(self) -> int:
        """See `Executor.slots`; follows the size of the cluster where no number was given."""
        return self._slots or max(1, self._link.cpus)

    def run(self, order: UnitOrder, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        """See `Executor.run`; where there is no cluster the unit is hindered, and has not died."""
        process = self._connected(is_stopped)
        if process is None:
            yield Hindered(self._link.why_away)
            return
        unit = process.begin(order)
        finished = False
        try:
            for message in self._listen(unit, is_stopped):
                finished = isinstance(message, LAST)
                yield message
        finally:
            if not finished and not unit.kill(_KILL_SECONDS):
                _log.warning("a unit may still be alive on the cluster")

    def close(self) -> None:
        """See `Executor.close`."""
        self._link.close()

    def _connected(self, is_stopped: Callable[[], bool]) -> RayProcess | None:
        began = time.monotonic()
        while time.monotonic() - began < self._patience_seconds:
            if is_stopped():
                raise UnitStopped
            if (process := self._link.connected(_POLL_SECONDS)) is not None:
                return process
        return None

    def _listen(self, unit: RemoteUnit, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        try:
            first = yield from self._wait_for_cpu(unit, is_stopped)
        except UnitLost as lost:
            # Nothing of it was begun: what ended there was not its fault.
            first = Hindered(str(lost))
        yield first
        message: Message | None = first
        # Counted in waits and not by the clock: a worker that was itself stopped for a while has
        # not listened.
        silent_seconds = 0.0
        while not isinstance(message, LAST):
            if is_stopped():
                raise UnitStopped
            try:
                message = unit.next_message(_POLL_SECONDS)
            except UnitLost as lost:
                raise UnitDied(str(lost)) from lost
            if message is not None:
                silent_seconds = 0.0
                yield message
                continue
            silent_seconds += _POLL_SECONDS
            if silent_seconds > self._silence_seconds:
                raise UnitDied(f"Its process said nothing for {silent_seconds:.0f} s.")

    def _wait_for_cpu(
        self, unit: RemoteUnit, is_stopped: Callable[[], bool]
    ) -> Generator[Message, None, Message]:
        """Until the unit says something, which is returned; its silence means nothing before."""
        began = told = time.monotonic()
        noted = False
        while not is_stopped():
            message = unit.next_message(_POLL_SECONDS)
            if message is not None:
                return message
            now = time.monotonic()
            if now - began > _PENDING_SECONDS:
                unit.kill(_KILL_SECONDS)
                return Hindered(f"No CPU of the Ray cluster was free for {now - began:.0f} s.")
            if now - told > ALIVE_SECONDS:
                told = now
                yield Alive()
            if now - began > _NOTED_SECONDS and not noted:
                noted = True
                yield Noted("Waits for a free CPU of the Ray cluster.")
        raise UnitStopped
