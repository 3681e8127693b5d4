"""The ablation of the news: the same agent with it, without it, with it shuffled and with it late.

What news is worth shows only against what the agent does without it. And a gain counts as one of
the news itself only where scores that belong to other headlines (shuffled) and news that everybody
has known for days (lagged) do not give it too: those two arms have as many inputs, and learn as
much by heart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from model_service.errors import TrainingDataError
from model_service.evaluation.dates import date_of
from model_service.evaluation.protocols.plan import Fold, FoldSymbol, Plan, PlanSymbol
from model_service.evaluation.splits import Segment
from model_service.market.candles import Candles
from model_service.market.news import ScoredNews
from model_service.trading.ledger import FillRule
from model_service.trading.metrics import periods_per_year

Arm = Literal["with", "without", "shuffled", "lagged"]

ARMS: Final[tuple[Arm, ...]] = ("with", "without", "shuffled", "lagged")
"""Each arm is a fold of its own, in this order: the same windows, other news."""

NEWS_SPANS: Final = (1, 5, 15)
"""Candles over which the news is taken together: a day, a week, and what the page shows."""

LAG_CANDLES: Final = 5
PURGE_CANDLES: Final = 5
SHUFFLE_SEED: Final = 0
MIN_TEST_CANDLES: Final = 60
MIN_TRAIN_CANDLES: Final = 250


@dataclass(frozen=True)
class NewsCount:
    """Headlines of one symbol and where they fall.

    Attributes
    ----------
    headlines, train_headlines, test_headlines : int
        All that a candle can use; those that count from a candle of the training, or of the test.
    candles, candles_with_news : int
        Of the test.
    """

    symbol: str
    headlines: int
    train_headlines: int
    test_headlines: int
    candles: int
    candles_with_news: int


def plan_ablation(
    series: Sequence[Candles],
    news: Mapping[str, ScoredNews],
    fill: FillRule,
    test_start: int | None = None,
) -> Plan:
    """The plan for series that have headlines.

    Parameters
    ----------
    series : sequence of Candles
    news : mapping of str to ScoredNews
        By symbol; what counts from after a symbol's last candle is left aside.
    fill : {'next_open', 'next_close'}
    test_start : int, optional
        Where the test begins, epoch seconds; by default half way through the news, so that there is
        some to learn from and some to be tested on.

    Raises
    ------
    TrainingDataError
        If a symbol has no headline, or too few candles on either side.
    """
    known = [_with_news(candles, news.get(candles.symbol)) for candles in series]
    start = _middle(known) if test_start is None else test_start
    folds = tuple(
        Fold(
            index,
            tuple(_fold_symbol(_for_arm(candles, arm, start), start) for candles in known),
            reads_news=arm != "without",
        )
        for index, arm in enumerate(ARMS)
    )
    train = [symbol.train for symbol in folds[0].symbols if symbol.train is not None]
    last = max(int(candles.time[-1]) for candles in known)
    return Plan(
        protocol="ablation",
        symbols=tuple(_plan_symbol(candles, start) for candles in known),
        folds=folds,
        fill=fill,
        periods_per_year=float(np.median([periods_per_year(candles) for candles in series])),
        fills_without_volume=False,
        segments=(
            Segment(
                "train",
                min(int(candles.time[0]) for candles in train),
                max(int(candles.time[-1]) for candles in train),
            ),
            Segment("test", start, last),
        ),
        notes=(
            "The news was matched to symbols by whoever collected it; a headline that is dated "
            "without a time counts from the day after.",
        ),
    )


def plan_of_arm(plan: Plan, arm: Arm) -> Plan:
    """The plan whose agent is that of one arm."""
    starts = ((ARMS.index(arm), 0),)
    return replace(
        plan, symbols=tuple(replace(symbol, fold_starts=starts) for symbol in plan.symbols)
    )


def count_news(plan: Plan) -> list[NewsCount]:
    """How many headlines each symbol has, and where."""
    counts = []
    for symbol, fold in zip(plan.symbols, plan.folds[0].symbols, strict=True):
        # Of the whole series: what came out over the weekend before the test is the test's.
        headlines = _per_candle(symbol.read)
        in_test = headlines[len(symbol.read) - len(symbol.test) :]
        counts.append(
            NewsCount(
                symbol=symbol.symbol,
                headlines=int(headlines.sum()),
                train_headlines=int(headlines[: fold.validation_first].sum()),
                test_headlines=int(in_test.sum()),
                candles=len(symbol.test),
                candles_with_news=int(np.count_nonzero(in_test)),
            )
        )
    return counts


def shuffle_news(candles: Candles, start: int, seed: int) -> Candles:
    """Every headline with the score of another one, on the same side of `start`.

    The two sides are shuffled apart: nothing that is learned from comes from the test, to which
    also that belongs which counts from between the last candle before it and its first.
    """
    news = candles.news
    if news is None:
        return candles
    random = np.random.default_rng(seed)
    earlier = candles.time[candles.time < start]
    before = int(np.searchsorted(news.counts_from, earlier[-1], "right")) if earlier.size else 0
    order = np.concatenate(
        [random.permutation(before), before + random.permutation(len(news) - before)]
    ).astype(np.intp)
    return replace(candles, news=replace(news, score=news.score[order]))


def lag_news(candles: Candles, lag: int) -> Candles:
    """The same headlines, each known only `lag` candles later; the latest are not known yet."""
    if candles.news is None:
        return candles
    row = np.searchsorted(candles.time, candles.news.counts_from, "left") + lag
    there = row < len(candles)
    late = replace(
        candles.news,
        counts_from=candles.time[row[there]],
        score=candles.news.score[there],
    )
    return replace(candles, news=late)


def _with_news(candles: Candles, news: ScoredNews | None) -> Candles:
    known = None if news is None else news.between(int(candles.time[0]), int(candles.time[-1]))
    if not known:
        raise TrainingDataError(
            f"There is no headline of {candles.symbol} between {date_of(candles.time[0])} and "
            f"{date_of(candles.time[-1])}.",
            field="news",
        )
    return replace(candles, news=known)


def _middle(series: Sequence[Candles]) -> int:
    """The first candle in the second half of the time that the news covers."""
    times = np.concatenate([c.news.counts_from for c in series if c.news is not None])
    middle = (int(times.min()) + int(times.max())) // 2
    after = [candles.time[candles.time >= middle] for candles in series]
    return min((int(time[0]) for time in after if time.size), default=middle)


def _for_arm(candles: Candles, arm: Arm, start: int) -> Candles:
    if arm == "without":
        return replace(candles, news=None)
    if arm == "shuffled":
        return shuffle_news(candles, start, SHUFFLE_SEED)
    return lag_news(candles, LAG_CANDLES) if arm == "lagged" else candles


def _fold_symbol(candles: Candles, start: int) -> FoldSymbol:
    first = int(np.searchsorted(candles.time, start))
    stop = first - PURGE_CANDLES
    if stop < MIN_TRAIN_CANDLES or len(candles) - first < MIN_TEST_CANDLES:
        raise TrainingDataError(
            f"{candles.symbol} has {max(stop, 0)} candles to learn from before {date_of(start)} "
            f"and {len(candles) - first} after it; it takes {MIN_TRAIN_CANDLES} and "
            f"{MIN_TEST_CANDLES}.",
            field="data",
        )
    train = candles.slice(0, stop)
    return FoldSymbol(
        symbol=candles.symbol,
        train=train,
        validation=None,
        validation_first=stop,
        scored=candles,
        first=first,
        known=train,
    )


def _plan_symbol(candles: Candles, start: int) -> PlanSymbol:
    return PlanSymbol(
        symbol=candles.symbol,
        test=candles.slice(int(np.searchsorted(candles.time, start))),
        averaged=candles,
        read=candles,
        first_decision=0,
        fold_starts=((0, 0),),
    )


def _per_candle(candles: Candles) -> NDArray[np.float64]:
    """Headlines that each candle is the first to use, shape (n,)."""
    if candles.news is None:
        return np.zeros(len(candles))
    return candles.news.on(candles.time)[1]
