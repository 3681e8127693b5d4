"""What a unit tells while it is made; each is one line of JSON on its way to the worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True)
class Advanced:
    """So many steps are done; `loss` is the mean since the report before."""

    step: int
    total: int
    loss: float | None
    steps_per_second: float | None
    metrics: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Validated:
    """How the policy of this step trades the validation window: plain `ValidationPoint`."""

    step: int
    total: int
    point: Mapping[str, Any]


@dataclass(frozen=True)
class Noted:
    """A line for people."""

    text: str


@dataclass(frozen=True)
class Logged:
    """A log line, as it is to be written."""

    line: str


@dataclass(frozen=True)
class Alive:
    """A sign of life."""


@dataclass(frozen=True)
class Finished:
    """The unit is made.

    Attributes
    ----------
    outcome : mapping
        What is committed: names of artefacts and small values.
    metrics : mapping
        For people.
    """

    outcome: Mapping[str, Any]
    metrics: Mapping[str, float | None]


@dataclass(frozen=True)
class Refused:
    """The unit cannot be made, however often it is tried."""

    reason: str


@dataclass(frozen=True)
class Hindered:
    """The unit could not be made now: something that it needs is away."""

    reason: str


Message = Advanced | Validated | Noted | Logged | Alive | Finished | Refused | Hindered
LAST = (Finished, Refused, Hindered)
"""After one of these nothing more comes."""

_KINDS: Mapping[str, type[Message]] = {
    kind.__name__: kind
    for kind in (Advanced, Validated, Noted, Logged, Alive, Finished, Refused, Hindered)
}


def encode_message(message: Message) -> bytes:
    """As JSON on one line."""
    plain = {"kind": type(message).__name__, **asdict(message)}
    return orjson.dumps(plain, option=orjson.OPT_SERIALIZE_NUMPY)


def decode_message(content: bytes) -> Message:
    """What `encode_message` gave."""
    plain: dict[str, Any] = orjson.loads(content)
    return _KINDS[plain.pop("kind")](**plain)
