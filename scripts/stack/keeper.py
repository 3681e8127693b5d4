"""Run one program and see to it that its whole family ends together.

Started by supervisord as ``python -m scripts.stack.keeper SPEC EVENTS PARENT``. It forwards a
request to stop, kills what does not stop in time, and kills what the program left behind.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from scripts.stack.lifeline import adopt_orphans, descendants, die_with_parent, kill_processes
from scripts.stack.programs import Event

STOP_GRACE_SECONDS = 7
"""How long a program may take to stop after SIGTERM before it is killed."""


def keep(spec_path: Path, events_path: Path) -> int:
    """Run the program of `spec_path` until it ends.

    Returns
    -------
    int
        The program's exit code; 128 + n where signal n ended it, as shells say it.
    """
    spec = json.loads(spec_path.read_text())
    keeper = os.getpid()
    adopt_orphans()
    child = subprocess.Popen(
        spec["command"],
        cwd=spec["directory"],
        env={**os.environ, **spec["environment"]},
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: die_with_parent(keeper, signal.SIGKILL),
    )
    _stop_on_signals(child.pid)
    Event("started", child.pid).append_to(events_path)
    exit_code = _wait_for(child.pid)
    kill_processes(descendants(), timeout_seconds=2)
    Event("ended", child.pid, exit_code).append_to(events_path)
    return exit_code if exit_code >= 0 else 128 - exit_code


def _stop_on_signals(pid: int) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
        signal.alarm(STOP_GRACE_SECONDS)
        os.kill(pid, signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)


def _wait_for(pid: int) -> int:
    """Reap every child, adopted orphans included, until `pid` itself has ended."""
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == pid:
            # From here on the id may belong to somebody else.
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[3]))
    sys.exit(keep(Path(sys.argv[1]), Path(sys.argv[2])))
