"""Why an engine does not answer, beyond that it does not."""

from __future__ import annotations

from model_service.errors import SentimentUnavailable


class EngineAbsent(SentimentUnavailable):
    """What the engine needs is not on this machine: weights, a package, a key."""


class SentimentBusy(SentimentUnavailable):
    """The engine may answer when it is asked again.

    Attributes
    ----------
    retry_after_seconds : int
        How long to leave it alone.
    """

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds
