"""A launcher with stand-ins as a real process, and what is left of it."""

from __future__ import annotations

import contextlib
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import psutil
import pytest

from scripts.stack.ports import free_ports
from scripts.stack.programs import Layout, read_events

REPOSITORY = Path(__file__).resolve().parents[2]


def _catch_signals_again() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Launched:
    """A running launcher: its output line by line, and all processes below it.

    Where `by_make` is set, `process` is the make that started it.
    """

    def __init__(self, folder: Path, manners: list[str], ports: list[int], by_make: bool) -> None:
        self.ports = ports
        self.layout = Layout(log_dir=folder / "log", run_dir=folder / "run")
        command = [
            *(sys.executable, "-m", "tests.stack.launch_stand_ins", str(folder)),
            *(f"{port}:{manner}" for port, manner in zip(ports, manners, strict=True)),
        ]
        if by_make:
            makefile = folder / "Makefile"
            makefile.write_text(f"up:\n\t@exec {shlex.join(command)}\n")
            command = ["make", "-f", str(makefile), "up"]
        self.process = subprocess.Popen(
            command,
            # A test run in the background may have inherited these as ignored, and make keeps that.
            preexec_fn=_catch_signals_again,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self._seen: list[psutil.Process] = []

    def wait_for_line(self, words: str, timeout_seconds: float = 30) -> str:
        """The next line that contains `words`."""
        deadline = time.monotonic() + timeout_seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except Empty:
                raise AssertionError(f"no line with {words!r} in {self.said}") from None
            if words in line:
                return line

    def family(self) -> list[psutil.Process]:
        """The launcher and every process below it."""
        launcher = psutil.Process(self.process.pid)
        self._seen = [launcher, *launcher.children(recursive=True)]
        return self._seen

    def supervisor(self) -> psutil.Process:
        return psutil.Process(int((self.layout.run_dir / "supervisord.pid").read_text()))

    def program_pid(self, number: int) -> int:
        """Process id of a stand-in's last start."""
        events = read_events(self.layout.events(f"stand_in_{number}"))
        return [event.pid for event in events if event.kind == "started"][-1]

    def end(self) -> None:
        """Kill whatever was ever seen of the family, and close the pipe."""
        if self.process.poll() is None:
            self.family()
        for process in self._seen:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(timeout=5)
        self._reader.join(timeout=5)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            self._lines.put(line)


Launch = Callable[..., Launched]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start a launcher with stand-ins of the given manners; whatever is left is killed."""
    launched: list[Launched] = []

    def start(*manners: str, ports: list[int] | None = None, by_make: bool = False) -> Launched:
        one = Launched(tmp_path, list(manners), ports or free_ports(len(manners)), by_make)
        launched.append(one)
        return one

    yield start
    for one in launched:
        one.end()
