"""Dated headlines from a file, scored, on the clock of daily candles."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model_service.errors import TrainingDataError
from model_service.market.candles import SECONDS_PER_DAY, Candles
from model_service.market.news import ScoredNews
from model_service.sentiment.engine import SentimentEngine
from model_service.sentiment.texts import prepare_text

DATE_COLUMNS = ("date", "published_at", "time", "datetime")
HEADLINE_COLUMNS = ("headline", "title", "text")
SYMBOL_COLUMNS = ("symbol", "ticker")
MAX_HEADLINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline of a file, prepared for an engine.

    Attributes
    ----------
    symbol : str
    counts_from : int
        The first daily candle that may use it, epoch seconds.
    text : str
    """

    symbol: str
    counts_from: int
    text: str


@dataclass(frozen=True)
class ScoredHeadlines:
    """Headlines of several symbols; values alone, so that it can be compared and sent.

    Attributes
    ----------
    engine, engine_version : str
    headlines : tuple of (symbol, counts_from, score)
    """

    engine: str
    engine_version: str
    headlines: tuple[tuple[str, int, float], ...]

    def by_symbol(self) -> dict[str, ScoredNews]:
        """The news of every symbol."""
        found: dict[str, list[tuple[int, float]]] = {}
        for symbol, counts_from, score in self.headlines:
            found.setdefault(symbol, []).append((counts_from, score))
        return {
            symbol: ScoredNews.of(
                np.array([time for time, _ in rows], dtype=np.int64),
                np.array([score for _, score in rows], dtype=np.float64),
                self.engine,
                self.engine_version,
            )
            for symbol, rows in found.items()
        }


def with_news(series: Sequence[Candles], news: ScoredHeadlines) -> tuple[Candles, ...]:
    """Series with the headlines that count by their last candles; None where a symbol has none."""
    by_symbol = news.by_symbol()
    return tuple(
        replace(candles, news=found.between(None, int(candles.time[-1])))
        if (found := by_symbol.get(candles.symbol)) is not None
        else candles
        for candles in series
    )


def counts_from(published: str) -> int:
    """The first daily candle that may use a headline, epoch seconds.

    A date without a time may mean its last second, so it counts from the next day. A time counts
    from the next midnight UTC: no exchange closes a session before 00:00 UTC of its date, wherever
    it is.

    Raises
    ------
    ValueError
        If it is neither a date nor a time of ISO 8601.
    """
    text = published.strip()
    if len(text) <= len("2018-01-02"):
        day = dt.date.fromisoformat(text)
        return _midnight(dt.datetime.combine(day, dt.time(), dt.UTC)) + SECONDS_PER_DAY
    moment = dt.datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    start = _midnight(moment)
    return start if start == moment.timestamp() else start + SECONDS_PER_DAY


def read_headlines(path: Path) -> tuple[Headline, ...]:
    """Read ``date,headline,symbol`` (or ``ticker``); rows without a headline are left out.

    Raises
    ------
    TrainingDataError
        If the file, a column, a date or a symbol is missing; the sentence names the line.
    """
    if not path.is_file():
        raise TrainingDataError(f"There is no file {path.name!r}.", field="news")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            headlines = tuple(_read_rows(path, csv.DictReader(file)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrainingDataError(
            f"{path.name} is not a CSV file in UTF-8: {error}.", field="news"
        ) from None
    if not headlines:
        raise TrainingDataError(f"{path.name} holds no headline.", field="news")
    return headlines


def score_headlines(headlines: Sequence[Headline], engine: SentimentEngine) -> ScoredHeadlines:
    """Score every headline.

    Raises
    ------
    SentimentUnavailable
        If the engine cannot score.
    """
    scores = engine.score([headline.text for headline in headlines])
    return ScoredHeadlines(
        engine.name,
        engine.version,
        tuple(
            (headline.symbol, headline.counts_from, score.score)
            for headline, score in zip(headlines, scores, strict=True)
        ),
    )


def _read_rows(path: Path, reader: csv.DictReader[str]) -> Iterator[Headline]:
    columns = _columns(path, reader.fieldnames or [])
    for count, row in enumerate(reader):
        if count == MAX_HEADLINES:
            raise TrainingDataError(
                f"{path.name} has more than {MAX_HEADLINES:,} rows.",
                field="news",
                limit=MAX_HEADLINES,
            )
        symbol, published, raw = ((row[name] or "").strip() for name in columns)
        text = prepare_text(raw)
        if not text:
            continue
        if not symbol:
            raise _refusal(path, reader.line_num, "has no symbol")
        try:
            yield Headline(symbol, counts_from(published), text)
        except ValueError:
            what = f"has the date {published!r}, which is none of ISO 8601"
            raise _refusal(path, reader.line_num, what) from None


def _columns(path: Path, header: Sequence[str]) -> tuple[str, str, str]:
    by_name: Mapping[str, str] = {name.strip().lower(): name for name in header if name}
    found = []
    for choices in (SYMBOL_COLUMNS, DATE_COLUMNS, HEADLINE_COLUMNS):
        name = next((by_name[choice] for choice in choices if choice in by_name), None)
        if name is None:
            raise TrainingDataError(
                f"{path.name} has no column `{choices[0]}`; it has {', '.join(header) or 'none'}.",
                field="news",
                row=1,
            )
        found.append(name)
    return found[0], found[1], found[2]


def _refusal(path: Path, line: int, what: str) -> TrainingDataError:
    return TrainingDataError(f"{path.name}: line {line} {what}.", field="news", row=line)


def _midnight(moment: dt.datetime) -> int:
    return int(moment.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())
