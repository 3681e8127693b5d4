"""A TCP connection to Logstash that knows what has arrived there."""

from __future__ import annotations

import array
import contextlib
import fcntl
import select
import socket
import termios
import time
from typing import Final

from logstash import TCPLogstashHandler

_LOOK_SECONDS: Final = 0.02


class LogstashConnection(TCPLogstashHandler):  # type: ignore[misc]  # it has no types
    """python-logstash's handler for lines that are written already, with time limits.

    Connects at the first line, and again at the first one after a failure.

    Parameters
    ----------
    host, port
        Of Logstash's TCP input.
    connect_seconds, stall_seconds : float
        How long connecting may take, and how long the other side may take nothing.
    """

    def __init__(self, host: str, port: int, connect_seconds: float, stall_seconds: float) -> None:
        super().__init__(host, port)
        self.sock: socket.socket | None = None
        self._connect_seconds = connect_seconds
        self._stall_seconds = stall_seconds
        self._handed_over = 0

    def makeSocket(self, timeout: float = 1) -> socket.socket:  # noqa: N802, ARG002 - logging's
        made = socket.create_connection((self.host, self.port), self._connect_seconds)
        made.settimeout(self._stall_seconds)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self, s: bytes) -> None:
        """Return when the other side's system has all of `s`.

        Raises
        ------
        OSError
            It may have a part; see :meth:`arrived`.
        """
        self._handed_over = 0
        if self.sock is None:
            self.sock = self.makeSocket()
        if _is_closed(self.sock):
            raise ConnectionResetError("the other side closed the connection")
        left = memoryview(s)
        while left:
            # Time counts anew whenever something is taken: slow is not away.
            taken = self.sock.send(left)
            self._handed_over += taken
            left = left[taken:]
        self._await_arrival(self.sock)

    def arrived(self) -> int:
        """Bytes of what :meth:`send` failed to send that the other side's system has all the same.

        What it has not handed on to the program behind it when that ends is lost; no sender can
        know.
        """
        waiting = _count_waiting(self.sock) if self.sock is not None else None
        return 0 if waiting is None else max(self._handed_over - waiting, 0)

    def disconnect(self) -> None:
        """Give the connection up."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.close()
            self.sock = None

    def _await_arrival(self, connection: socket.socket) -> None:
        before = -1
        deadline = 0.0
        while left := _count_waiting(connection):
            now = time.monotonic()
            if left != before:
                before, deadline = left, now + self._stall_seconds
            elif now >= deadline:
                raise TimeoutError("the other side takes nothing")
            if _is_closed(connection):
                raise ConnectionResetError("the other side closed the connection")
            time.sleep(_LOOK_SECONDS)


def _is_closed(connection: socket.socket) -> bool:
    """Whether the other side, which never sends anything, ended the connection."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    if not poll.poll(0):
        return False
    try:
        return connection.recv(4_096) == b""
    except OSError:
        return True


def _count_waiting(connection: socket.socket) -> int | None:
    """Bytes that the other side's system has not acknowledged; None where ours does not tell."""
    count = array.array("i", [0])
    try:
        fcntl.ioctl(connection, termios.TIOCOUTQ, count)
    except OSError:
        return None
    return count[0]
