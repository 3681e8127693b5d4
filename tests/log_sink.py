"""Plays Logstash's TCP input: lines of JSON over sockets, from whoever connects."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

Line = dict[str, Any]

_POLL_SECONDS = 0.1
_ABORT = struct.pack("ii", 1, 0)


class LogSink:
    """Takes lines on one port of this machine, from `start` to `stop`, and again from `start`.

    Attributes
    ----------
    address : str
        As ``LOGSTASH_HOST`` says it.
    """

    def __init__(self) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self._port = int(found.getsockname()[1])
        self.address = f"127.0.0.1:{self._port}"
        self._raw: list[bytes] = []
        self._arrived = threading.Condition()
        self._listener: socket.socket | None = None
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._run(self._accept, self._listener)

    def stop(self) -> None:
        """Be away: nobody listens, and connections are broken off."""
        listener, self._listener = self._listener, None
        if listener is None:
            return
        # `close` alone does not wake who accepts.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                # With a reset, as when the process dies; and the port is free at once.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        self._connections, self._threads = [], []

    def lines(self, wanted: Callable[[Line], bool] = lambda _: True) -> list[Line]:
        """What has arrived, in order, as far as it is wanted; what is no JSON object fails."""
        with self._arrived:
            raw = list(self._raw)
        parsed = [json.loads(line) for line in raw]
        assert all(isinstance(line, dict) for line in parsed)
        return [line for line in parsed if wanted(line)]

    def wait_for(self, done: Callable[[], bool], seconds: float) -> bool:
        """Whether something becomes true, which is looked at again after whatever arrives."""
        deadline = time.monotonic() + seconds
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._arrived:
                self._arrived.wait(min(left, _POLL_SECONDS))
        return True

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._run(self._read, connection)

    def _read(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as lines:
            for line in lines:
                if line.endswith(b"\n"):
                    with self._arrived:
                        self._raw.append(line)
                        self._arrived.notify_all()

    def _run(self, work: Callable[[socket.socket], None], on: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(on,), daemon=True)
        self._threads.append(thread)
        thread.start()
