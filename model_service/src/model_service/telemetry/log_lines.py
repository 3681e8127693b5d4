"""Where log lines go: standard output, Logstash, or the process that started this one."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

import structlog

from model_service.telemetry.ecs import EcsFormatter, Origin, keep_line
from model_service.telemetry.logstash_sink import LogstashSink
from model_service.telemetry.redaction import Redaction

if TYPE_CHECKING:
    from types import TracebackType

    from model_service.settings import Settings

OWN_LOGGER = "model_service"

_TALKATIVE = (
    "alembic",
    "botocore",
    "dbos",
    "fsspec",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "numba",
    "openai",
    "opentelemetry",
    "s3fs",
    "urllib3",
)
"""They tell of each of their requests, some with headers and bodies."""

_RELAYED = logging.getLogger(f"{OWN_LOGGER}.relayed")


class _PassOn(logging.Handler):
    """Hands lines to a function."""

    def __init__(self, pass_on: Callable[[str], None]) -> None:
        super().__init__()
        self._pass_on = pass_on

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._pass_on(self.format(record))
        except Exception:
            self.handleError(record)


def configure_logging(
    settings: Settings,
    service: str,
    *,
    stream: TextIO | None = None,
    pass_on: Callable[[str], None] | None = None,
) -> None:
    """Have all messages of this process written as ECS lines.

    They go to standard output and, where ``LOGSTASH_HOST`` is set, to Logstash. The level holds for
    the service's own messages; those of libraries are written from INFO on, because below it they
    show what they send and receive.

    Parameters
    ----------
    settings : Settings
    service : str
        ``service.name`` of the lines.
    stream : text stream, optional
        In place of standard output.
    pass_on : callable, optional
        In place of both: is given each line, and may not log anything itself.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handlers: list[logging.Handler] = []
    if pass_on is not None:
        handlers.append(_PassOn(pass_on))
    else:
        handlers.append(logging.StreamHandler(sys.stdout if stream is None else stream))
        if settings.logstash_address is not None:
            handlers.append(LogstashSink(*settings.logstash_address))
    origin = Origin(service, settings.full_code_version, settings.environment)
    formatter = EcsFormatter(origin, Redaction(settings.secrets()))
    for handler in handlers:
        handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = handlers
    own = logging.getLevelNamesMapping()[settings.log_level]
    root.setLevel(max(own, logging.INFO))
    logging.getLogger(OWN_LOGGER).setLevel(own)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(own, logging.WARNING))
    logging.captureWarnings(True)
    sys.excepthook = _tell_uncaught
    # What a handler cannot write would be printed on standard error as it is.
    logging.raiseExceptions = False


def _tell_uncaught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    logging.getLogger(OWN_LOGGER).critical("ended by an error", exc_info=error)


def relay_line(line: str) -> None:
    """Write a line that another process has formatted."""
    record = _RELAYED.makeRecord(_RELAYED.name, logging.INFO, "", 0, line, (), None)
    keep_line(record, line)
    _RELAYED.handle(record)


def logstash_sink() -> LogstashSink | None:
    """Where this process sends its lines besides standard output."""
    sinks = (one for one in logging.getLogger().handlers if isinstance(one, LogstashSink))
    return next(sinks, None)
