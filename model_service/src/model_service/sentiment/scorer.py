"""An engine behind a cache: a text is scored once, and few requests keep an engine busy at once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from itertools import islice

from model_service.errors import SentimentUnavailable
from model_service.sentiment.engine import EngineName, Score, SentimentEngine
from model_service.sentiment.refusals import SentimentBusy
from model_service.sentiment.texts import text_key

_SLICE_TEXTS = 256
_SLICE_CHARACTERS = 20_000
_RETRY_SECONDS = 5
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class ScorerLimits:
    """How much one engine takes on.

    Attributes
    ----------
    at_once : int
        Requests whose texts the engine scores at the same time.
    waiting : int
        Requests that may wait for their turn; the next is refused at once.
    seconds : float
        Longest time of one request, waiting included. What was scored until then stays in the
        cache, so that the same request asked again comes further.
    """

    at_once: int = 2
    waiting: int = 4
    seconds: float = 60.0


class ScoreCache:
    """The scores of the texts that were asked for last, of all engines.

    Parameters
    ----------
    max_entries : int

    Attributes
    ----------
    hits, misses : int
        Texts that were asked for so far.
    """

    def __init__(self, max_entries: int = 50_000) -> None:
        self._max_entries = max_entries
        self._lock = threading.Lock()
        self._scores: OrderedDict[bytes, Score] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._scores)

    def find(self, keys: Iterable[bytes]) -> dict[bytes, Score]:
        """Those scores that are here."""
        found: dict[bytes, Score] = {}
        with self._lock:
            for key in keys:
                score = self._scores.get(key)
                if score is None:
                    self.misses += 1
                else:
                    self.hits += 1
                    self._scores.move_to_end(key)
                    found[key] = score
        return found

    def keep(self, scores: Mapping[bytes, Score]) -> None:
        """Keep scores; those not asked for the longest go."""
        with self._lock:
            self._scores.update(scores)
            while len(self._scores) > self._max_entries:
                self._scores.popitem(last=False)


class Scorer:
    """A sentiment engine that asks another one for texts that are new to it.

    Texts have to be prepared (`texts.prepare_text`): equal ones are scored once, also where they
    come with several requests at the same time.

    Parameters
    ----------
    engine : SentimentEngine
    cache : ScoreCache
        May be shared by the scorers of several engines.
    limits : ScorerLimits
    """

    def __init__(
        self, engine: SentimentEngine, cache: ScoreCache, limits: ScorerLimits | None = None
    ) -> None:
        self._engine = engine
        self._cache = cache
        self._limits = limits or ScorerLimits()
        self._salt = hashlib.blake2b(
            f"{engine.name}\0{engine.version}".encode(), digest_size=16
        ).digest()
        self._queue = threading.BoundedSemaphore(self._limits.at_once + self._limits.waiting)
        self._places = threading.BoundedSemaphore(self._limits.at_once)
        self._lock = threading.Lock()
        self._in_flight: dict[bytes, Future[Mapping[bytes, Score]]] = {}

    @property
    def name(self) -> EngineName:
        """That of the engine behind."""
        return self._engine.name

    @property
    def version(self) -> str:
        """That of the engine behind."""
        return self._engine.version

    def score(self, texts: Sequence[str]) -> list[Score]:
        """One score for each text, in order.

        Raises
        ------
        SentimentBusy
            If too many requests ask for new texts, or these take too long.
        SentimentUnavailable
            If the engine cannot answer.
        """
        keys = [self._salt + text_key(text) for text in texts]
        asked = dict(zip(keys, texts, strict=True))
        scores = self._cache.find(asked)
        missing = {key: text for key, text in asked.items() if key not in scores}
        if missing:
            if not self._queue.acquire(blocking=False):
                raise self._busy("is busy with other texts")
            try:
                scores.update(self._score_missing(missing))
            finally:
                self._queue.release()
        return [scores[key] for key in keys]

    def _score_missing(self, missing: Mapping[bytes, str]) -> dict[bytes, Score]:
        deadline = time.monotonic() + self._limits.seconds
        batch: Future[Mapping[bytes, Score]] = Future()
        with self._lock:
            elsewhere = {key: self._in_flight[key] for key in missing if key in self._in_flight}
            own = {key: text for key, text in missing.items() if key not in elsewhere}
            self._in_flight.update(dict.fromkeys(own, batch))
        # One's own texts come first, so that two requests never wait for each other.
        try:
            scores = self._score_own(own, deadline) if own else {}
            batch.set_result(scores)
        except BaseException as error:
            batch.set_exception(error)
            raise
        finally:
            with self._lock:
                for key in own:
                    del self._in_flight[key]
        return scores | {key: self._await(other, deadline)[key] for key, other in elsewhere.items()}

    def _await(
        self, other: Future[Mapping[bytes, Score]], deadline: float
    ) -> Mapping[bytes, Score]:
        try:
            return other.result(max(0.0, deadline - time.monotonic()))
        except FutureTimeout:
            raise self._busy("takes longer than a request may") from None
        except SentimentUnavailable as error:
            raise SentimentUnavailable(error.detail) from None

    def _score_own(self, texts: Mapping[bytes, str], deadline: float) -> dict[bytes, Score]:
        if not self._places.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise self._busy("is busy with other texts")
        try:
            scores: dict[bytes, Score] = {}
            for part in _slices(texts):
                if time.monotonic() > deadline:
                    raise self._busy("takes longer than a request may")
                made = dict(zip(part, self._ask(list(part.values())), strict=True))
                self._cache.keep(made)
                scores.update(made)
            return scores
        finally:
            self._places.release()

    def _ask(self, texts: list[str]) -> list[Score]:
        scores = self._engine.score(texts)
        if len(scores) != len(texts) or not all(map(_adds_up, scores)):
            raise SentimentUnavailable(f"{self.name} answered what are no probabilities.")
        return [_clipped(score) for score in scores]

    def _busy(self, what: str) -> SentimentBusy:
        return SentimentBusy(
            f"{self.name} {what}; ask again in {_RETRY_SECONDS} seconds.",
            retry_after_seconds=_RETRY_SECONDS,
        )


def _slices(texts: Mapping[bytes, str]) -> Iterator[dict[bytes, str]]:
    """Texts in parts that take an engine seconds, not minutes."""
    items = iter(texts.items())
    while part := dict(islice(items, 1)):
        characters = sum(map(len, part.values()))
        while len(part) < _SLICE_TEXTS and characters < _SLICE_CHARACTERS:
            key, text = next(items, (None, ""))
            if key is None:
                break
            part[key] = text
            characters += len(text)
        yield part


def _adds_up(score: Score) -> bool:
    parts = (score.positive, score.negative, score.neutral)
    # A comparison with NaN is false.
    return abs(sum(parts) - 1.0) <= _TOLERANCE and min(parts) >= -_TOLERANCE


def _clipped(score: Score) -> Score:
    """Probabilities of single precision may pass 1 by a hair; the contract knows no hair."""
    return Score(
        *(
            min(1.0, max(0.0, float(part)))
            for part in (score.positive, score.negative, score.neutral)
        )
    )
