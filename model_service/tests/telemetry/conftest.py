"""A server that takes log lines as Logstash's TCP input does."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import pytest

DEADLINE = 20.0


class LineServer:
    """Takes lines on a port of its own, and can be away, silent or rude.

    Attributes
    ----------
    port : int
        Stays the same over `leave` and `come`.
    lines : list of bytes
        What was taken so far, without the ends.
    """

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.connections = 0
        self.reads = threading.Event()
        self.reads.set()
        self._open: list[socket.socket] = []
        self._listener = self._bind(0)
        self.port = self._listener.getsockname()[1]
        self._accept_in_background()

    def leave(self, *, rudely: bool = False) -> None:
        """Close everything; rudely: have the other side's data thrown away."""
        # Wakes the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            if rudely:
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.shutdown(socket.SHUT_RD)
            connection.close()
        self._open.clear()

    def come(self) -> None:
        """Listen again."""
        self._listener = self._bind(self.port)
        self._accept_in_background()

    def wait_for(self, is_there: Callable[[list[bytes]], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not is_there(self.lines):
            assert time.monotonic() < deadline, self.lines[-3:]
            time.sleep(0.005)

    def _bind(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # So small that a sender soon notices that nothing is read.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        return listener

    def _accept_in_background(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection: socket.socket) -> None:
        rest = b""
        with connection:
            while True:
                self.reads.wait()
                try:
                    content = connection.recv(65_536)
                except OSError:
                    return
                if not content:
                    return
                *lines, rest = (rest + content).split(b"\n")
                self.lines.extend(lines)


@pytest.fixture
def line_server() -> Iterator[LineServer]:
    """A server that takes lines; it is there at first."""
    server = LineServer()
    yield server
    server.reads.set()
    try:
        server.leave()
    except OSError:  # it has left already
        return
