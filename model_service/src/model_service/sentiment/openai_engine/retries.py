"""When a request is sent again, and when a whole call is given up."""

from __future__ import annotations

import threading
import time

from model_service.errors import SentimentUnavailable
from model_service.sentiment.openai_engine.answers import MalformedAnswer
from model_service.sentiment.openai_engine.failures import Failure


class Call:
    """What the batches of one call share: how long they may take, and why they were given up.

    Parameters
    ----------
    deadline : float
        On the clock of ``time.monotonic``.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._reason: SentimentUnavailable | None = None

    def seconds_left(self) -> float:
        """Seconds until the deadline; 0 once the call was given up."""
        if self._reason is not None:
            return 0.0
        return max(self._deadline - time.monotonic(), 0.0)

    def give_up(self, reason: SentimentUnavailable) -> None:
        """Send nothing more; of several reasons the first is told."""
        with self._lock:
            self._reason = self._reason or reason

    def raise_reason(self) -> None:
        """Raise why the call was given up, if it was."""
        if self._reason is not None:
            raise self._reason


class RetryRule:
    """Decides after each failed attempt of one batch; a backoff hook of `stamina`.

    Failures that may pass are tried again while there is time, an answer that is not what was
    asked for once.
    """

    def __init__(self, call: Call) -> None:
        self._call = call
        self._malformed = 0

    def __call__(self, error: Exception) -> bool | float:
        """Whether to try again, or after how many seconds."""
        left = self._call.seconds_left()
        if isinstance(error, MalformedAnswer):
            self._malformed += 1
            return self._malformed == 1 and left > 0
        if not isinstance(error, Failure) or not error.retry:
            return False
        # None and 0 leave the wait to the backoff.
        if not error.wait_seconds:
            return left > 0
        return error.wait_seconds if error.wait_seconds < left else False
