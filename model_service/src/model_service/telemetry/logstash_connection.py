"""A connection to Logstash's TCP input that knows what has arrived."""

from __future__ import annotations

import array
import fcntl
import select
import socket
import termios
import threading
import time
from contextlib import suppress

from logstash import TCPLogstashHandler

_CONNECT_SECONDS = 2.0
_LOOK_SECONDS = 0.005

connecting = threading.Lock()
"""Held while a name is looked up: a process that is forked then could never do so again."""


class LogstashConnection(TCPLogstashHandler):  # type: ignore[misc]
    """python-logstash's handler as a connection: it is given lines, and says when they are there.

    Parameters
    ----------
    host, port
    stall_seconds : float
        So long the other side may take nothing before the connection is given up.
    """

    def __init__(self, host: str, port: int, stall_seconds: float) -> None:
        super().__init__(host, port, version=1)
        self.sock: socket.socket | None = None
        self._stall_seconds = stall_seconds
        self._taken = 0

    def makeSocket(self, timeout: float = _CONNECT_SECONDS) -> socket.socket:  # noqa: N802
        """A connection that gives up where nothing is taken for a while."""
        made: socket.socket = super().makeSocket(timeout)
        made.settimeout(self._stall_seconds)
        return made

    def deliver(self, lines: bytes) -> None:
        """Send lines, and wait until the other machine has them.

        Raises
        ------
        OSError
            If it does not take them; `arrived` says how much it has.
        """
        self._taken = 0
        if self.sock is None:
            with connecting:
                self.sock = self.makeSocket()
        if _is_closed(self.sock):
            # The first bytes would be taken without an error, and thrown away.
            raise ConnectionResetError
        left = memoryview(lines)
        while left:
            # Unlike `sendall` each call may take its time: slow is not away.
            count = self.sock.send(left)
            self._taken += count
            left = left[count:]
        self._wait_for_arrival(self.sock)

    def arrived(self) -> int:
        """Bytes of what was not delivered that the other machine has all the same."""
        waiting = None if self.sock is None else _count_unacknowledged(self.sock)
        return 0 if waiting is None else max(0, self._taken - waiting)

    def drop(self) -> None:
        """Give the connection up."""
        sock, self.sock = self.sock, None
        if sock is not None:
            sock.close()

    def interrupt(self) -> None:
        """Have a `deliver` that another thread is in fail."""
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Nothing: `logging` closes all handlers at the end, and the sink still needs it then."""

    def _wait_for_arrival(self, sock: socket.socket) -> None:
        silent_since, before = time.monotonic(), -1
        while waiting := _count_unacknowledged(sock):
            if waiting != before:
                silent_since, before = time.monotonic(), waiting
            elif time.monotonic() - silent_since > self._stall_seconds:
                raise TimeoutError
            if _is_closed(sock):
                raise ConnectionResetError
            time.sleep(_LOOK_SECONDS)


def _is_closed(sock: socket.socket) -> bool:
    """Whether the other side has closed a connection; what it says otherwise is thrown away."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    while poll.poll(0):
        try:
            if not sock.recv(4_096):
                return True
        except OSError:
            return True
    return False


def _count_unacknowledged(sock: socket.socket) -> int | None:
    """Bytes that this machine still keeps to send them again; None where it does not tell."""
    count = array.array("i", [0])
    try:
        fcntl.ioctl(sock, termios.TIOCOUTQ, count)
    except OSError:
        return None
    return count[0]
