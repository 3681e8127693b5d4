"""Splits by time: train, validation, and what comes after, with a purge gap between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from model_service.errors import InvalidRequest, TrainingDataError
from model_service.market.candles import Candles

SegmentKind = Literal["train", "validation", "test", "seen"]


@dataclass(frozen=True)
class Split:
    """The last candle times (epoch seconds, inclusive) of training and of validation."""

    train_end: int
    validation_end: int

    def __post_init__(self) -> None:
        if self.train_end >= self.validation_end:
            raise InvalidRequest(
                "The validation window has to end after the training window.",
                field="validation_end",
            )

    def train(self, candles: Candles) -> Candles | None:
        """The candles to train on, None if there are none."""
        stop = int(np.searchsorted(candles.time, self.train_end, side="right"))
        return candles.slice(0, stop) if stop else None

    def known(self, candles: Candles) -> Candles | None:
        """The candles up to the end of validation, None if there are none."""
        stop = int(np.searchsorted(candles.time, self.validation_end, side="right"))
        return candles.slice(0, stop) if stop else None

    def first_validation(self, candles: Candles, purge_candles: int) -> int:
        """Index of the first candle to validate on, the purge gap skipped."""
        first = int(np.searchsorted(candles.time, self.train_end, side="right"))
        return first + purge_candles


def split_by_fraction(series: Sequence[Candles], train: float, validation: float) -> Split:
    """A split at fractions of all candles' times, pooled over the symbols.

    Raises
    ------
    TrainingDataError
        If the candles are too few to be split.
    """
    times = np.sort(np.concatenate([candles.time for candles in series]))
    last = times.shape[0] - 1
    train_end = int(times[round(last * train)])
    validation_end = int(times[round(last * (train + validation))])
    if train_end >= validation_end:
        raise TrainingDataError(
            f"{times.shape[0]} candles are too few to split into training and validation.",
            field="data",
        )
    return Split(train_end, validation_end)


@dataclass(frozen=True)
class Segment:
    """A stretch of candles, first and last time inclusive, by what the agent knows of it."""

    kind: SegmentKind
    start: int
    end: int


def segments(
    candles: Candles, *, split: Split, trained_on: bool, validated_on: bool
) -> list[Segment]:
    """How the agent stands to each stretch of a series.

    Up to the end of validation a symbol is *train* and *validation* where the agent was trained
    on it, else *seen*: symbols of one period move together, so none of it is new to the agent.
    """
    stops = [
        int(np.searchsorted(candles.time, split.train_end, side="right")),
        int(np.searchsorted(candles.time, split.validation_end, side="right")),
        len(candles),
    ]
    kinds: list[SegmentKind] = [
        "train" if trained_on else "seen",
        "validation" if validated_on else "seen",
        "test",
    ]
    found: list[Segment] = []
    start = 0
    for kind, stop in zip(kinds, stops, strict=True):
        if stop <= start:
            continue
        if found and found[-1].kind == kind:
            found[-1] = Segment(kind, found[-1].start, int(candles.time[stop - 1]))
        else:
            found.append(Segment(kind, int(candles.time[start]), int(candles.time[stop - 1])))
        start = stop
    return found
