"""The candles and the news of a specification, read from the artefact store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson

from model_service.artefacts.datasets import DatasetStore
from model_service.artefacts.store import ArtefactStore
from model_service.errors import CorruptDataset, DatasetNotFound, TrainingDataError
from model_service.evaluation.dates import date_of
from model_service.evaluation.splits import Split
from model_service.experiments.experiment_config import ExperimentConfig
from model_service.experiments.specification import Specification, SpecifiedSeries
from model_service.market.candles import PRICE_COLUMNS, Candles
from model_service.market.news import ScoredNews


def read_candles(spec: Specification, store: ArtefactStore) -> tuple[Candles, ...]:
    """The series of a specification, cut to its window, in its order.

    Raises
    ------
    DatasetNotFound
        `field` is ``series.N.data_hash``.
    TrainingDataError
        If a series has no candle in the window; `field` is ``start`` or ``end``.
    """
    datasets = DatasetStore(store)
    return tuple(
        _cut(_read_series(one, place, datasets, store), spec)
        for place, one in enumerate(spec.series)
    )


def put_news(news: ScoredNews, store: ArtefactStore) -> str:
    """Keep scored headlines under their hash, and tell it."""
    name = _news_name(news.news_hash)
    if not store.exists(name):
        plain = {
            "schema_version": 1,
            "engine": news.engine,
            "engine_version": news.engine_version,
            "counts_from": news.counts_from.tolist(),
            "score": news.score.tolist(),
        }
        store.write(name, orjson.dumps(plain))
    return news.news_hash


def split_of(config: ExperimentConfig, series: Sequence[Candles]) -> Split:
    """Where training and validation end.

    Raises
    ------
    TrainingDataError
        If no symbol has enough candles before that to learn from.
    """
    split = config.split.of(series)
    warm_up = config.agent.features.warm_up_candles
    longest = max(
        (len(part) for one in series if (part := split.train(one)) is not None), default=0
    )
    if longest <= warm_up + 2:
        raise TrainingDataError(
            f"Training ends at {date_of(split.train_end)} and the longest series has {longest} "
            f"candles up to then; the first {warm_up} only warm the features up.",
            field="start",
            limit=warm_up,
        )
    return split


def _read_series(
    one: SpecifiedSeries, place: int, datasets: DatasetStore, store: ArtefactStore
) -> Candles:
    try:
        columns = datasets.columns(one.data_hash)
    except (DatasetNotFound, CorruptDataset) as error:
        raise type(error)(error.detail, field=f"series.{place}.data_hash") from None
    return Candles(
        symbol=one.symbol,
        price_basis=one.price_basis,
        news=None if one.news_hash is None else _read_news(one.news_hash, store),
        **{name: columns[name] for name in ("time", *PRICE_COLUMNS, "volume")},  # type: ignore[arg-type]
    )


def _read_news(news_hash: str, store: ArtefactStore) -> ScoredNews:
    plain = orjson.loads(store.read(_news_name(news_hash)))
    news = ScoredNews.of(
        np.array(plain["counts_from"], dtype=np.int64),
        np.array(plain["score"], dtype=np.float64),
        plain["engine"],
        plain["engine_version"],
    )
    if news.news_hash != news_hash:
        raise CorruptDataset(f"The news {news_hash[:12]} is not what its name says.")
    return news


def _news_name(news_hash: str) -> str:
    return f"news/{news_hash}.json"


def _cut(candles: Candles, spec: Specification) -> Candles:
    first = 0 if spec.start is None else int(np.searchsorted(candles.time, spec.start, "left"))
    stop = (
        len(candles) if spec.end is None else int(np.searchsorted(candles.time, spec.end, "right"))
    )
    if first >= stop:
        raise TrainingDataError(
            f"{candles.symbol} has candles from {date_of(candles.time[0])} to "
            f"{date_of(candles.time[-1])}, and none of them lies in the window.",
            field="start" if spec.start is not None else "end",
        )
    return candles.slice(first, stop) if (first, stop) != (0, len(candles)) else candles
