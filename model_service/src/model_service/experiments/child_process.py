"""A child process that does not outlive its parent."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends, however it ends (prctl(2)).

    For a child of `multiprocessing`. Elsewhere nothing happens: a child then ends after the unit
    that it is working on.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A parent that ended before the call sends nothing; who it was, is known from before.
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os.kill(os.getpid(), signal.SIGKILL)
