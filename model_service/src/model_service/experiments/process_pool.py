"""Processes that train: one thread and one network at a time each, gone with their parent."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from model_service.experiments.child_process import end_with_parent
from model_service.quiet_tensorflow import load_tensorflow

CONTEXT = multiprocessing.get_context("spawn")
"""New processes and not forks: TensorFlow takes its number of threads once a process."""


@contextmanager
def training_processes(
    count: int, begin: Callable[..., None] | None = None, arguments: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; whoever leaves it by an error leaves none of them running.

    Parameters
    ----------
    count : int
        Processes at once.
    begin : callable, optional
        Called in each process with `arguments`, before its first task.
    arguments : tuple
    """
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(
        count, mp_context=CONTEXT, initializer=_begin, initargs=(begin, arguments)
    ) as pool:
        try:
            yield pool
        except BaseException:
            # Nobody who is told that the work stopped finds it still running. What the processes
            # write is whole or not there, so that a kill breaks nothing. The pool's own thread
            # reaps them, and leaving the pool waits for it: whoever else waited for them meanwhile
            # could take a dead child for a living one. Waiting tasks are not cancelled: the pool,
            # finding its processes dead, gives up on them, and trips over cancelled ones.
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
            raise


def _begin(begin: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    """Set a process up, before TensorFlow computes anything."""
    end_with_parent()
    load_tensorflow(one_thread=True)
    if begin is not None:
        begin(*arguments)
