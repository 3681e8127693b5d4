"""Logstash's part in tests: a TCP server that takes lines, and can be away, slow or rude."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_SECONDS = 20.0
_RESET = struct.pack("ii", 1, 0)


class LineServer:
    """Takes lines on one port for as long as it lives.

    Attributes
    ----------
    port : int
        The same after it was away.
    lines : list of bytes
        All that came, without line feeds.
    reading : threading.Event
        Cleared, it accepts connections and takes nothing from them.
    """

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.connections = 0
        self.reading = threading.Event()
        self.reading.set()
        self.port = 0
        self._accepted: list[socket.socket] = []
        self.come()

    def come(self) -> None:
        self._server = socket.socket()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # A sender is to notice soon that nothing is read.
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        self._server.bind(("127.0.0.1", self.port))
        self._server.listen()
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def go(self, *, reset: bool = False) -> None:
        """Be away; with `reset`, throw away what was sent and not read."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for accepted in self._accepted:
            with contextlib.suppress(OSError):
                if reset:
                    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                accepted.shutdown(socket.SHUT_RD)
                accepted.close()
        self._accepted.clear()

    def wait_for(self, condition: Callable[[list[bytes]], bool]) -> None:
        wait_until(lambda: condition(self.lines))

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = server.accept()
                self.connections += 1
                self._accepted.append(accepted)
                threading.Thread(target=self._read, args=(accepted,), daemon=True).start()

    def _read(self, accepted: socket.socket) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while self.reading.wait() and (taken := accepted.recv(65_536)):
                *lines, rest = (rest + taken).split(b"\n")
                self.lines += lines


@contextlib.contextmanager
def serve_lines() -> Iterator[LineServer]:
    server = LineServer()
    try:
        yield server
    finally:
        server.reading.set()
        server.go()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it has not come to be"
        time.sleep(0.01)
