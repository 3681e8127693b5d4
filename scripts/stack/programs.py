"""What the supervisor starts: a typed description of programs, their files and their events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Program:
    """One long-running program that answers HTTP on a port of 127.0.0.1.

    Attributes
    ----------
    name : str
        Short name; also the name of its log.
    title : str
        How messages call it.
    command : tuple of str
        Argument vector; no shell reads it.
    directory : Path
        Working directory.
    environment : Mapping
        Added to the launcher's own environment.
    port, port_variable
        The port it listens on and the environment variable that changes it.
    ready_path : str
        URL path that answers 200 once the program can do its work.
    """

    name: str
    title: str
    command: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str]
    port: int
    port_variable: str
    ready_path: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a running stack keeps its logs and its run-time files."""

    log_dir: Path
    run_dir: Path

    def log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def events(self, name: str) -> Path:
        return self.run_dir / f"{name}.events"

    def spec(self, name: str) -> Path:
        return self.run_dir / f"{name}.json"

    def log_end(self, name: str, lines: int = 25) -> str:
        """The last `lines` lines of a program's log, empty where there is none yet."""
        path = self.log(name)
        if not path.exists():
            return ""
        with path.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - 16_384))
            text = log.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])


@dataclass(frozen=True, slots=True)
class Event:
    """A keeper's note that its program started or ended."""

    kind: Literal["started", "ended"]
    pid: int
    exit_code: int | None = None

    def append_to(self, path: Path) -> None:
        with path.open("a") as file:
            file.write(json.dumps(asdict(self)) + "\n")


def read_events(path: Path) -> list[Event]:
    """All complete events written so far, oldest first."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [Event(**json.loads(line)) for line in lines]
