"""Readiness: a real prediction has succeeded in this process, with everything compiled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from model_service.dqn.agent import Agent
from model_service.errors import BellwetherError, NotReady
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.market.candles import SECONDS_PER_DAY, Candles

_WAIT_SECONDS = 1.0
_WARM_UP_CANDLES = 600
_SEED = 0


class Readiness:
    """Runs the warm-up in a thread, so that a probe is answered while it goes on.

    Parameters
    ----------
    load_agent : callable
        The agent to predict with.
    """

    def __init__(self, load_agent: Callable[[], Agent]) -> None:
        self._load_agent = load_agent
        self._lock = threading.Lock()
        self._attempt: threading.Thread | None = None
        self._failure = "The first prediction is still running."
        self._ready = threading.Event()

    def start(self) -> None:
        """Begin the warm-up, unless it is done or going on."""
        with self._lock:
            if self._ready.is_set() or (self._attempt is not None and self._attempt.is_alive()):
                return
            self._attempt = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
            self._attempt.start()

    def check(self) -> None:
        """Return once ready, after a short wait; a failed warm-up is tried again.

        Raises
        ------
        NotReady
            With the reason.
        """
        self.start()
        if not self._ready.wait(_WAIT_SECONDS):
            raise NotReady(self._failure)

    def _warm_up(self) -> None:
        try:
            run_backtest(self._load_agent(), _random_walk(), Terms())
        except BellwetherError as error:
            self._failure = f"The first prediction failed: {error.detail}"
            return
        self._ready.set()


def _random_walk() -> Candles:
    """Candles to warm up on; no market's, so nobody is scored on anything."""
    random = np.random.default_rng(_SEED)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.01, _WARM_UP_CANDLES)))
    return Candles(
        symbol="WARM-UP",
        time=SECONDS_PER_DAY * np.arange(_WARM_UP_CANDLES, dtype=np.int64),
        open=close,
        high=close,
        low=close,
        close=close,
        volume=np.ones(_WARM_UP_CANDLES),
    )
