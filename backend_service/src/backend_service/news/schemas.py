"""News and sentiment on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend_service.market_data.schemas import SymbolText
from backend_service.model_client.generated import Issue
from backend_service.providers.news import NewsProviderName, Precision

Probability = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]


class ItemSentiment(BaseModel):
    """What an engine makes of a headline."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    label: Literal["positive", "negative", "neutral"]
    """The most probable."""
    positive: Probability
    negative: Probability
    neutral: Probability
    score: Annotated[float, Field(ge=-1, le=1)]
    """positive - negative"""
    engine: str
    engine_version: str


class StoredNewsItem(BaseModel):
    """A headline, its duplicates counted and not shown."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    id: str
    headline: str
    provider: NewsProviderName
    """How it came here; `simulated` headlines are invented and have to be labelled so."""
    source: str
    """Who wrote it."""
    url: str | None
    """http or https, to a public host."""
    published_at: datetime
    """The earliest publication that is known; 00:00 UTC of the date where `precision` is date."""
    precision: Precision
    counts_from: int
    """Time of the first candle whose decision may use it, epoch seconds UTC."""
    duplicates: Count
    """How many more copies of it were seen."""
    sentiment: ItemSentiment | None
    """Null while it has no score; that is not the same as neutral."""


class NewsSource(BaseModel):
    """Whether a source answered when it was asked last, and if not, why."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    provider: NewsProviderName
    name: str
    available: bool
    reason: str | None
    refreshed_at: datetime | None
    """When it last answered about this symbol."""


class SentimentEngine(BaseModel):
    """The engine that scores headlines now, and why it is this one."""

    model_config = ConfigDict(extra="forbid")

    name: str
    version: str
    reason: str


class _Window(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    symbol: SymbolText
    as_of: datetime
    """Nothing that was published later is shown."""
    days: Annotated[int, Field(ge=1)]
    start: datetime
    """00:00 UTC of the day `days` days before `as_of`."""
    end: datetime
    refreshing: bool
    """Headlines or scores are being fetched; asking again soon is worth it."""
    engine: SentimentEngine | None
    engine_reason: str | None
    """Why `engine` is null."""


class NewsResponse(_Window):
    """Headlines about a symbol, the newest first, from the store at once."""

    refreshed_at: datetime | None
    """When a source last answered about this symbol."""
    age_seconds: Count | None
    """Time since then."""
    sources: list[NewsSource]
    total: Count
    """Headlines of the window."""
    truncated: bool
    """Only the newest are listed."""
    items: Annotated[list[StoredNewsItem], Field(max_length=5_000)]


class DailySentiment(BaseModel):
    """One entry a candle of the window, those without news too; all columns are equally long."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    time: list[int]
    """Candle times, epoch seconds UTC."""
    score: list[Annotated[float, Field(ge=-1, le=1)] | None]
    """Mean score of the headlines that count from this candle; null where none has one."""
    count: list[Count]
    """Headlines that count from this candle, scored or not."""
    positive: list[Count]
    negative: list[Count]
    neutral: list[Count]


class SentimentHistory(_Window):
    """The sentiment of a symbol's headlines, candle by candle."""

    daily: DailySentiment


class NewsUploadResponse(BaseModel):
    """What became of an uploaded file of headlines."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    items: Annotated[int, Field(ge=1)]
    """Headlines in the file."""
    added: Count
    """Those that were not known."""
    duplicates: Count
    """Copies of a headline that is stored, or stands in the file already."""
    symbols: list[SymbolText]
    start: datetime
    """Earliest publication in the file."""
    end: datetime
    """Latest publication in the file."""
    issues: list[Issue]
    """What was noticed in the file and what was done about it."""
