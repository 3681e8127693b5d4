"""Tie a process to the life of its parent.

Linux does it without polling: ``PR_SET_PDEATHSIG`` sends a signal when the parent dies, and
``PR_SET_CHILD_SUBREAPER`` hands orphaned grandchildren to us instead of to process 1 (prctl(2)).
Elsewhere a thread looks at the parent's id.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_WATCH_SECONDS = 0.5
_ON_LINUX = sys.platform.startswith("linux")
_libc = ctypes.CDLL(None, use_errno=True) if _ON_LINUX else None


def die_with_parent(parent: int, signal_number: signal.Signals = signal.SIGTERM) -> None:
    """Have `signal_number` sent to this process when process `parent` ends.

    Parameters
    ----------
    parent : int
        Id of the parent that was meant. Where it is gone already, the signal comes at once:
        the parent may die between the fork and this call.
    signal_number : signal.Signals
        What is sent.
    """
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent, signal_number), daemon=True).start()
    if os.getppid() != parent:
        os.kill(os.getpid(), signal_number)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies (a no-op outside Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def signals_caught(process: int) -> int:
    """Bit mask of the signals that `process` handles (proc(5), SigCgt); 0 where unknown."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(lines.get("SigCgt", "0"), 16)


def kill_processes(processes: Sequence[psutil.Process], timeout_seconds: float) -> None:
    """Kill `processes` and wait until they are gone.

    `psutil` compares start times, so an id that was given to another process is not hit.
    """
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=timeout_seconds)


def descendants() -> list[psutil.Process]:
    """All living processes below this one."""
    return [p for p in psutil.Process().children(recursive=True) if _lives(p)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _watch(parent: int, signal_number: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os.kill(os.getpid(), signal_number)
