"""Child processes that do not outlive their parents."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """`die_with` the parent of a child of `multiprocessing`, and leave Ctrl-C to it."""
    ignore_interrupts()
    # Who the parent was is known from before it could have ended.
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        die_with(parent.pid)


def ignore_interrupts() -> None:
    """Ctrl-C reaches a whole group of processes: the parent decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def die_with(parent: int) -> None:
    """Ask Linux to kill this process when the thread that started it ends (prctl(2)).

    Elsewhere nothing happens: a child then ends with its pipes, or after the unit that it is
    working on.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A parent that ended before the call sends nothing.
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
