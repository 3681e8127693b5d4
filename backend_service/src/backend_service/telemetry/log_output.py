"""Where log lines go: standard output and, where there is one, Logstash.

How a process logs is a matter of the whole process, as it is for :mod:`logging` and structlog;
:func:`configure_logging` decides it once, before anything else is made.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import stamina.instrumentation
import structlog

from backend_service import __version__
from backend_service.telemetry.log_lines import EcsLine, EventFields, Origin
from backend_service.telemetry.log_writer import LogWriter
from backend_service.telemetry.logstash import LogstashSink
from backend_service.telemetry.redaction import Redaction, find_secrets

if TYPE_CHECKING:
    from types import TracebackType

    from backend_service.settings import Settings

_log = structlog.get_logger(__name__)


class LogOutput(NamedTuple):
    """How this process logs.

    Attributes
    ----------
    origin : Origin
        Who writes.
    number : int
        Lines below this level are left out.
    writer : LogWriter
    """

    origin: Origin
    number: int
    writer: LogWriter

    def close(self) -> None:
        """Write and send what waits, within a bounded time."""
        if lost := self.writer.close():
            _log.warning("log_lines_lost", lines=lost)


class _Outputs:
    current: LogOutput | None = None


def current_output() -> LogOutput | None:
    """How this process logs; None where nobody has decided it."""
    return _Outputs.current


class LineLogger:
    """What structlog hands finished lines to."""

    def __init__(self, writer: LogWriter, name: str) -> None:
        self.name = name
        self._writer = writer

    def msg(self, line: bytes) -> None:
        self._writer.put(line + b"\n")

    debug = info = warning = error = critical = fatal = exception = warn = log = msg


class _LibraryHandler(logging.Handler):
    """Lets what libraries log through :mod:`logging` come out as the same lines."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
            logger = structlog.get_logger(record.name)
            logger.log(level, record.getMessage(), exc_info=record.exc_info)
        except Exception:  # arguments that do not fit the message, most of all
            self.handleError(record)


def _log_uncaught(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    _log.critical("uncaught_error", exc_info=error)


def configure_logging(settings: Settings, stream: BinaryIO | None = None) -> LogOutput:
    """Write all logs of this process as lines of JSON, to `stream` and to Logstash.

    Parameters
    ----------
    settings : Settings
        Level, environment, Logstash's address, and the secrets to be kept out.
    stream : binary file, optional
        Unbuffered; default: standard output.
    """
    number = logging.getLevelNamesMapping()[settings.log_level]
    origin = Origin(__version__, settings.environment)
    address = settings.logstash_address
    if stream is None:
        stream = open(sys.stdout.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115
    sink = LogstashSink(*address) if address is not None else None
    output = LogOutput(origin, number, LogWriter(stream, sink))
    structlog.configure(
        processors=[EventFields(origin, Redaction(find_secrets(settings))), EcsLine()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda name="": LineLogger(output.writer, name),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        handlers=[_LibraryHandler()], level=max(number, logging.WARNING), force=True
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    # Every failed question is logged once, where it is answered, not at each attempt.
    stamina.instrumentation.set_on_retry_hooks([])
    # It warns about every cookie that it does well without.
    logging.getLogger("yfinance").setLevel(logging.ERROR)
    _Outputs.current = output
    return output
