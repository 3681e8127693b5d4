"""The engines of a process: loaded in the background, and picked from for each request."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from model_service.errors import SentimentUnavailable
from model_service.sentiment.auto import Choice, WhileLoading, choose
from model_service.sentiment.engine import EngineName
from model_service.sentiment.options import EngineChoice
from model_service.sentiment.refusals import SentimentBusy
from model_service.sentiment.scorer import ScoreCache, Scorer, ScorerLimits
from model_service.sentiment.slot import EngineSlot, EngineState

ENGINE_NAMES: tuple[EngineName, ...] = ("finbert", "openai", "lite")

_LIGHT_SECONDS = 15.0
"""Longest wait for an engine that needs no download and no export."""

_RETRY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Picked:
    """Who answers a request, and in one sentence why."""

    scorer: Scorer
    reason: str


class Engines:
    """The engines that one process may answer by.

    Parameters
    ----------
    slots : mapping
        One for each of `ENGINE_NAMES`.
    default : EngineChoice
        For requests that name none.
    cache : ScoreCache
    limits : ScorerLimits
        Of each engine; `waiting` also bounds the requests that wait for one to be loaded.
    wait_seconds : float
        Longest wait of a request for FinBERT to be loaded.
    """

    def __init__(
        self,
        slots: Mapping[EngineName, EngineSlot],
        *,
        default: EngineChoice,
        cache: ScoreCache,
        limits: ScorerLimits,
        wait_seconds: float,
    ) -> None:
        self.default = default
        self.cache = cache
        self._slots = slots
        self._limits = limits
        self._wait_seconds = wait_seconds
        self._waiting = threading.BoundedSemaphore(limits.waiting)
        self._lock = threading.Lock()
        self._scorers: dict[EngineName, Scorer] = {}

    def start(self) -> None:
        """Begin to load what is light, and FinBERT where it is the default; returns at once."""
        self._slots["lite"].start()
        self._slots["openai"].start()
        if self.default in ("auto", "finbert"):
            self._slots["finbert"].start()

    def stop(self) -> None:
        """Load no more, and let nobody wait."""
        for slot in self._slots.values():
            slot.stop()

    def states(self) -> list[EngineState]:
        """How it stands with each engine."""
        return [self._slots[name].state for name in ENGINE_NAMES]

    def chosen(self) -> Choice:
        """Who would answer a request that names no engine, now and without waiting."""
        try:
            return choose(self.default, self._slots["finbert"].state, by_request=False)
        except SentimentUnavailable as error:
            return Choice("finbert", error.detail)

    def pick(self, asked: EngineChoice | None, *, while_loading: WhileLoading) -> Picked:
        """Who answers a request.

        Parameters
        ----------
        asked : EngineChoice, optional
            None for the engine that the service is set to.
        while_loading : WhileLoading
            Whether to wait where FinBERT is wanted and still being loaded.

        Raises
        ------
        SentimentBusy
            If it was still being loaded after that time.
        SentimentUnavailable
            If the engine is not there.
        """
        wanted = asked or self.default
        finbert = self._slots["finbert"].state
        if wanted in ("auto", "finbert"):
            finbert = self._look_at_finbert(while_loading)
        choice = choose(wanted, finbert, by_request=asked is not None)
        return Picked(self._scorer(choice.engine), choice.reason)

    def _look_at_finbert(self, while_loading: WhileLoading) -> EngineState:
        slot = self._slots["finbert"]
        slot.start()
        if while_loading == "lite" or slot.state.state != "loading":
            return slot.state
        if not self._waiting.acquire(blocking=False):
            raise _still_loading("Enough requests wait for FinBERT already", slot.state)
        try:
            state = slot.wait(self._wait_seconds)
        finally:
            self._waiting.release()
        if state.state == "loading":
            raise _still_loading("FinBERT is not ready yet", state)
        return state

    def _scorer(self, name: EngineName) -> Scorer:
        slot = self._slots[name]
        slot.start()
        state = slot.wait(_LIGHT_SECONDS)
        if slot.engine is None:
            raise SentimentUnavailable(f"{name}: {state.reason}")
        with self._lock:
            scorer = self._scorers.get(name)
            if scorer is None:
                scorer = self._scorers[name] = Scorer(slot.engine, self.cache, self._limits)
            return scorer


def _still_loading(what: str, state: EngineState) -> SentimentBusy:
    return SentimentBusy(
        f"{what} ({state.reason.rstrip('.')}); ask again in {_RETRY_SECONDS} seconds.",
        retry_after_seconds=_RETRY_SECONDS,
    )
