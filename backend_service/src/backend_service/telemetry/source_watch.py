"""What becomes of questions to sources of candles and headlines: counted, timed, traced."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from backend_service.errors import GatewayError, SymbolNotFound
from backend_service.telemetry.spans import client_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend_service.clock import Clock
    from backend_service.telemetry.metrics import Metrics

_DEFECT = "defect"


class SourceWatch:
    """Counts the questions to one source.

    Parameters
    ----------
    source : str
        The label it is counted under.
    metrics : Metrics
    clock : Clock
    """

    def __init__(self, source: str, metrics: Metrics, clock: Clock) -> None:
        self._source = source
        self._errors = metrics.provider_errors
        self._answered = metrics.provider_requests.labels(source, "ok")
        self._failed = metrics.provider_requests.labels(source, "error")
        self._last_success = metrics.provider_last_success
        self._clock = clock

    @contextmanager
    def question(self) -> Iterator[None]:
        """A question; what the block raises says what became of it.

        That there is no such symbol is an answer. A question that is given up is none.
        """
        with client_span(f"ask {self._source}", {"bellwether.source": self._source}):
            try:
                yield
            except SymbolNotFound:
                self._note_success()
                raise
            except GatewayError as error:
                self.note_error(error.slug)
                self._failed.inc()
                raise
            except Exception:
                self.note_error(_DEFECT)
                self._failed.inc()
                raise
            self._note_success()

    def note_error(self, kind: str) -> None:
        """Count a failure; of a part of a question, where the rest was answered."""
        self._errors.labels(self._source, kind).inc()

    def _note_success(self) -> None:
        self._answered.inc()
        self._last_success.labels(self._source).set(self._clock().timestamp())
