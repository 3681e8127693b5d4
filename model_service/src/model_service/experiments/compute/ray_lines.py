"""What the worker and its Ray driver say to each other; each is one line of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Make:
    """To the driver: make a unit. `order` is an encoded `UnitOrder`."""

    key: int
    order: str


@dataclass(frozen=True)
class Cancel:
    """To the driver: kill the process of a unit."""

    key: int


@dataclass(frozen=True)
class Cluster:
    """The cluster answers, and has so many CPUs; also the driver's sign of life."""

    cpus: int


@dataclass(frozen=True)
class Away:
    """The cluster cannot be reached, or no more; the driver ends."""

    reason: str


@dataclass(frozen=True)
class Said:
    """A unit has said something. `message` is an encoded `Message`."""

    key: int
    message: str


@dataclass(frozen=True)
class Died:
    """The process of a unit is no more, though the unit was not finished."""

    key: int
    reason: str


@dataclass(frozen=True)
class Ended:
    """Nothing of a unit is alive: it has said its last, or was cancelled."""

    key: int


ToDriver = Make | Cancel
FromDriver = Cluster | Away | Said | Died | Ended
Line = ToDriver | FromDriver

_KINDS: Mapping[str, type[Line]] = {
    kind.__name__: kind for kind in (Make, Cancel, Cluster, Away, Said, Died, Ended)
}


def encode_line(line: Line) -> bytes:
    """As JSON on one line, with its end."""
    return orjson.dumps(
        {"kind": type(line).__name__, **asdict(line)}, option=orjson.OPT_APPEND_NEWLINE
    )


def decode_line(content: bytes) -> Line:
    """What `encode_line` gave."""
    plain: dict[str, Any] = orjson.loads(content)
    return _KINDS[plain.pop("kind")](**plain)
