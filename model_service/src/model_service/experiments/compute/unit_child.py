"""One child process that makes units, and the two pipes to it."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

from model_service.experiments.compute.executor import UnitDied
from model_service.experiments.compute.messages import Alive, Logged, Message, decode_message
from model_service.experiments.compute.orders import UnitOrder
from model_service.telemetry.log_lines import relay_line

_MODULE = "model_service.experiments.compute.child"
_MAX_MESSAGES = 1_000
"""Of a child that are not yet read; it waits when there are more."""

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
"""Children are side by side on all cores; each of them takes one."""


class UnitChild:
    """A child process; see `child`.

    Attributes
    ----------
    made : int
        Units that it has made.
    idle_since : float
        On the monotonic clock; means nothing while it makes a unit.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, nothing from outside
            [sys.executable, "-m", _MODULE, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
        )
        self.made = 0
        self.idle_since = time.monotonic()
        self._messages: queue.Queue[Message | None] = queue.Queue(_MAX_MESSAGES)
        self._ended = threading.Event()
        threading.Thread(target=self._read, name="read-child", daemon=True).start()

    def begin(self, order: UnitOrder) -> None:
        """Hand an order over; what was said before it is forgotten.

        Raises
        ------
        UnitDied
        """
        with suppress(queue.Empty):
            while True:
                self._messages.get_nowait()
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it is a pipe
        try:
            stdin.write(order.encode() + b"\n")
            stdin.flush()
        except (OSError, ValueError) as error:
            raise UnitDied(self._how_it_ended()) from error

    def next_message(self, timeout_seconds: float) -> Message | None:
        """The next message; None where none comes in time.

        Raises
        ------
        UnitDied
        """
        try:
            return self._messages.get(timeout=timeout_seconds)
        except queue.Empty:
            if self._ended.is_set() and self._messages.empty():
                raise UnitDied(self._how_it_ended()) from None
            return None

    def is_alive(self) -> bool:
        """Whether it can be handed an order: its pipes close before it can be waited for."""
        return self._process.poll() is None and not self._ended.is_set()

    def kill(self) -> None:
        """Kill it and wait until it is gone: what it writes is whole or not there."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - it is a pipe
        with suppress(OSError):
            stdin.close()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - it is a pipe
        with suppress(OSError, ValueError), stdout:
            for line in stdout:
                message = decode_message(line)
                # Log lines wait for nobody, and are written whatever becomes of their unit.
                if isinstance(message, Logged):
                    relay_line(message.line)
                    continue
                # Signs of life of an idle child are of no interest and must not fill the queue.
                if isinstance(message, Alive):
                    with suppress(queue.Full):
                        self._messages.put_nowait(message)
                else:
                    self._messages.put(message)
        self._ended.set()

    def _how_it_ended(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.returncode
        if code is None:
            return "Its process closed its pipes."
        if code < 0:
            return f"Its process was killed by {signal.Signals(-code).name}."
        return f"Its process ended with exit code {code}."
