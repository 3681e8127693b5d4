"""A Ray driver as a child process, and the units that are made through it."""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from model_service.experiments.compute.messages import (
    Advanced,
    Alive,
    Logged,
    Message,
    decode_message,
)
from model_service.experiments.compute.orders import UnitOrder
from model_service.experiments.compute.ray_lines import (
    Away,
    Cancel,
    Cluster,
    Died,
    Ended,
    Line,
    Make,
    Said,
    ToDriver,
    decode_line,
    encode_line,
)
from model_service.telemetry.log_lines import relay_line

_MODULE = "model_service.experiments.compute.ray_driver"

_MAX_PASSING = 1_000
"""Messages of a unit that are not yet read; what only tells of progress is dropped beyond."""
_MAX_MESSAGES = 10_000


class UnitLost(Exception):
    """The process of a unit, or the driver that it was made through, is no more."""


class RemoteUnit:
    """One unit on the cluster.

    Parameters
    ----------
    send : callable
        Passes a line to the driver.
    key : int
        Among the units of this driver.
    """

    def __init__(self, send: Callable[[ToDriver], None], key: int) -> None:
        self.key = key
        self._send = send
        self._messages: queue.Queue[Message] = queue.Queue(_MAX_MESSAGES)
        self._ended = threading.Event()
        self._how = ""

    def next_message(self, timeout_seconds: float) -> Message | None:
        """The next message; None where none comes in time.

        Raises
        ------
        UnitLost
        """
        try:
            return self._messages.get(timeout=timeout_seconds)
        except queue.Empty:
            if self._ended.is_set() and self._messages.empty():
                raise UnitLost(self._how) from None
            return None

    def kill(self, timeout_seconds: float) -> bool:
        """Have its process killed; whether it is known to be gone."""
        if not self._ended.is_set():
            self._send(Cancel(self.key))
        return self._ended.wait(timeout_seconds)

    def hear(self, message: Message) -> None:
        """Take a message, and wait for nobody: other units are behind it."""
        if isinstance(message, Alive | Advanced) and self._messages.qsize() > _MAX_PASSING:
            return
        try:
            self._messages.put_nowait(message)
        except queue.Full:
            self.end("It said more than could be taken.")

    def end(self, how: str) -> None:
        """Nothing more comes; the first reason counts."""
        if not self._ended.is_set():
            self._how = how
            self._ended.set()


class RayProcess:
    """The child process that speaks to the cluster; to be started by a thread that outlives it.

    Parameters
    ----------
    address : str
        Of the cluster.
    """

    def __init__(self, address: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, nothing from outside
            [sys.executable, "-m", _MODULE, str(os.getpid()), address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
        )
        self.looks = 0
        """How often the cluster was seen; not at all until it is connected."""
        self.cpus = 0
        """Of the cluster, when it was seen last."""
        self.how_it_ended = "The Ray driver ended."
        self._keys = itertools.count()
        self._units: dict[int, RemoteUnit] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._over = False
        threading.Thread(target=self._read, name="read-ray-driver", daemon=True).start()

    def begin(self, order: UnitOrder) -> RemoteUnit:
        """Have a unit made; where the process is no more it is lost from the start."""
        unit = RemoteUnit(self._send, next(self._keys))
        with self._lock:
            over = self._over
            self._units[unit.key] = unit
        if over:
            unit.end(self.how_it_ended)
        self._send(Make(unit.key, order.encode().decode()))
        return unit

    def is_alive(self) -> bool:
        return not self._over

    def kill(self, how: str) -> None:
        """Kill it, and with it everything that is made through it."""
        self.how_it_ended = how
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)

    def _send(self, line: ToDriver) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it is a pipe
        # Of a process that is no more the reading thread tells.
        with self._writing, suppress(OSError, ValueError):
            stdin.write(encode_line(line))
            stdin.flush()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it is a pipe
        try:
            with suppress(OSError):
                for content in stdout:
                    self._take(decode_line(content))
        finally:
            self.kill(self.how_it_ended)
            self._close_pipes()
            with self._lock:
                self._over = True
                units = list(self._units.values())
            for unit in units:
                unit.end(self.how_it_ended)

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with self._writing, suppress(OSError):
                    pipe.close()

    def _take(self, line: Line) -> None:
        match line:
            case Cluster(cpus):
                self.cpus = cpus
                self.looks += 1
            case Away(reason):
                self.how_it_ended = reason
            case Said(key, message):
                self._hear(key, decode_message(message.encode()))
            case Died(key, reason):
                self._units.pop(key).end(reason)
            case Ended(key):
                self._units.pop(key).end("Its Ray task ended.")
            case _:
                pass

    def _hear(self, key: int, message: Message) -> None:
        # Log lines are written whatever becomes of their unit.
        if isinstance(message, Logged):
            relay_line(message.line)
        else:
            self._units[key].hear(message)
