"""The form of a log line: one JSON object of ECS (Elastic Common Schema) fields.

An event is a message and what it adds of its own, which goes below ``bellwether.``; fields with a
dot in their name are ECS' and stay what they are.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import time
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from ecs_logging import StructlogFormatter

from backend_service.telemetry.redaction import Redaction
from backend_service.telemetry.trace_context import current_trace

if TYPE_CHECKING:
    import structlog

SERVICE: Final = "backend_service"
_OWN: Final = "bellwether"
_STANDARD: Final = frozenset({"event", "exc_info", "stack_info"})
_MESSAGE_LENGTH: Final = 4_000
_TRACE_LENGTH: Final = 12_000
"""Programs that collect lines cut those of more than 16 KiB in two."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who writes a line: ``service.*`` and ``host.name``."""

    version: str
    environment: str
    host: str = field(default_factory=socket.gethostname)

    def to_fields(self) -> dict[str, str]:
        return {
            "service.name": SERVICE,
            "service.version": self.version,
            "service.environment": self.environment,
            "host.name": self.host,
        }


class EcsLine(StructlogFormatter):
    """ecs-logging's structlog formatter that writes bytes, and writes them faster."""

    def __call__(  # type: ignore[override]
        self, logger: object, name: str, event: structlog.typing.EventDict
    ) -> bytes:
        # It returns what `_json_dumps` does.
        return cast("bytes", super().__call__(logger, name, dict(event)))

    def _json_dumps(self, value: dict[str, Any]) -> bytes:  # type: ignore[override]
        level = value["log"].pop("level")
        head = {
            "@timestamp": value.pop("@timestamp"),
            "log.level": level,
            "message": value.pop("message"),
        }
        if not value["log"]:
            del value["log"]
        try:
            return orjson.dumps(head | value, default=repr, option=orjson.OPT_NON_STR_KEYS)
        except TypeError:  # half of a surrogate pair, or an integer of more than 64 bits
            value["log"] = {**value.get("log", {}), "level": level}
            return super()._json_dumps({**head, **value}).encode()


class EventFields:
    """structlog's processor that makes ECS fields of an event.

    Parameters
    ----------
    origin : Origin
    redaction : Redaction
        Applied to everything that is text.
    """

    def __init__(self, origin: Origin, redaction: Redaction) -> None:
        self._origin = origin.to_fields()
        self._redaction = redaction

    def __call__(
        self, logger: object, _name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        fields: dict[str, Any] = {
            "event": self._clean(str(event["event"])),
            "@timestamp": write_time(time.time_ns()),
            **self._origin,
        }
        own = {}
        for name, value in event.items():
            if "." in name:
                fields[name] = self._clean(value)
            elif name not in _STANDARD and value is not None:
                own[name] = self._clean(value)
        if own:
            fields[_OWN] = own
        fields.setdefault("log.logger", getattr(logger, "name", SERVICE))
        fields |= trace_fields()
        fields |= self._describe(_find_error(event.get("exc_info")))
        return fields

    def _describe(self, error: BaseException | None) -> dict[str, str]:
        if error is None:
            return {}
        trace = self._redaction.clean("".join(traceback.format_exception(error)))
        message = "an error that cannot be described"
        with contextlib.suppress(Exception):
            message = str(error)
        return {
            "error.type": type(error).__name__,
            "error.message": self._clean(message),
            "error.stack_trace": _cut(trace, _TRACE_LENGTH),
        }

    def _clean(self, value: Any) -> Any:
        """Text without secrets; an index has no use for anything but text, numbers and flags."""
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(each) for each in value]
        # Cut afterwards: half a secret is one too, and is not found.
        return _cut(self._redaction.clean(str(value)), _MESSAGE_LENGTH)


def trace_fields() -> dict[str, str]:
    """The ids of what is being done."""
    trace = current_trace()
    if trace is None:
        return {}
    fields = {"trace.id": trace.trace_id}
    if trace.request_id:
        fields["http.request.id"] = trace.request_id
    if trace.span_id:
        fields["span.id"] = trace.span_id
    return fields


def write_time(nanoseconds: int) -> str:
    """RFC 3339 in UTC with milliseconds."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{written}.{rest // 1_000_000:03d}Z"


def _cut(text: str, length: int) -> str:
    """Beginning and end of a long text: a trace says at its end what was wrong."""
    if len(text) <= length:
        return text
    return f"{text[: length // 2]}\n…\n{text[-length // 2 :]}"


def _find_error(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exception() if exc_info else None
