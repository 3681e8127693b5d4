"""Where units are made: one Protocol, whatever machine is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from model_service.experiments.compute.messages import Message
from model_service.experiments.compute.orders import UnitOrder


class UnitDied(Exception):
    """The process of a unit ended, or fell silent, before the unit did."""


class UnitStopped(Exception):
    """The unit was stopped as it was asked for; nothing of it is alive."""


class Executor(Protocol):
    """Makes units elsewhere than in this process."""

    @property
    def slots(self) -> int:
        """Units that are made side by side."""
        ...

    def run(self, order: UnitOrder, is_stopped: Callable[[], bool]) -> Iterator[Message]:
        """Make a unit and pass on what it tells; the last message says how it ended.

        Parameters
        ----------
        order : UnitOrder
        is_stopped : callable
            Asked several times a second; once it is true the unit is killed.

        Raises
        ------
        UnitDied
            If its process ends or falls silent.
        UnitStopped
        """
        ...

    def close(self) -> None:
        """Kill everything that is still being made, and wait for no one."""
        ...
