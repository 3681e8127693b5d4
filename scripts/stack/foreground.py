"""Run a stack in the foreground of a terminal until somebody asks it to stop."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scripts.stack.lifeline import signals_caught
from scripts.stack.ports import PortInUse, check_ports
from scripts.stack.programs import Layout, Program, read_events
from scripts.stack.supervise import STOP_SECONDS, Supervisor
from scripts.stack.wait import StartFailed, StopRequested, wait_until_ready

START_SECONDS = 120.0
_WATCH_SECONDS = 0.5
_SAME_REQUEST_SECONDS = 1.0
_INT_AND_HUP = 1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1)

Say = Callable[[str], None]


class StopSignals:
    """SIGINT, SIGTERM and SIGHUP as something that can be waited for.

    Parameters
    ----------
    parent : int, optional
        Process id of the make that started us. Make hands SIGTERM on to its recipes, but not a
        SIGINT or SIGHUP sent to it alone: it only stops to catch that signal and then waits for
        us. That change counts as a request too (Linux).
    """

    def __init__(self, parent: int | None = None) -> None:
        self._parent = parent
        self._parent_caught = self._caught_by_parent()
        self._received, self._sent = socket.socketpair()
        self._sent.setblocking(False)
        signal.set_wakeup_fd(self._sent.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)

    def wait(self, timeout_seconds: float) -> bool:
        """Wait at most so long; true where a signal came."""
        readable, _, _ = select.select([self._received], [], [], timeout_seconds)
        if readable:
            self._received.recv(64)
        return bool(readable)

    def wait_for_request(self, timeout_seconds: float) -> bool:
        """As `wait`, a signal to the parent included."""
        return self.wait(timeout_seconds) or self._caught_by_parent() != self._parent_caught

    def _caught_by_parent(self) -> int:
        return 0 if self._parent is None else signals_caught(self._parent) & _INT_AND_HUP


def run(
    programs: Sequence[Program],
    layout: Layout,
    *,
    announce: Callable[[], str],
    say: Say,
    start_seconds: float = START_SECONDS,
    parent: int | None = None,
) -> int:
    """Start `programs`, announce them, and stay until a signal comes or the supervisor dies.

    Parameters
    ----------
    announce : callable
        Called once all are ready; what it returns is said.
    say : callable
        Shows a line to the person at the terminal.
    parent : int, optional
        See `StopSignals`.

    Returns
    -------
    int
        0 after a stop that was asked for, 1 otherwise.
    """
    signals = StopSignals(parent)
    supervisor = Supervisor(programs, layout)
    try:
        with _only_one(layout.run_dir):
            check_ports(programs)
            started = time.monotonic()
            try:
                supervisor.start()
                wait_until_ready(
                    programs,
                    layout,
                    timeout_seconds=start_seconds,
                    pause=signals.wait_for_request,
                    supervisor_is_alive=supervisor.is_alive,
                )
                say(f"Ready after {time.monotonic() - started:.1f} s.\n{announce()}")
                return _watch(programs, layout, supervisor, signals, say)
            except StopRequested:
                return 0
            finally:
                _stop(supervisor, signals, say)
    except (PortInUse, StartFailed, AlreadyRunning) as problem:
        say(str(problem))
        return 1


class AlreadyRunning(Exception):
    """Another launcher uses the same folder."""


@contextlib.contextmanager
def _only_one(run_dir: Path) -> Iterator[None]:
    """Hold the folder's lock; the kernel gives it back however the process ends."""
    run_dir.mkdir(parents=True, exist_ok=True)
    with (run_dir / "launcher.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"Bellwether already runs from this folder (process {lock.read().strip()}); "
                "stop it with Ctrl-C first."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _watch(
    programs: Sequence[Program],
    layout: Layout,
    supervisor: Supervisor,
    signals: StopSignals,
    say: Say,
) -> int:
    seen = {program.name: len(read_events(layout.events(program.name))) for program in programs}
    while supervisor.is_alive():
        if signals.wait_for_request(_WATCH_SECONDS):
            return 0
        for program in programs:
            events = read_events(layout.events(program.name))
            for event in events[seen[program.name] :]:
                if event.kind == "ended":
                    say(
                        f"The {program.title} ended (exit code {event.exit_code}) and is started "
                        f"again; its log is {layout.log(program.name)}."
                    )
                else:
                    say(f"The {program.title} was started again (process {event.pid}).")
            seen[program.name] = len(events)
    say("The supervisor was killed; stopping what it had started.")
    return 1


def _stop(supervisor: Supervisor, signals: StopSignals, say: Say) -> None:
    """Stop in order; a later signal, or the end of the time allowed, kills what is left.

    One request may come as two signals, to the whole group and handed on by make.
    """
    started = time.monotonic()
    say("Stopping …")
    supervisor.request_stop()
    while not supervisor.has_stopped() and time.monotonic() - started < STOP_SECONDS:
        if signals.wait(0.05) and time.monotonic() - started > _SAME_REQUEST_SECONDS:
            break
    supervisor.kill()
    say(f"Stopped after {time.monotonic() - started:.1f} s.")
