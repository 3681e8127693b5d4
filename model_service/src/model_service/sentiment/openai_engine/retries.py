"""When a request is sent again, and when a whole call is given up."""

from __future__ import annotations

import threading
import time

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)
from tenacity.wait import wait_base

from model_service.errors import SentimentUnavailable
from model_service.sentiment.openai_engine.answers import MalformedAnswer
from model_service.sentiment.openai_engine.config import Patience
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
        self._given_up = threading.Event()
        self._reason: SentimentUnavailable | None = None

    def seconds_left(self) -> float:
        """Seconds until the deadline; 0 once the call was given up."""
        if self._given_up.is_set():
            return 0.0
        return max(self._deadline - time.monotonic(), 0.0)

    def give_up(self, reason: SentimentUnavailable) -> None:
        """Send nothing more; of several reasons the first is told."""
        with self._lock:
            self._reason = self._reason or reason
        self._given_up.set()

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the deadline or until the call is given up."""
        self._given_up.wait(min(seconds, self.seconds_left()))

    def raise_reason(self) -> None:
        """Raise why the call was given up, if it was."""
        if self._reason is not None:
            raise self._reason


def make_retrying(call: Call, patience: Patience) -> Retrying:
    """Calls a function until it gives a result, of a failure the last one is raised.

    Failures that may pass are tried again while there is time, an answer that is not what was
    asked for once. It is for one batch.
    """
    # Not through `stamina`: that tells each retry to whatever logs the process has, which for a
    # command is its output, and its waits go on when the call was given up.
    return Retrying(
        retry=retry_if_exception(_RetryRule(call)),
        stop=stop_after_attempt(patience.attempts),
        wait=_Waits(patience),
        sleep=call.sleep,
        reraise=True,
    )


class _RetryRule:
    def __init__(self, call: Call) -> None:
        self._call = call
        self._malformed = 0

    def __call__(self, error: BaseException) -> bool:
        left = self._call.seconds_left()
        if isinstance(error, MalformedAnswer):
            self._malformed += 1
            return self._malformed == 1 and left > 0
        return isinstance(error, Failure) and error.retry and (error.wait_seconds or 0.0) < left


class _Waits(wait_base):
    """As long as the endpoint asks, and at least the backoff."""

    def __init__(self, patience: Patience) -> None:
        self._backoff = wait_exponential_jitter(
            multiplier=patience.first_wait_seconds,
            max=patience.longest_wait_seconds,
            jitter=patience.first_wait_seconds,
        )

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.wait_seconds if isinstance(error, Failure) else None
        return max(asked or 0.0, self._backoff(retry_state))
