"""Log lines in the Elastic Common Schema: one JSON object for each, whoever wrote the message."""

from __future__ import annotations

import datetime as dt
import logging
import math
import socket
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog
from ecs_logging import StructlogFormatter

from model_service.telemetry.redaction import Redaction

_LONGEST_TEXT = 4_000
_LONGEST_TRACE = 10_000
"""Characters: what collects the lines of containers cuts those of 16 KiB in two."""

_LINE = "ecs_line"


@dataclass(frozen=True)
class Origin:
    """Which program of which installation writes the lines.

    Attributes
    ----------
    service : str
        ``model_service`` or ``worker``.
    version, environment : str
    """

    service: str
    version: str
    environment: str

    def fields(self) -> dict[str, Any]:
        """What every line says of it."""
        service = {
            "name": self.service,
            "version": self.version,
            "environment": self.environment,
        }
        return {"service": service, "host": {"name": socket.gethostname()}}


class EcsFormatter(logging.Formatter):
    """Turns records of structlog and of the standard library into lines of one shape.

    Names with a dot are fields of the schema; all others are put below ``bellwether.``, where they
    clash with nothing. A record is turned into its line once, however many handlers ask for it.

    Parameters
    ----------
    origin : Origin
    redaction : Redaction
        Of everything that is text.
    """

    def __init__(self, origin: Origin, redaction: Redaction) -> None:
        super().__init__()
        self._fields = origin.fields()
        self._redaction = redaction
        self._render = structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars],
            processors=[self._to_ecs, _NestedFormatter(ensure_ascii=False)],
            keep_exc_info=True,
            keep_stack_info=True,
        )

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without its end."""
        line = record.__dict__.get(_LINE)
        if line is None:
            line = record.__dict__[_LINE] = self._render.format(record)
        return str(line)

    def _to_ecs(
        self, _logger: Any, _method: str, told: structlog.typing.EventDict
    ) -> dict[str, Any]:
        record: logging.LogRecord = told.pop("_record")
        told.pop("_from_structlog", None)
        error = _error_in(told.pop("exc_info", None) or record.exc_info)
        # The formatter of ProcessorFormatter's base would append them to the line.
        record.exc_info = record.exc_text = record.stack_info = None
        line: dict[str, Any] = {
            **self._fields,
            "@timestamp": _rfc3339(record.created),
            "log": {"level": record.levelname.lower(), "logger": record.name},
            "message": self._plain(str(told.pop("event", ""))),
        }
        for name, value in told.items():
            known = self._plain(value)
            if known is not None:
                _put(line, _path_of(name), known)
        if error is not None:
            line["error"] = self._describe(error)
        return line

    def _describe(self, error: BaseException) -> dict[str, str]:
        trace = self._redaction.clean("".join(traceback.format_exception(error)).rstrip())
        if len(trace) > _LONGEST_TRACE:
            # Where it began, and where it ended up.
            trace = f"{trace[: _LONGEST_TRACE // 2]}\n…\n{trace[-_LONGEST_TRACE // 2 :]}"
        return {
            "type": type(error).__name__,
            "message": self._plain(str(error)),
            "stack_trace": trace,
        }

    def _plain(self, value: object) -> Any:
        """What JSON and an index can take, without secrets."""
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if isinstance(value, Mapping):
            return {str(name): self._plain(one) for name, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._plain(one) for one in value]
        # Cut last: half a secret would not be found.
        return self._redaction.clean(str(value))[:_LONGEST_TEXT]


class _NestedFormatter(StructlogFormatter):
    """ecs-logging's formatter for fields that are nested already: most of its time is nesting."""

    def __call__(self, _logger: Any, _method: str, fields: Any) -> str:
        return self._json_dumps(self.format_to_ecs(fields))


@lru_cache(maxsize=1_000)
def _path_of(name: str) -> tuple[str, ...]:
    return tuple(name.split(".")) if "." in name else ("bellwether", name)


def _put(line: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    place: Any = line
    for part in path[:-1]:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            return  # somebody's field is a part of another one's name
    place[path[-1]] = value


def keep_line(record: logging.LogRecord, line: str) -> None:
    """Have a record come out as a line that another process has written."""
    record.__dict__[_LINE] = line


def _error_in(exc_info: Any) -> BaseException | None:
    if exc_info is True:
        # The one that is being handled: lines are made where they are told.
        exc_info = sys.exception()
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    return exc_info if isinstance(exc_info, BaseException) else None


def _rfc3339(seconds: float) -> str:
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
