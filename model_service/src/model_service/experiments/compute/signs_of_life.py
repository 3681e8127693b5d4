"""Signs of life between messages that take their time: whoever hears nothing takes it for dead."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

from model_service.experiments.compute.messages import Alive, Message

ALIVE_SECONDS = 1.0
"""Longest silence of a process that lives."""

_MAX_MESSAGES = 100
"""That are not passed on yet; whoever makes them waits when there are more."""


def with_signs_of_life(
    make: Callable[[], Iterator[Message]], *, seconds: float = ALIVE_SECONDS
) -> Iterator[Message]:
    """Pass messages on as they come, and `Alive` where none came for a while.

    They are made in a thread of their own, so that one that takes long silences nobody. An error in
    making them is raised here.

    Parameters
    ----------
    make : callable
        Called in that thread; gives the messages.
    seconds : float
        Longest silence.
    """
    made: queue.Queue[Message | BaseException | None] = queue.Queue(_MAX_MESSAGES)
    left = threading.Event()

    def put(item: Message | BaseException | None) -> bool:
        while not left.is_set():
            with suppress(queue.Full):
                made.put(item, timeout=seconds)
                return True
        return False

    def work() -> None:
        try:
            for message in make():
                if not put(message):
                    return
            put(None)
        except BaseException as error:
            put(error)

    threading.Thread(target=work, name="make-messages", daemon=True).start()
    try:
        while True:
            try:
                item = made.get(timeout=seconds)
            except queue.Empty:
                yield Alive()
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        left.set()
