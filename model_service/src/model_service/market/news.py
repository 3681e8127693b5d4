"""Scored headlines on the clock of candles, and the features that may be made of them.

Every headline carries the time of the first candle whose decision may use it. Candles hold the
headlines that count by their last candle and no later one: a headline from the future is refused
where the two meet, so that no feature, training or backtest behind it can see one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ScoredNews:
    """Headlines of one symbol in the order in which they count; made by `ScoredNews.of`.

    Attributes
    ----------
    counts_from : int64 array, shape (h,)
        Time of the first candle whose decision may use the headline, epoch seconds.
    score : float64 array, shape (h,)
        Positive less negative probability, in [-1, 1].
    engine, engine_version : str
        What scored them.
    """

    counts_from: Ints
    score: Floats
    engine: str
    engine_version: str

    @classmethod
    def of(cls, counts_from: Ints, score: Floats, engine: str, engine_version: str) -> ScoredNews:
        """Headlines in any order.

        Raises
        ------
        InvalidRequest
            If there are not as many scores as times, or one is not in [-1, 1].
        """
        if counts_from.shape != score.shape:
            raise InvalidRequest(
                f"`news` has {counts_from.size} times and {score.size} scores.", field="news.score"
            )
        bad = ~(np.abs(score) <= 1.0)
        if bad.any():
            index = int(np.argmax(bad))
            raise InvalidRequest(
                f"Score {index + 1} of `news` is {score[index]}, not between -1 and 1.",
                field="news.score",
                limit=1.0,
            )
        # By time and then score: the same headlines are the same news in whatever order they came.
        order = np.lexsort((score, counts_from))
        return cls(counts_from[order], score[order], engine, engine_version)

    def __len__(self) -> int:
        return int(self.counts_from.shape[0])

    @cached_property
    def news_hash(self) -> str:
        """SHA-256 (hex) of engine, version, times and scores, little endian."""
        digest = hashlib.sha256(f"{self.engine}\n{self.engine_version}\n".encode())
        digest.update(np.ascontiguousarray(self.counts_from, dtype="<i8").tobytes())
        digest.update(np.ascontiguousarray(self.score, dtype="<f8").tobytes())
        return digest.hexdigest()

    def between(self, first: int | None, last: int | None) -> ScoredNews:
        """Those that count from a candle of [first, last], epoch seconds; None is no limit."""
        start = 0 if first is None else int(np.searchsorted(self.counts_from, first, "left"))
        stop = len(self) if last is None else int(np.searchsorted(self.counts_from, last, "right"))
        window = slice(start, max(start, stop))
        return replace(self, counts_from=self.counts_from[window], score=self.score[window])

    def on(self, time: Ints) -> tuple[Floats, Floats]:
        """Sum of scores and number of headlines that each candle is the first to use.

        Parameters
        ----------
        time : int64 array, shape (n,)
            Of the candles. A headline that counts from between two candles, as over a weekend,
            belongs to the later one; those from before the first candle to none.

        Returns
        -------
        float64 arrays, shapes (n,) and (n,)
        """
        known = self.between(int(time[0]), int(time[-1]))
        row = np.searchsorted(time, known.counts_from, "left")
        count: Floats = np.bincount(row, minlength=time.shape[0]).astype(np.float64)
        score = np.bincount(row, weights=known.score, minlength=time.shape[0]).astype(np.float64)
        return score, count


def name_news_features(spans: tuple[int, ...]) -> list[str]:
    """Names of the columns of `compute_news_features`, in their order."""
    return [f"{name}_{span}" for span in spans for name in ("sentiment", "news")]


def compute_news_features(
    news: ScoredNews | None, time: Ints, spans: tuple[int, ...]
) -> list[Floats]:
    """What the news of the latest candles says, and how much of it there is.

    Two columns a span of s candles: the sum of the scores over the square root of their number
    plus one, which grows with agreement and with evidence and is 0 without either; and the
    logarithm of one plus their number, because no news is not neutral news.

    Parameters
    ----------
    news : ScoredNews or None
    time : int64 array, shape (n,)
        Of the candles.
    spans : tuple of int

    Returns
    -------
    list of float64 arrays, shape (n,)
    """
    if news is None:
        return [np.zeros(time.shape[0]) for _ in range(2 * len(spans))]
    columns: list[Floats] = []
    score, count = news.on(time)
    for span in spans:
        total, number = _over(score, span), _over(count, span)
        columns += [total / np.sqrt(number + 1.0), np.log1p(number)]
    return columns


def _over(values: Floats, span: int) -> Floats:
    """Sums over the latest `span` values; each looks back alone, so a prefix has the same."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    rows = np.arange(1, values.shape[0] + 1)
    sums: Floats = running[rows] - running[np.maximum(rows - span, 0)]
    return sums
