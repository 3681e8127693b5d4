"""Another program, kept alive in its own environment and asked for rounds.

Start-up, imports and compilation are over before anything is timed; a peer times itself, so that
the way of the question to it is not counted.
"""

from __future__ import annotations

import json
import select
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.settings import PEER_PYTHON, PEERS

START_SECONDS = 120.0
STOP_SECONDS = 10.0


class PeerFailed(Exception):
    """A peer ended or did not answer in time."""


class Peer:
    """A script of `peers/` as a child process that answers JSON lines.

    Parameters
    ----------
    script : str
        Name of the file.
    python : Path
        Of the environment that has what the script imports.
    """

    def __init__(self, script: str, python: Path = PEER_PYTHON) -> None:
        self._script = script
        self._process = subprocess.Popen(  # noqa: S603
            [str(python), str(PEERS / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    @staticmethod
    def available() -> bool:
        """Whether the environment of the peers was made (``make bench`` makes it)."""
        return PEER_PYTHON.exists()

    def ask(self, command: str, *, timeout: float = START_SECONDS, **arguments: Any) -> Any:
        """Send a command and wait for its answer.

        Raises
        ------
        PeerFailed
            If there is none within `timeout` seconds.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise PeerFailed(f"{self._script} has no streams")
        self._process.stdin.write(json.dumps({"command": command, **arguments}) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], timeout)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            raise PeerFailed(f"{self._script} did not answer `{command}` within {timeout:.0f} s")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()


def write_arrays(path: Path, **arrays: Any) -> str:
    """Write arrays for a peer; the path as text."""
    import numpy as np

    np.savez(path, **arrays)
    return str(path)
