"""A connection to a Ray cluster that is made again whenever it is lost."""

from __future__ import annotations

import socket
import threading

import structlog

from model_service.experiments.compute.ray_process import RayProcess

SILENCE_SECONDS = 15.0
"""A cluster that does not answer for so long is lost."""

_CONNECT_SECONDS = 60.0
_REACH_SECONDS = 3.0
_POLL_SECONDS = 0.2
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 15.0

_log = structlog.get_logger(__name__)


class RayLink:
    """Keeps a driver process connected to a cluster, for ever.

    Parameters
    ----------
    address : str
        ``host:port`` of the cluster's head, or what else `ray.init` takes.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._closed = threading.Event()
        self._changed = threading.Condition()
        self._process: RayProcess | None = None
        self._cpus = 0
        self._why = "It was not asked yet."
        # The kernel ends a driver with the thread that started it: this one.
        threading.Thread(target=self._keep, name="keep-ray-driver", daemon=True).start()

    @property
    def cpus(self) -> int:
        """Of the cluster, when it was seen last; 0 where it never was."""
        return self._cpus

    @property
    def why_away(self) -> str:
        """Why there was no cluster when it was last found away."""
        return f"There is no Ray cluster at {self._address}. {self._why}"

    def connected(self, timeout_seconds: float) -> RayProcess | None:
        """A driver that is connected; None where there is none in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._process is not None, timeout_seconds)
            return self._process

    def close(self) -> None:
        """Kill the driver, and with it everything that is made on the cluster."""
        self._closed.set()
        if (process := self._process) is not None:
            process.kill("The worker ends.")

    def _keep(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._closed.is_set():
            try:
                if self._is_reachable() and self._follow(RayProcess(self._address)):
                    pause = _FIRST_PAUSE_SECONDS
            except Exception as error:  # of whatever kind: this thread must go on
                self._why = f"{type(error).__name__}: {error}"
            if not self._closed.is_set():
                _log.warning("no Ray cluster", reason=self.why_away, again_in_seconds=pause)
            self._closed.wait(pause)
            pause = min(2.0 * pause, _LONGEST_PAUSE_SECONDS)

    def _is_reachable(self) -> bool:
        """Whether something listens: Ray itself takes more than a minute to find that out."""
        host, _, port = self._address.rpartition(":")
        if host and port.isdecimal():
            socket.create_connection((host.strip("[]"), int(port)), _REACH_SECONDS).close()
        return True

    def _follow(self, process: RayProcess) -> bool:
        """Stay with a driver until it is gone; whether it ever was connected."""
        # Counted in waits and not by the clock: a worker that was itself stopped for a while has
        # not listened.
        silent_seconds, looks = 0.0, 0
        while process.is_alive():
            if process.looks != looks:
                silent_seconds, looks = 0.0, process.looks
                self._cpus = process.cpus
            self._show(process if looks else None)
            if self._closed.wait(_POLL_SECONDS):
                process.kill("The worker ends.")
            silent_seconds += _POLL_SECONDS
            if silent_seconds > (SILENCE_SECONDS if looks else _CONNECT_SECONDS):
                process.kill(f"The Ray cluster did not answer for {silent_seconds:.0f} s.")
        self._why = process.how_it_ended
        self._show(None)
        return looks > 0

    def _show(self, process: RayProcess | None) -> None:
        if process is not self._process:
            with self._changed:
                self._process = process
                self._changed.notify_all()
            if process is not None:
                _log.info("connected to a Ray cluster", address=self._address, cpus=process.cpus)
