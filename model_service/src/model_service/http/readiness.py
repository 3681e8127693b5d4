"""Readiness: a real prediction has succeeded in this process, with everything compiled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import structlog

from model_service.allocator import give_memory_back
from model_service.dqn.agent import Agent
from model_service.errors import BellwetherError, NotReady
from model_service.evaluation.assessment.scored_window import ScoredWindow
from model_service.evaluation.backtest import Terms, run_backtest
from model_service.evaluation.baselines import buy_and_hold
from model_service.evaluation.cost_stress import stress_costs
from model_service.evaluation.regimes import regime_results
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.trading.costs import Costs
from model_service.trading.metrics import periods_per_year

_log = structlog.get_logger(__name__)

_WAIT_SECONDS = 1.0
_RUNNING = "The first prediction is still running."
_WARM_UP_CANDLES = 600
_SEED = 0


class Readiness:
    """Runs the warm-up in a thread, so that a probe is answered while it goes on.

    Parameters
    ----------
    load_agent : callable
        The agent to predict with.
    wait_seconds : float
        Longest wait of one check.
    """

    def __init__(
        self, load_agent: Callable[[], Agent], *, wait_seconds: float = _WAIT_SECONDS
    ) -> None:
        self._load_agent = load_agent
        self._wait_seconds = wait_seconds
        self._lock = threading.Lock()
        self._attempt = threading.Thread()
        self._state = _RUNNING
        self._ready = threading.Event()

    def start(self) -> threading.Thread:
        """Begin the warm-up, unless it is done or going on; returns its thread."""
        with self._lock:
            if not (self._ready.is_set() or self._attempt.is_alive()):
                self._state = _RUNNING
                self._attempt = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
                self._attempt.start()
            return self._attempt

    def check(self) -> None:
        """Return once ready, after a short wait; a failed warm-up is tried again.

        Raises
        ------
        NotReady
            With the reason.
        """
        if self._ready.is_set():
            return
        self.start().join(self._wait_seconds)
        if not self._ready.is_set():
            raise NotReady(self._state)

    def _warm_up(self) -> None:
        try:
            run_backtest(self._load_agent(), _random_walk(), Terms())
        except BellwetherError as error:
            self._state = f"The first prediction failed: {error.detail}"
        except Exception as error:
            _log.exception("warm-up failed", exc_info=error)
            self._state = "The first prediction failed; the log has the cause."
        else:
            self._ready.set()
            _rehearse_evaluation()
            # Compiling leaves much behind.
            give_memory_back()


def _rehearse_evaluation() -> None:
    """Have compiled what an evaluation needs beyond a prediction, before somebody waits for it."""
    candles = _random_walk()
    everywhere = np.ones(len(candles), dtype=np.bool_)
    window = ScoredWindow(
        candles, None, everywhere, "next_open", 100_000.0, Costs(), periods_per_year(candles)
    )
    run = window.score(buy_and_hold(len(candles)))
    stress_costs([run], [run])
    regime_results([run], [run])
    window.choose_windows(candles, everywhere, "trend_following")


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
