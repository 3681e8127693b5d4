"""Walk-forward: rolling windows to train, to validate and to test, with a purge gap between them.

Windows are cut on the union of all symbols' candle times, so that nobody learns from a date that
somebody else is tested on. The test windows follow one another without a gap and are traded as one
stretch; each fold learns from the candles right before its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model_service.errors import InvalidRequest, TrainingDataError
from model_service.evaluation.dates import date_of
from model_service.evaluation.protocols.plan import Fold, FoldSymbol, Plan, PlanSymbol
from model_service.evaluation.splits import Segment
from model_service.market.candles import Candles
from model_service.trading.ledger import FillRule
from model_service.trading.metrics import periods_per_year

MIN_TEST_CANDLES = 20
"""A last test window that is shorter is left out."""

MAX_WINDOW_CANDLES = 1_000_000


@dataclass(frozen=True)
class Windows:
    """Lengths in candles of the union of all symbols' times."""

    train_candles: int = 1_000
    validation_candles: int = 250
    test_candles: int = 250
    purge_candles: int = 5

    def __post_init__(self) -> None:
        bounds = (
            ("train_candles", 100),
            ("validation_candles", 20),
            ("test_candles", MIN_TEST_CANDLES),
            ("purge_candles", 1),
        )
        for name, low in bounds:
            value: int = getattr(self, name)
            if not low <= value <= MAX_WINDOW_CANDLES:
                raise InvalidRequest(
                    f"`{name}` is {value}, not between {low} and {MAX_WINDOW_CANDLES}.",
                    field=name,
                    limit=MAX_WINDOW_CANDLES,
                )

    @property
    def before_test(self) -> int:
        """Candles from the start of training to the start of the test."""
        return self.train_candles + self.validation_candles + 2 * self.purge_candles


@dataclass(frozen=True)
class FoldTimes:
    """Times of one fold, epoch seconds, first and last inclusive."""

    train: tuple[int, int]
    validation: tuple[int, int]
    test: tuple[int, int]


def plan_walk_forward(series: Sequence[Candles], windows: Windows, fill: FillRule) -> Plan:
    """The plan for these series.

    Raises
    ------
    TrainingDataError
        If the candles are fewer than one set of windows, or a symbol has none to test on.
    """
    calendar = np.unique(np.concatenate([candles.time for candles in series]))
    times = list(cut_windows(calendar, windows))
    if not times:
        raise TrainingDataError(
            f"One set of windows takes {windows.before_test + MIN_TEST_CANDLES} candles and there "
            f"are {calendar.shape[0]} from {date_of(calendar[0])} to {date_of(calendar[-1])}.",
            field="data",
            limit=windows.before_test + MIN_TEST_CANDLES,
        )
    folds = tuple(
        Fold(index, tuple(_fold_symbol(candles, fold) for candles in series))
        for index, fold in enumerate(times)
    )
    return Plan(
        protocol="walk-forward",
        symbols=tuple(_plan_symbol(candles, times) for candles in series),
        folds=folds,
        fill=fill,
        periods_per_year=float(np.median([periods_per_year(candles) for candles in series])),
        fills_without_volume=False,
        segments=(
            Segment("train", times[0].train[0], times[0].train[1]),
            Segment("validation", times[0].validation[0], times[0].validation[1]),
            Segment("test", times[0].test[0], times[-1].test[1]),
        ),
    )


def cut_windows(calendar: NDArray[np.int64], windows: Windows) -> Iterator[FoldTimes]:
    """The folds that fit into a calendar, in time order."""
    first = 0
    while calendar.shape[0] - (first + windows.before_test) >= MIN_TEST_CANDLES:
        validate = first + windows.train_candles + windows.purge_candles
        test = first + windows.before_test
        last = min(test + windows.test_candles, calendar.shape[0]) - 1
        yield FoldTimes(
            (int(calendar[first]), int(calendar[first + windows.train_candles - 1])),
            (int(calendar[validate]), int(calendar[validate + windows.validation_candles - 1])),
            (int(calendar[test]), int(calendar[last])),
        )
        first += windows.test_candles


def _fold_symbol(candles: Candles, fold: FoldTimes) -> FoldSymbol:
    train = _rows(candles, fold.train)
    validation = _rows(candles, fold.validation)
    test = _rows(candles, fold.test)
    return FoldSymbol(
        symbol=candles.symbol,
        train=candles.slice(*train) if train[1] > train[0] else None,
        validation=candles.slice(0, validation[1]) if validation[1] > validation[0] else None,
        validation_first=validation[0],
        # Features of test candles read all that came before them: those are known by then.
        scored=candles.slice(0, test[1]) if test[1] > test[0] else None,
        first=test[0],
        known=candles.slice(*train) if train[1] > train[0] else None,
    )


def _plan_symbol(candles: Candles, times: Sequence[FoldTimes]) -> PlanSymbol:
    first, stop = _rows(candles, (times[0].test[0], times[-1].test[1]))
    if stop - first < MIN_TEST_CANDLES:
        raise TrainingDataError(
            f"{candles.symbol} has {stop - first} candles between {date_of(times[0].test[0])} and "
            f"{date_of(times[-1].test[1])}; a test takes {MIN_TEST_CANDLES}.",
            field="data",
            limit=MIN_TEST_CANDLES,
        )
    rows = [_rows(candles, fold.test) for fold in times]
    return PlanSymbol(
        symbol=candles.symbol,
        test=candles.slice(first, stop),
        averaged=candles.slice(0, stop),
        read=candles.slice(0, stop),
        first_decision=0,
        fold_starts=tuple(
            (index, begin - first) for index, (begin, end) in enumerate(rows) if end > begin
        ),
    )


def _rows(candles: Candles, times: tuple[int, int]) -> tuple[int, int]:
    """Index range [first, stop) of the candles from the first time to the last, inclusive."""
    return (
        int(np.searchsorted(candles.time, times[0], side="left")),
        int(np.searchsorted(candles.time, times[1], side="right")),
    )
