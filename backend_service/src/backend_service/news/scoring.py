"""Headlines scored in the background by the model service."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from backend_service.errors import ModelServiceError, ModelServiceRefusal
from backend_service.market_data.series import LOCAL_OWNER
from backend_service.news.repository import NewsRepository
from backend_service.news.scores import EngineKey, ScoreRepository, Unscored
from backend_service.telemetry.spans import own_trace

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from backend_service.clock import Clock
    from backend_service.model_client.generated import SentimentResponse
    from backend_service.model_client.service import ModelService
    from backend_service.news.store import NewsHead, NewsStore

BATCH: Final = 256
_WAITING: Final = 1_000
_REMEMBERED: Final = 10_000
_TEXT_FIELD: Final = re.compile(r"texts\.(\d+)")
_PROBE: Final = "Shares closed unchanged."
"""Asked where nothing else is to be scored, to learn which engine answers now."""
_BROKEN: Final = "Headlines could not be scored; the log says why."
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ScoringLimits:
    """How often the model service is asked.

    Attributes
    ----------
    engine_known_seconds : float
        How long it is believed which engine the service uses.
    first_backoff_seconds, longest_backoff_seconds : float
        How long the service is left alone after one failure, and after many.
    """

    engine_known_seconds: float
    first_backoff_seconds: float
    longest_backoff_seconds: float


@dataclass(frozen=True, slots=True)
class EngineState:
    """The engine that scores now, or why there is none.

    Attributes
    ----------
    engine : EngineKey or None
    reason : str
        Why this engine, or why none.
    """

    engine: EngineKey | None
    reason: str


class HeadlineScorer:
    """Scores what has no score of the engine that the model service uses now.

    Symbols wait in one queue that one task works off, batch after batch, since all scoring
    happens in one service. When the service comes to another engine, which is noticed with the
    next batch or after `engine_known_seconds`, known headlines are scored anew, those of the
    window that was looked at first. Nothing is ever shown that no engine said.
    """

    def __init__(
        self,
        store: NewsStore,
        model: ModelService,
        clock: Clock,
        random: Random,
        limits: ScoringLimits,
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._random = random
        self._limits = limits
        self.state = EngineState(None, "No headline has been scored since the gateway started.")
        self._checked = -float("inf")
        self._failures = 0
        self._next_attempt = -float("inf")
        self._waiting: OrderedDict[str, datetime] = OrderedDict()
        self._complete: dict[str, tuple[int | None, EngineKey | None]] = {}
        self._refused: OrderedDict[str, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def consider(self, head: NewsHead, until: datetime) -> bool:
        """Start scoring the news of a symbol where need be; whether scores are to come.

        Parameters
        ----------
        head : NewsHead
        until : datetime
            Headlines up to then come first.
        """
        if not head.version or self._closed:
            return False
        complete = self._complete.get(head.symbol) == (head.version, self.state.engine)
        if complete and self._knows_engine():
            return False
        if time.monotonic() < self._next_attempt:
            return False
        self._enqueue(head.symbol, until)
        return not complete

    def note_added(self, symbol: str) -> None:
        """Score what was added to the news of `symbol`."""
        if time.monotonic() >= self._next_attempt:
            self._enqueue(symbol, self._clock())

    async def wait(self) -> None:
        """Return when nothing waits to be scored."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Give up what is under way."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _enqueue(self, symbol: str, until: datetime) -> None:
        if self._closed or (symbol not in self._waiting and len(self._waiting) >= _WAITING):
            return
        self._waiting.setdefault(symbol, until)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work_off())

    async def _work_off(self) -> None:
        with own_trace("score news"):
            await self._score_all()

    async def _score_all(self) -> None:
        while self._waiting:
            symbol = next(iter(self._waiting))
            try:
                await self._score_symbol(symbol, self._waiting[symbol])
            except Exception as error:
                # Whatever it was, headlines are shown without scores until it is tried again.
                self._note_failure(error)
                self._waiting.clear()
                return
            self._waiting.pop(symbol, None)

    async def _score_symbol(self, symbol: str, until: datetime) -> None:
        is_told = self._knows_engine()
        while True:
            version, batch = await self._next_batch(symbol, until)
            if batch:
                await self._score(batch)
            elif not is_told:
                self._note_answer(await self._model.score_texts([_PROBE], "lite"))
            else:
                break
            is_told = True
        if len(self._complete) >= _REMEMBERED:
            self._complete.clear()
        self._complete[symbol] = (version, self.state.engine)

    def _knows_engine(self) -> bool:
        return time.monotonic() < self._checked + self._limits.engine_known_seconds

    async def _next_batch(self, symbol: str, until: datetime) -> tuple[int | None, list[Unscored]]:
        """What to ask next, and the version of the symbol's news before that."""
        async with self._store.database.transaction() as session:
            version = await NewsRepository(session, LOCAL_OWNER).version_of(symbol)
            scores = ScoreRepository(session, LOCAL_OWNER)
            limit = BATCH + len(self._refused)
            found = await scores.missing(symbol, self.state.engine, until, limit)
            batch = [each for each in found if each.text_key not in self._refused][:BATCH]
        return version, batch

    async def _score(self, batch: list[Unscored]) -> None:
        try:
            answer = await self._model.score_texts([each.text for each in batch], "lite")
        except ModelServiceRefusal as refusal:
            self._leave_out(refusal, batch)
            return
        engine = self._note_answer(answer)
        scores = zip(batch, answer.scores, strict=True)
        await self._store.save_scores(engine, {each.text_key: score for each, score in scores})

    def _note_answer(self, answer: SentimentResponse) -> EngineKey:
        engine = EngineKey(answer.engine, answer.engine_version)
        self.state = EngineState(engine, answer.reason)
        self._checked = time.monotonic()
        self._failures = 0
        return engine

    def _note_failure(self, error: Exception) -> None:
        expected = isinstance(error, ModelServiceError)
        reason = error.detail if isinstance(error, ModelServiceError) else _BROKEN
        doubled = self._limits.first_backoff_seconds * 2.0 ** min(self._failures, 32)
        longest = min(doubled, self._limits.longest_backoff_seconds)
        self._next_attempt = time.monotonic() + longest * self._random.uniform(0.5, 1.0)
        self._failures += 1
        self.state = EngineState(None, reason)
        self._checked = -float("inf")
        logged = error.logged if isinstance(error, ModelServiceError) else reason
        _log.warning("scoring_failed", reason=logged, exc_info=None if expected else error)

    def _leave_out(self, refusal: ModelServiceRefusal, batch: list[Unscored]) -> None:
        """Go on without the one text that the service refuses; another refusal is a failure."""
        found = _TEXT_FIELD.fullmatch(str(refusal.to_problem().get("field", "")))
        if found is None or int(found[1]) >= len(batch):
            raise refusal
        self._refused[batch[int(found[1])].text_key] = None
        if len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
